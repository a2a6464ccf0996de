import { oneByOne } from '../one-by-one.ts'
import type { IdbConnection } from './idb-connection.ts'
import { changeRows, evict, type Head, putRow, putUses, type Rows, removeRow } from './idb-rows.ts'
import type { StoreFigures, StoreMeta, StoreRecord } from './store.ts'

/** Uses that are remembered before they are written, all in one transaction. */
const usesAtOnce = 256

/** Changes of records, kept within the bounds. They are made one after the other, so that the last put of a key wins. */
export interface Records {
  /** As of the last change; undefined before the first one. */
  readonly figures: StoreFigures | undefined
  /** Remembers a use; many are written together. */
  use(signal: AbortSignal, key: string): void
  put(signal: AbortSignal, key: string, record: StoreRecord, checksum: Promise<string>): Promise<void>
  touch(signal: AbortSignal, key: string, meta: StoreMeta): Promise<void>
  drop(signal: AbortSignal, key: string): Promise<void>
  clear(): Promise<void>
  /** Writes the uses that are remembered; resolves when all changes so far have ended. */
  settle(signal: AbortSignal): Promise<unknown>
}

export function createRecords(
  { maxBytes, maxEntries }: { maxBytes: number; maxEntries: number },
  transaction: IdbConnection['transaction']
): Records {
  const used = new Set<string>() // in the order of their use
  const changes = oneByOne()
  let figures: StoreFigures | undefined
  let evicted = 0

  async function write(
    signal: AbortSignal,
    key: string,
    work: (rows: Rows, old: Head | undefined) => void | Promise<void>
  ): Promise<void> {
    signal.throwIfAborted()
    const { bytes, count } = await transaction('readwrite', (rows) => changeRows(rows, key, work))
    figures = { entries: count, bytes, evicted }
  }

  async function writeUses(rows: Rows): Promise<void> {
    const keys = [...used]
    used.clear()
    await putUses(rows, keys)
  }

  async function keepTo(rows: Rows, bytes: number, count: number): Promise<void> {
    if (rows.totals.bytes <= bytes && rows.totals.count <= count) return
    await writeUses(rows)
    evicted += await evict(rows, bytes, count)
  }

  const flush = (signal: AbortSignal) => changes.run(() => write(signal, '', writeUses)).catch(() => {}) // only the order of eviction suffers

  return {
    get figures() {
      return figures
    },
    use(signal, key) {
      used.delete(key)
      used.add(key)
      if (used.size >= usesAtOnce) void flush(signal)
    },
    put: (signal, key, { meta, body }, hashing) =>
      changes.run(async () => {
        const checksum = await hashing
        const { byteLength } = body
        const put = () =>
          write(signal, key, async (rows, old) => {
            removeRow(rows, key, old)
            await keepTo(rows, maxBytes - byteLength, maxEntries - 1)
            putRow(rows, key, { meta, byteLength, checksum }, body)
          })
        try {
          await put()
        } catch (error) {
          if ((error as Error | null)?.name !== 'QuotaExceededError') throw error
          await write(signal, key, (rows) => keepTo(rows, rows.totals.bytes / 2, maxEntries))
          await put()
        }
      }),
    touch: (signal, key, meta) =>
      changes.run(() =>
        write(signal, key, ({ rows }, old) => {
          if (old) rows.put({ ...old, meta } satisfies Head, `m:${key}`)
        })
      ),
    drop: (signal, key) => changes.run(() => write(signal, key, (rows, old) => removeRow(rows, key, old))),
    clear: () =>
      changes.run(async () => {
        await transaction('readwrite', async (rows) => void rows.clear())
        figures = { entries: 0, bytes: 0, evicted }
      }),
    settle: (signal) => (used.size > 0 ? flush(signal) : changes.idle())
  }
}
