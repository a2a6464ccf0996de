import { LRUCache } from 'lru-cache'
import { atMost } from '../at-most.ts'

/** Who has what, as members told it. */
export interface Holders {
  /** A member has a body of this wire key (hex), last seen current at `asOf`. */
  add(wireKey: string, peerId: string, asOf: number): void
  /** Members that have it, the one with the newest first. */
  of(wireKey: string): { peerId: string; asOf: number }[]
  remove(wireKey: string, peerId: string): void
}

const maxKeys = 50_000
const maxHolders = 8

/** `now` is GitHub's clock; who claims to be ahead of it is not believed, or one liar would always be asked first. */
export function createHolders(now: () => number, clockSkewMs: number): Holders {
  const known = new LRUCache<string, Map<string, number>>(atMost(maxKeys))
  return {
    add(wireKey, peerId, asOf) {
      if (asOf > now() + clockSkewMs) return
      const holders = known.get(wireKey) ?? new Map<string, number>()
      if ((holders.get(peerId) ?? 0) <= asOf) {
        holders.delete(peerId)
        holders.set(peerId, asOf)
      }
      for (const oldest of holders.keys()) {
        if (holders.size <= maxHolders) break
        holders.delete(oldest)
      }
      known.set(wireKey, holders)
    },
    of: (wireKey) =>
      [...(known.get(wireKey) ?? [])].map(([peerId, asOf]) => ({ peerId, asOf })).sort((a, b) => b.asOf - a.asOf),
    remove: (wireKey, peerId) => void known.get(wireKey)?.delete(peerId)
  }
}
