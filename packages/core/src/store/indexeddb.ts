import { promisifyRequest } from 'idb-keyval'
import { defaultLimits } from '../limits.ts'
import { checkBounds } from './bounds.ts'
import { idbConnection } from './idb-connection.ts'
import { createRecords } from './idb-records.ts'
import { asHead } from './idb-rows.ts'
import type { Store, StoreBounds } from './store.ts'

const rowsAtOnce = 256

async function digest(body: Uint8Array<ArrayBuffer>): Promise<string> {
  return String.fromCharCode(...new Uint8Array(await crypto.subtle.digest('SHA-256', body)))
}

/**
 * A store in the browser's IndexedDB, database `name` (default `ghmesh`), shared by all tabs of the origin. 128 MiB of bodies
 * and 100,000 records unless said otherwise; when the browser grants less, half of it is evicted. Where there is no IndexedDB,
 * or it says nothing for 30 s, calls reject with MeshError `ERR_STORE`.
 * @throws MeshError `ERR_INVALID_OPTION` for bounds that are not positive integers.
 */
export function indexedDbStore(options: StoreBounds & { name?: string } = {}): Store {
  const bounds = checkBounds(options, defaultLimits.indexedDbBytes)
  const { call, transaction, close } = idbConnection(options.name ?? 'ghmesh')
  const records = createRecords(bounds, transaction)

  return {
    get figures() {
      return records.figures
    },
    get: (key, options) =>
      call(async (signal) => {
        const [row, body] = await transaction('readonly', (rows) =>
          Promise.all([
            promisifyRequest<unknown>(rows.get(`m:${key}`)),
            promisifyRequest<unknown>(rows.get(`b:${key}`))
          ])
        )
        if (row === undefined) return undefined
        const head = asHead(row)
        const whole = head && body instanceof Uint8Array && (await digest(new Uint8Array(body))) === head.checksum
        if (!whole) return void (await records.drop(signal, key))
        records.use(signal, key)
        return { meta: head.meta, body }
      }, options),

    put(key, { meta, body: original }, options) {
      const body = new Uint8Array(original) // the caller may go on to write into its own
      return call(async (signal) => {
        if (body.byteLength > bounds.maxBytes) return records.drop(signal, key)
        const hashing = digest(body)
        hashing.catch(() => {}) // its turn comes later
        await records.put(signal, key, { meta, body }, hashing)
      }, options)
    },

    touch: (key, meta, options) => call((signal) => records.touch(signal, key, meta), options),

    delete: (key, options) => call((signal) => records.drop(signal, key), options),

    clear: (options) => call(records.clear, options),

    async *list(options) {
      for (let after = 'm:'; ; ) {
        // `m;` follows everything that begins with `m:`. Both bounds are excluded, except for the empty key.
        const range = IDBKeyRange.bound(after, 'm;', after !== 'm:', true)
        const read = () =>
          transaction('readonly', (rows) =>
            Promise.all([
              promisifyRequest(rows.getAllKeys(range, rowsAtOnce)),
              promisifyRequest<unknown[]>(rows.getAll(range, rowsAtOnce))
            ])
          )
        const [keys, rows] = await call(read, options)
        for (const [i, row] of rows.entries()) {
          const head = asHead(row)
          if (head) yield { key: String(keys[i]).slice(2), byteLength: head.byteLength, meta: head.meta }
          options?.signal?.throwIfAborted()
        }
        if (keys.length < rowsAtOnce) return
        after = String(keys.at(-1))
      }
    },

    close: () => close(records.settle)
  }
}
