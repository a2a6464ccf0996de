import { hex } from '../bytes.ts'
import type { Group } from '../group/group.ts'
import type { createPrefetch } from './prefetch.ts'
import type { Providers } from './providers.ts'
import type { PeerRequests } from './request.ts'
import type { ShareableIndex } from './shareable-index.ts'

export interface CatchUpOptions {
  group: Group
  requests: Pick<PeerRequests, 'list'>
  providers: Pick<Providers, 'add'>
  shareable: Pick<ShareableIndex, 'hashOf'>
  prefetch: Pick<ReturnType<typeof createPrefetch>, 'add'>
}

/** Two members that have just met learn each other's freshest keys: gossip from before one of them came is lost to it. */
export function createCatchUp({ group, requests, providers, shareable, prefetch }: CatchUpOptions) {
  return async (peerId: string): Promise<void> => {
    for (const [wireKey, hash, asOf] of await requests.list(peerId)) {
      const wireName = hex(wireKey)
      providers.add(wireName, peerId, asOf)
      if (shareable.hashOf(wireName) !== hex(hash)) prefetch.add({ peerId, wireKey, named: group })
    }
  }
}
