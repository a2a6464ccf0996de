import { defaultLimits } from '../limits.ts'
import { checkBounds } from './bounds.ts'
import { answer, idbConnection } from './idb-connection.ts'
import type { Store, StoreBounds, StoreFigures, StoreMeta } from './store.ts'

/**
 * Layout 1, all in one object store: `m:<key>` is a record's Head, `b:<key>` its body, a number is the time of a record's
 * last use, by a clock of our own, with the record's key and size, and `totals` their sums. Numbers sort first, so a cursor
 * from the start meets the least recently used.
 */
interface Head {
  v: 1
  meta: StoreMeta
  byteLength: number
  checksum: string
  used: number
}
type Use = [key: string, byteLength: number]
interface Totals {
  bytes: number
  count: number
  clock: number
}
type Work = (rows: IDBObjectStore, totals: Totals, old: Head | undefined) => void | Promise<void>

const rowsAtOnce = 256
const usesAtOnce = 256

async function digest(body: Uint8Array<ArrayBuffer>): Promise<string> {
  return String.fromCharCode(...new Uint8Array(await crypto.subtle.digest('SHA-256', body)))
}

/** What is of another layout, or damaged, counts as absent. */
const asHead = (row: unknown) => ((row as Head | undefined)?.v === 1 ? (row as Head) : undefined)

function forget(rows: IDBObjectStore, totals: Totals, key: string, old: Head | undefined): void {
  for (const kind of 'mb') rows.delete(`${kind}:${key}`)
  if (!old) return
  rows.delete(old.used)
  totals.bytes -= old.byteLength
  totals.count--
}

/**
 * A store in the browser's IndexedDB, database `name` (default `ghmesh`), shared by all tabs of the origin. 128 MiB of bodies
 * and 100,000 records unless said otherwise; when the browser grants less, half of it is evicted. Where there is no IndexedDB,
 * or it says nothing for 5 s, calls reject with MeshError `ERR_STORE`.
 * @throws MeshError `ERR_INVALID_OPTION` for bounds that are not positive integers.
 */
export function indexedDbStore(options: StoreBounds & { name?: string } = {}): Store {
  const { maxBytes, maxEntries } = checkBounds(options, defaultLimits.indexedDbBytes)
  const { call, transaction, close } = idbConnection(options.name ?? 'ghmesh')
  const used = new Set<string>() // in the order of their use
  let writing: Promise<unknown> = Promise.resolve()
  let figures: StoreFigures | undefined
  let evicted = 0

  /** Writes go one after the other, so that the last put of a key wins however long its checksum takes. */
  function queue(work: () => Promise<void>): Promise<void> {
    const result = writing.then(work)
    writing = result.catch(() => {})
    return result
  }

  async function write(signal: AbortSignal, key: string, work: Work): Promise<void> {
    signal.throwIfAborted()
    let held: Totals = { bytes: 0, count: 0, clock: 0 }
    await transaction('readwrite', async (rows) => {
      const [found, old] = await Promise.all([
        answer<Totals | undefined>(rows.get('totals')),
        answer<unknown>(rows.get(`m:${key}`))
      ])
      if (!found) rows.clear() // without its totals the rest means nothing
      const totals = found ?? { bytes: 0, count: 0, clock: 0 }
      await work(rows, totals, found && asHead(old))
      rows.put(totals, 'totals')
      held = totals
    })
    figures = { entries: held.count, bytes: held.bytes, evicted }
  }

  async function writeUses(rows: IDBObjectStore, totals: Totals): Promise<void> {
    const keys = [...used]
    used.clear()
    const heads = await Promise.all(keys.map((key) => answer<unknown>(rows.get(`m:${key}`))))
    keys.forEach((key, i) => {
      const old = asHead(heads[i])
      if (!old) return
      rows.delete(old.used)
      rows.put({ ...old, used: ++totals.clock } satisfies Head, `m:${key}`)
      rows.put([key, old.byteLength] satisfies Use, totals.clock)
    })
  }

  /** Evicts until at most this many bytes and records are left. */
  async function evict(rows: IDBObjectStore, totals: Totals, bytes: number, count: number): Promise<void> {
    if (totals.bytes <= bytes && totals.count <= count) return
    await writeUses(rows, totals)
    const request = rows.openCursor(IDBKeyRange.upperBound(Number.MAX_VALUE))
    for (let cursor = await answer(request); cursor; cursor = await answer(request)) {
      if (totals.bytes <= bytes && totals.count <= count) return
      const [key, byteLength] = cursor.value as Use
      for (const row of [cursor.key, `m:${key}`, `b:${key}`]) rows.delete(row)
      totals.bytes -= byteLength
      totals.count--
      evicted++
      cursor.continue()
    }
    totals.bytes = totals.count = 0 // nothing is left
  }

  const flush = (signal: AbortSignal) => queue(() => write(signal, '', writeUses)).catch(() => {}) // only the order of eviction suffers

  const drop = (signal: AbortSignal, key: string) =>
    queue(() => write(signal, key, (rows, totals, old) => forget(rows, totals, key, old)))

  return {
    get figures() {
      return figures
    },
    get: (key, options) =>
      call(async (signal) => {
        const [row, body] = await transaction('readonly', (rows) =>
          Promise.all([answer<unknown>(rows.get(`m:${key}`)), answer<unknown>(rows.get(`b:${key}`))])
        )
        if (row === undefined) return undefined
        const head = asHead(row)
        const whole = head && body instanceof Uint8Array && (await digest(new Uint8Array(body))) === head.checksum
        if (!whole) return void (await drop(signal, key))
        used.delete(key)
        used.add(key)
        if (used.size >= usesAtOnce) void flush(signal)
        return { meta: head.meta, body }
      }, options),

    put(key, { meta, body: original }, options) {
      const body = new Uint8Array(original) // the caller may go on to write into its own
      const { byteLength } = body
      return call(async (signal) => {
        if (byteLength > maxBytes) return drop(signal, key)
        const hashing = digest(body)
        hashing.catch(() => {}) // its turn comes later
        await queue(async () => {
          const checksum = await hashing
          const put = () =>
            write(signal, key, async (rows, totals, old) => {
              forget(rows, totals, key, old)
              await evict(rows, totals, maxBytes - byteLength, maxEntries - 1)
              const used = ++totals.clock
              rows.put({ v: 1, meta, byteLength, checksum, used } satisfies Head, `m:${key}`)
              rows.put(body, `b:${key}`)
              rows.put([key, byteLength] satisfies Use, used)
              totals.bytes += byteLength
              totals.count++
            })
          try {
            await put()
          } catch (error) {
            if ((error as Error | null)?.name !== 'QuotaExceededError') throw error
            await write(signal, key, (rows, totals) => evict(rows, totals, totals.bytes / 2, maxEntries))
            await put()
          }
        })
      }, options)
    },

    touch: (key, meta, options) =>
      call(
        (signal) =>
          queue(() =>
            write(signal, key, (rows, _, old) => {
              if (old) rows.put({ ...old, meta } satisfies Head, `m:${key}`)
            })
          ),
        options
      ),

    delete: (key, options) => call((signal) => drop(signal, key), options),

    clear: (options) =>
      call(
        () =>
          queue(async () => {
            await transaction('readwrite', async (rows) => void rows.clear())
            figures = { entries: 0, bytes: 0, evicted }
          }),
        options
      ),

    async *list(options) {
      for (let after = 'm:'; ; ) {
        // `m;` follows everything that begins with `m:`. Both bounds are excluded, except for the empty key.
        const range = IDBKeyRange.bound(after, 'm;', after !== 'm:', true)
        const read = () =>
          transaction('readonly', (rows) =>
            Promise.all([answer(rows.getAllKeys(range, rowsAtOnce)), answer<unknown[]>(rows.getAll(range, rowsAtOnce))])
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

    close: () => close((signal) => (used.size > 0 ? flush(signal) : writing))
  }
}
