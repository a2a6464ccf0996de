import { LRU } from 'tiny-lru'

export interface SizedLruOptions<V> {
  maxBytes: number
  maxEntries?: number
  /** The size of a value, always the same for one value. */
  bytesOf(value: V): number
  /** A key is held no more; not told by `clear`. */
  left?(key: string, value: V): void
}

/** Holds so many bytes and entries; what was used least lately makes room. A value that alone is too large is not held. */
export interface SizedLru<V> {
  get(key: string): V | undefined
  /** As `get`, without counting as use. */
  peek(key: string): V | undefined
  /** Replaces what was there, also by nothing when the new value is too large. */
  set(key: string, value: V): void
  delete(key: string): void
  clear(): void
  /** A copy, what was used least lately first. */
  entries(): [string, V][]
  readonly size: number
  readonly bytes: number
  /** How many entries have made room for others. */
  readonly evicted: number
}

export function createSizedLru<V>({ maxBytes, maxEntries = Infinity, bytesOf, left }: SizedLruOptions<V>): SizedLru<V> {
  const kept = new LRU<V>()
  let bytes = 0
  let evicted = 0

  /** Takes a key out, and gives its value if there was one. */
  function take(key: string): V | undefined {
    const value = kept.peek(key)
    if (value !== undefined) bytes -= bytesOf(value)
    kept.delete(key)
    return value
  }
  function remove(key: string): void {
    const value = take(key)
    if (value !== undefined) left?.(key, value)
  }

  return {
    get: (key) => kept.get(key),
    peek: (key) => kept.peek(key),
    set(key, value) {
      if (bytesOf(value) > maxBytes) return remove(key)
      take(key)
      kept.set(key, value)
      bytes += bytesOf(value)
      while (kept.first && (bytes > maxBytes || kept.size > maxEntries)) {
        evicted++
        remove(kept.first.key)
      }
    },
    delete: remove,
    clear() {
      kept.clear()
      bytes = 0
    },
    entries: () => kept.entries() as [string, V][],
    get size() {
      return kept.size
    },
    get bytes() {
      return bytes
    },
    get evicted() {
      return evicted
    }
  }
}
