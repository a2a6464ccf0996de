const privateHost =
  /^\/(?:ip4\/(?:127|10|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01]))\.|ip6\/(?:::1|f[cd]|fe[89ab])|dns[46]?\/(?:localhost|[^/]+\.local)\/)/i
const webSocket = /\/ws(?:\/|$)/
const encrypted = /\/(?:tls|wss)(?:\/|$)/

/** Without encryption, or in the local network: what browsers' members dial only when told that they may. */
export const isLocalRelay = (address: string): boolean =>
  privateHost.test(address) || (webSocket.test(address) && !encrypted.test(address))
