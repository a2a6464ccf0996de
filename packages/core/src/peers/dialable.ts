const maxAddresses = 16
const maxLength = 512
/** What is below `localhost` is on this machine too (RFC 6761, section 6.3). */
const loopback = /^\/\w+\/(?:127\.|\[::1]|([^/]*\.)?localhost\.?\/)/
/** No host, unspecified, multicast, broadcast, IPv4 in IPv6 or as a name, and no port: nobody says that of itself. */
const nowhere =
  /^\/(?:\w+\/(?:\/|0\.|2(?:2[4-9]|[345]\d)\.|\[(?:::]|ff|::ffff:))|dns\w*\/(?:[\d.]+\/|\[)|.*\/(?:tcp|udp)\/0\/)/
/** A port, which one process has; a transport of another kind may name peers only. */
const ofOneProcess = /\/(?:tcp|udp)\/\d+/

/** An address with its host in the one spelling that URLs have for it, empty if it is no host. */
const canonical = (address: string): string =>
  address.replace(/^(?:\/ip6zone\/[^/]+)?\/(ip[46]|dns\w*)\/([^/]+)/, (_, kind: string, host: string) => {
    const url = URL.parse(`http://${kind === 'ip6' ? `[${host}]` : host}`)
    return `/${kind}/${url?.hostname ?? ''}`
  })

/**
 * Of the addresses that somebody told of a peer, those worth a dial: the peer's own, of a place where another machine can be.
 * `own`: this member's, at which nobody else is; one that is reached beyond its machine has nobody to find on loopback. Where a
 * name leads is not known here.
 */
export function dialable(addresses: readonly string[], peerId: string, own: readonly string[]): string[] {
  const end = `/p2p/${peerId}`
  const placeOf = (address: string) => canonical(address).replace(/\/p2p\/[^/]*$/, '')
  const ownPlaces = own.map(placeOf)
  const beyond = ownPlaces.some((place) => !loopback.test(place))
  const isPlace = (address: string) => {
    const place = placeOf(address)
    return (
      !nowhere.test(`${place}/`) &&
      !(beyond && loopback.test(place)) &&
      !(ofOneProcess.test(place) && ownPlaces.includes(place))
    )
  }
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
