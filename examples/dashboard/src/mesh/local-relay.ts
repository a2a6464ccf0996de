const privateHost =
  /^\/(?:ip4\/(?:127|10|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01]))\.|ip6\/(?:::1|f[cd]|fe[89ab])|dns[46]?\/(?:localhost|[^/]+\.local)\/)/i
const webSocket = /\/ws(?:\/|$)/
const encrypted = /\/(?:tls|wss)(?:\/|$)/

export const isInLocalNetwork = (address: string): boolean => privateHost.test(address)

/** From a page that was loaded over https, browsers refuse it. */
export const isUnencrypted = (address: string): boolean => webSocket.test(address) && !encrypted.test(address)

/** What browsers' members dial only when told that they may. */
export const isLocalRelay = (address: string): boolean => isInLocalNetwork(address) || isUnencrypted(address)
