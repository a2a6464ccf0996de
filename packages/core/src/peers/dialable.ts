const maxAddresses = 16
const maxLength = 512
const loopback = /^\/(?:ip4\/127\.|ip6\/::1\/|ip6\/::ffff:127\.|dns[46a]*\/localhost\/)/i
/** Unspecified, multicast, broadcast, and no port: nobody can be there. */
const nowhere = /^\/(?:ip4\/(?:0\.|2[2-5]\d\.)|ip6\/(?:::\/|ff)|.*\/(?:tcp|udp)\/0\/)/i
/** A port, which one process has; a transport of another kind may name peers only. */
const ofOneProcess = /\/(?:tcp|udp)\/\d+/

/**
 * Of the addresses that somebody told of a peer, those worth a dial: the peer's own, of a place where another machine can be.
 * `own`: this member's, at which nobody else is; one that is reached beyond its machine has nobody to find on loopback.
 */
export function dialable(addresses: readonly string[], peerId: string, own: readonly string[]): string[] {
  const end = `/p2p/${peerId}`
  const placeOf = (address: string) => address.replace(/\/p2p\/[^/]*$/, '')
  const ownPlaces = new Set(own.map(placeOf).filter((place) => ofOneProcess.test(place)))
  const beyond = own.some((address) => !loopback.test(address))
  const isPlace = (address: string) =>
    !nowhere.test(address) && !(beyond && loopback.test(address)) && !ownPlaces.has(placeOf(address))
  const worth = addresses.filter(
    (address) =>
      address.length <= maxLength &&
      address.startsWith('/') &&
      address.endsWith(end) &&
      // Of a circuit, the place is the relay's.
      (address.includes('/p2p-circuit/') || isPlace(address))
  )
  return [...new Set(worth)].slice(0, maxAddresses)
}
