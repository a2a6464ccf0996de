import type { Emit } from '../events.ts'
import { graphqlPath } from '../github/api.ts'
import type { Cache } from './cache.ts'
import type { Purges } from './purges.ts'

/**
 * Makes URLs or repositories stale here, at once; resolves when that is on disk, too. `peerId`: the member that said so, to all
 * members, or to those only that hold a token; empty for another tab, absent for this member itself.
 */
export type Purge = (targets: readonly string[], asOf: number, peerId?: string, isForAll?: boolean) => Promise<void>

export interface PurgeOptions {
  cache: Pick<Cache, 'keepMarks'>
  purges: Purges
  emit: Emit
  /** Makes it stale in other tabs too. */
  tellTabs(target: string, asOf: number): void
}

/** No entry is looked at, however many there are: what a mark covers is found stale when it is read. */
export function createPurge({ cache, purges, emit, tellTabs }: PurgeOptions): Purge {
  return async (targets, asOf, peerId, isForAll = !!peerId) => {
    const isOwn = peerId === undefined
    const marked = new Map<string, string>()
    for (const target of targets) {
      const name = purges.normalise(target)
      if (name === undefined) continue
      if (isForAll) purges.told(name)
      if (purges.mark(name, asOf, isOwn)) marked.set(name, target)
    }
    // A listener that hears of one finds all of them stale.
    for (const target of marked.values()) {
      emit('purged', { target, asOf, ...(!isOwn && { peerId }) })
      if (isOwn) tellTabs(target, asOf)
    }
    // What makes anything stale does so for GraphQL, see `Purges.at`: here at once, and for other processes by a mark.
    if (marked.size > 0) await cache.keepMarks([...marked.keys(), graphqlPath], asOf)
  }
}
