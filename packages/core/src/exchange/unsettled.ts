import { LRU } from 'tiny-lru'
import { unlessLate } from '../abort.ts'
import { hex } from '../bytes.ts'
import type { Cache } from '../cache/cache.ts'
import type { Group } from '../group/group.ts'
import type { ShareableIndex } from './shareable-index.ts'

export interface UnsettledOptions {
  cache: Pick<Cache, 'find' | 'value'>
  groups: readonly Group[]
  shareable: Pick<ShareableIndex, 'keyOf' | 'newest'>
  /** Finds out whether what is held is for members. Never rejects. */
  settle(key: string): Promise<void>
  /** How long a member that asks is kept waiting, ms; then it gets nothing. */
  maxWaitMs: number
}

const maxKeys = 10_000

/**
 * What is held while nobody knows whether everybody can read it: members do not hear of it, but the first that asks for it has
 * the repository looked up. `cache` and `shareable` are for answering members.
 */
export function createUnsettled({ groups, cache, shareable, settle, maxWaitMs }: UnsettledOptions) {
  const keys = new LRU<string>(maxKeys)
  return {
    add(key: string): void {
      for (const group of groups) void group.wireKey(key).then((wireKey) => keys.set(hex(wireKey), key))
    },
    shareable: {
      keyOf: (wireName: string) => shareable.keyOf(wireName) ?? keys.get(wireName),
      newest: shareable.newest
    },
    cache: {
      async find(key: string) {
        const known = settle(key).then(() => cache.find(key))
        return unlessLate(known, maxWaitMs)
      },
      value: cache.value
    }
  }
}
