import type { Discovery } from './discovery.ts'
import { lateDiscovery } from './late.ts'
import { faultOf, wrongAddress } from './wrong-address.ts'

/**
 * Members at fixed addresses: multiaddrs that end in `/p2p/<peer id>`, several of one member in any order. Each member is
 * told once, at the start; nothing is announced to anybody.
 * @throws MeshError `ERR_INVALID_OPTION` that shows the address, for one that is no multiaddr with a peer id: at once where
 * that can be seen at a glance, otherwise when it starts.
 */
export function staticPeers(addresses: string[]): Discovery {
  for (const address of addresses) {
    const fault = faultOf(address)
    if (fault !== undefined) throw wrongAddress(address, fault)
  }
  return lateDiscovery('static', async () => (await import('./fixed-members.ts')).fixedMembers(addresses))
}
