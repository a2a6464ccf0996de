import { MeshError } from '../errors.ts'

const isOctet = (digits: string) => Number(digits) <= 255
/** A peer id in base58, or as a CID. */
const ending = /\/p2p\/(?:[1-9A-HJ-NP-Za-km-z]{46,59}|[bkz]\w{48,})$/
const beginning = /^\/(?:ip4|ip6|ip6zone|dns|dns4|dns6|dnsaddr|p2p|memory|unix)\//

/** What is wrong with an address at a glance: the whole of it is read where it is used, by the library for it. */
export function faultOf(address: unknown): string | undefined {
  if (typeof address !== 'string') return 'it is no string'
  if (!beginning.test(address)) return 'it does not begin with a place such as /ip4/192.0.2.1'
  if (!ending.test(address)) return 'it does not end in /p2p/<peer id>'
  for (const [, ip4] of address.matchAll(/\/ip4\/([^/]*)/g))
    if (!/^(?:\d{1,3}\.){3}\d{1,3}$/.test(ip4 as string) || !(ip4 as string).split('.').every(isOctet))
      return `${ip4} is no IPv4 address`
  for (const [, port] of address.matchAll(/\/(?:tcp|udp)\/([^/]*)/g))
    if (!/^\d{1,5}$/.test(port as string) || Number(port) > 65_535) return `${port} is no port`
  return undefined
}

export const wrongAddress = (address: unknown, reason: string, cause?: unknown) =>
  new MeshError(
    'ERR_INVALID_OPTION',
    `a peer's address must be a multiaddr such as /ip4/192.0.2.1/tcp/9100/p2p/12D3KooW..., got ${JSON.stringify(address)}: ${reason}`,
    { cause }
  )
