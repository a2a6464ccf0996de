import { MeshError } from '../errors.ts'
import type { Discovery, PeerRecord } from './discovery.ts'

const isOctet = (digits: string) => Number(digits) <= 255
/** A peer id in base58, or as a CID. */
const ending = /\/p2p\/(?:[1-9A-HJ-NP-Za-km-z]{46,59}|[bkz]\w{48,})$/
const beginning = /^\/(?:ip4|ip6|ip6zone|dns|dns4|dns6|dnsaddr|p2p|memory|unix)\//

/** What is wrong with an address at a glance: the whole of it is read where it is used, by the library for it. */
function faultOf(address: unknown): string | undefined {
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

const refused = (address: unknown, reason: string, cause?: unknown) =>
  new MeshError(
    'ERR_INVALID_OPTION',
    `a peer's address must be a multiaddr such as /ip4/192.0.2.1/tcp/9100/p2p/12D3KooW..., got ${JSON.stringify(address)}: ${reason}`,
    { cause }
  )

/** The peer id at the end of each address, with the addresses of each. */
async function byPeer(addresses: readonly string[]): Promise<Map<string, Set<string>>> {
  const { peerIdOf } = await import('../libp2p/peer-id-of.ts')
  const peers = new Map<string, Set<string>>()
  for (const address of addresses) {
    try {
      const peerId = peerIdOf(address)
      peers.set(peerId, (peers.get(peerId) ?? new Set()).add(address))
    } catch (cause) {
      throw refused(address, cause instanceof Error ? cause.message : String(cause), cause)
    }
  }
  return peers
}

/**
 * Members at fixed addresses: multiaddrs that end in `/p2p/<peer id>`, several of one member in any order. Each member is
 * told once, at the start; nothing is announced to anybody.
 * @throws MeshError `ERR_INVALID_OPTION` that shows the address, for one that is no multiaddr with a peer id: at once where
 * that can be seen at a glance, otherwise when it starts.
 */
export function staticPeers(addresses: string[]): Discovery {
  for (const address of addresses) {
    const fault = faultOf(address)
    if (fault !== undefined) throw refused(address, fault)
  }
  return {
    name: 'static',
    async start(found: (peer: PeerRecord) => void) {
      for (const [peerId, own] of await byPeer(addresses))
        found({ peerId, name: peerId.slice(-8), addresses: [...own], lastSeen: Date.now() })
    },
    async announce() {},
    async stop() {}
  }
}
