import type { Discovery } from './discovery.ts'
import { wrongAddress } from './wrong-address.ts'

/** The peer id at the end of each address, with the addresses of each. */
async function byPeer(addresses: readonly string[]): Promise<Map<string, Set<string>>> {
  const { peerIdOf } = await import('../libp2p/peer-id-of.ts')
  const peers = new Map<string, Set<string>>()
  for (const address of addresses) {
    try {
      const peerId = peerIdOf(address)
      peers.set(peerId, (peers.get(peerId) ?? new Set()).add(address))
    } catch (cause) {
      throw wrongAddress(address, cause instanceof Error ? cause.message : String(cause), cause)
    }
  }
  return peers
}

/** What `staticPeers` does once it has started. */
export function fixedMembers(addresses: readonly string[]): Discovery {
  return {
    name: 'static',
    async start(found) {
      for (const [peerId, own] of await byPeer(addresses))
        found({ peerId, name: peerId.slice(-8), addresses: [...own], lastSeen: Date.now() })
    },
    async announce() {},
    async stop() {}
  }
}
