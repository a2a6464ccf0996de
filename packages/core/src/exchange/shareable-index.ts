import { LRU } from 'tiny-lru'
import { fromHex, hex } from '../bytes.ts'
import type { Cache } from '../cache/cache.ts'
import type { EntrySummary } from '../entry.ts'
import type { Group } from '../group/group.ts'
import type { Limits } from '../limits.ts'

/** Which of this member's entries others may ask for, by the names that they have on the wire. */
export interface ShareableIndex {
  /** Reads what the store holds from before; `expired` are too old to be kept. */
  load(expired: (key: string) => void): Promise<void>
  /** An entry or value is held now, and may be given to members. */
  add(key: string, hash: string, asOf: number): Promise<void>
  /** The key behind a wire key (hex); undefined when nothing is held that may be given. */
  keyOf(wireName: string): string | undefined
  /** The hash of the newest body behind a wire key (hex). */
  hashOf(wireName: string): string | undefined
  /** The freshest, by the names of one group. */
  newest(group: Group): Promise<[Uint8Array, Uint8Array, number][]>
}

export interface ShareableIndexOptions {
  cache: Cache
  groups: readonly Group[]
  limits: Limits
  githubNow: () => number
  mayShare(entry: EntrySummary): boolean
}

export function createShareableIndex({
  cache,
  groups,
  limits,
  githubNow,
  mayShare
}: ShareableIndexOptions): ShareableIndex {
  const keys = new LRU<string>(limits.storeEntries)
  const held = new LRU<{ hash: string; asOf: number }>(limits.storeEntries)
  // Newcomers ask for the freshest; all that is held is far too much to sort for each of them.
  let fresh = new Map<string, number>()

  function keepFreshest(): void {
    fresh = new Map([...fresh].sort(([, a], [, b]) => b - a).slice(0, limits.listKeys))
  }

  const index: ShareableIndex = {
    async load(expired) {
      for await (const entry of cache.summaries()) {
        if (githubNow() - entry.asOf > limits.keepMs) expired(entry.key)
        else if (mayShare(entry)) await index.add(entry.key, entry.hash, entry.asOf)
      }
    },
    async add(key, hash, asOf) {
      held.set(key, { hash, asOf })
      fresh.set(key, asOf)
      if (fresh.size >= 2 * limits.listKeys) keepFreshest()
      for (const group of groups) keys.set(hex(await group.wireKey(key)), key)
    },
    keyOf: (wireName) => keys.get(wireName),
    hashOf: (wireName) => held.get(keys.get(wireName) ?? '')?.hash,
    async newest(group) {
      keepFreshest()
      const rows = [...fresh.keys()].map(async (key): Promise<[Uint8Array, Uint8Array, number][]> => {
        const one = held.peek(key)
        return one ? [[await group.wireKey(key), fromHex(one.hash), Math.round(one.asOf)]] : []
      })
      return (await Promise.all(rows)).flat()
    }
  }
  return index
}
