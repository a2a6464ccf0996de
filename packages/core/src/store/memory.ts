import type { AbortOptions } from '../abort.ts'
import { defaultLimits } from '../limits.ts'
import { createSizedLru } from '../sized-lru.ts'
import { checkBounds, closedError } from './bounds.ts'
import type { Store, StoreBounds, StoreMeta } from './store.ts'

/**
 * A store that lives as long as the process or the page: 64 MiB of bodies and 100,000 records unless said otherwise.
 * Bodies are copied in and out, so that nobody's later writes reach the store.
 * @throws MeshError `ERR_INVALID_OPTION` for bounds that are not positive integers.
 */
export function memoryStore(options: StoreBounds = {}): Store {
  const { maxBytes, maxEntries } = checkBounds(options, defaultLimits.memoryBytes)
  const records = createSizedLru<{ meta: StoreMeta; body: Uint8Array }>({
    maxBytes,
    maxEntries,
    bytesOf: ({ body }) => body.byteLength
  })
  let closed = false
  const check = ({ signal }: AbortOptions = {}) => {
    signal?.throwIfAborted()
    if (closed) throw closedError()
  }
  return {
    get figures() {
      return { entries: records.size, bytes: records.bytes, evicted: records.evicted }
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
      for (const [key] of records.entries()) {
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
