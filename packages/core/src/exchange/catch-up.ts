import { hex } from '../bytes.ts'
import type { Group } from '../group/group.ts'
import { pause } from '../pause.ts'
import type { Allowances } from '../peers/allowances.ts'
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
  purgeAllowance: Allowances
  /** A member says that these are stale. */
  purged(targets: readonly string[], asOf: number, from: string): Promise<void>
}

/** A liar's keys need a look at each member, one by one: with a thousand members, so many keys take some 10 ms. */
const keysAtOnce = 16

/**
 * Two members that have just met learn each other's freshest keys, and what was purged: gossip from before one of them came,
 * or from while they were out of touch, is lost to it.
 */
export function createCatchUp(options: CatchUpOptions) {
  const { group, requests, providers, shareable, prefetch, purgeAllowance, purged } = options
  return async (peerId: string): Promise<void> => {
    const { items = [], purges = [] } = (await requests.list(peerId)) ?? {}
    const allowance = purgeAllowance(peerId)
    for (const [target, asOf] of purges) if (allowance.take()) await purged([target], asOf, peerId)
    for (const [at, [wireKey, hash, asOf]] of items.entries()) {
      if (at % keysAtOnce === keysAtOnce - 1) await pause()
      const wireName = hex(wireKey)
      providers.add(wireName, peerId, asOf)
      if (shareable.hashOf(wireName) !== hex(hash)) prefetch.add({ peerId, wireKey, named: group })
    }
  }
}
