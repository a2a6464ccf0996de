import { LRUCache } from 'lru-cache'
import type { AbortOptions } from '../abort.ts'
import { defaultLimits } from '../limits.ts'
import { checkBounds, closedError } from './bounds.ts'
import type { Store, StoreBounds, StoreMeta } from './store.ts'

/**
 * A store that lives as long as the process or the page: 64 MiB of bodies and 100,000 records unless said otherwise.
 * Bodies are copied in and out, so that nobody's later writes reach the store.
 * @throws MeshError `ERR_INVALID_OPTION` for bounds that are not positive integers.
 */
export function memoryStore(options: StoreBounds = {}): Store {
  const { maxBytes, maxEntries } = checkBounds(options, defaultLimits.memoryBytes)
  // The count is kept by hand: lru-cache's own `max` sets aside memory for all of them at once.
  const records = new LRUCache<string, { meta: StoreMeta; body: Uint8Array }>({
    maxSize: maxBytes,
    sizeCalculation: ({ body }) => body.byteLength || 1, // lru-cache knows no empty values
    dispose: ({ body }, _key, reason) => {
      bytes -= body.byteLength
      if (reason === 'evict') evicted++
    }
  })
  let bytes = 0
  let evicted = 0
  let closed = false
  const check = ({ signal }: AbortOptions = {}) => {
    signal?.throwIfAborted()
    if (closed) throw closedError()
  }
  return {
    get figures() {
      return { entries: records.size, bytes, evicted }
    },
    async get(key, options) {
      check(options)
      const record = records.get(key)
      return record && { meta: record.meta, body: new Uint8Array(record.body) }
    },
    async put(key, { meta, body }, options) {
      check(options)
      // `slice` would not do: a Buffer's shares its memory. A body that is too large removes what was there.
      records.set(key, { meta, body: new Uint8Array(body) })
      if (records.has(key)) bytes += body.byteLength
      while (records.size > maxEntries) records.pop()
    },
    async touch(key, meta, options) {
      check(options)
      const record = records.peek(key)
      if (record) record.meta = meta
    },
    async delete(key, options) {
      check(options)
      records.delete(key)
    },
    async clear(options) {
      check(options)
      records.clear()
    },
    async *list(options) {
      for (const key of [...records.keys()]) {
        check(options)
        const record = records.peek(key)
        if (record) yield { key, byteLength: record.body.byteLength, meta: record.meta }
      }
      check(options)
    },
    async close() {
      closed = true
      records.clear()
    }
  }
}
