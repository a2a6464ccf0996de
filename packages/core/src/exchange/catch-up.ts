import { LRU } from 'tiny-lru'
import { hex } from '../bytes.ts'
import type { Group } from '../group/group.ts'
import type { Limits } from '../limits.ts'
import { type Bucket, createBucket } from '../peers/bucket.ts'
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
  limits: Pick<Limits, 'messagesPerSecond' | 'listPurges'>
  localNow: () => number
  /** A member says that something is stale. */
  purged(target: string, asOf: number, from: string): Promise<void>
}

const maxPeers = 4096

/**
 * Two members that have just met learn each other's freshest keys, and what was purged: gossip from before one of them came,
 * or from while they were out of touch, is lost to it.
 */
export function createCatchUp(options: CatchUpOptions) {
  const { group, requests, providers, shareable, prefetch, limits, localNow, purged } = options
  // One that comes again and again must not purge more in the long run than it can by gossip.
  const allowances = new LRU<Bucket>(maxPeers)

  function allowanceOf(peerId: string): Bucket {
    const known = allowances.get(peerId) ?? createBucket(limits.messagesPerSecond, limits.listPurges, localNow)
    allowances.set(peerId, known)
    return known
  }

  return async (peerId: string): Promise<void> => {
    const { items = [], purges = [] } = (await requests.list(peerId)) ?? {}
    const allowance = allowanceOf(peerId)
    for (const [target, asOf] of purges) if (allowance.take()) await purged(target, asOf, peerId)
    for (const [wireKey, hash, asOf] of items) {
      const wireName = hex(wireKey)
      providers.add(wireName, peerId, asOf)
      if (shareable.hashOf(wireName) !== hex(hash)) prefetch.add({ peerId, wireKey, named: group })
    }
  }
}
