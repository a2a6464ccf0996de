import { promisifyRequest } from 'idb-keyval'
import type { StoreMeta } from './store.ts'

/**
 * Layout 1, all in one object store: `m:<key>` is a record's Head, `b:<key>` its body, a number is the time of a record's
 * last use, by a clock of our own, with the record's key and size, and `totals` their sums. Numbers sort first, so a cursor
 * from the start meets the least recently used.
 */
export interface Head {
  v: 1
  meta: StoreMeta
  byteLength: number
  checksum: string
  used: number
}
type Use = [key: string, byteLength: number]
export interface Totals {
  bytes: number
  count: number
  clock: number
}

/** The rows inside of one transaction. */
export interface Rows {
  rows: IDBObjectStore
  totals: Totals
}

/** A row of another layout, or a damaged one, counts as absent. */
export const asHead = (row: unknown) => ((row as Head | undefined)?.v === 1 ? (row as Head) : undefined)

const noTotals = (): Totals => ({ bytes: 0, count: 0, clock: 0 })

const readTotals = (rows: IDBObjectStore) => promisifyRequest<Totals | undefined>(rows.get('totals'))

export function removeRow({ rows, totals }: Rows, key: string, old: Head | undefined): void {
  for (const kind of 'mb') rows.delete(`${kind}:${key}`)
  if (!old) return
  rows.delete(old.used)
  totals.bytes -= old.byteLength
  totals.count--
}

export function putRow({ rows, totals }: Rows, key: string, head: Omit<Head, 'v' | 'used'>, body: Uint8Array): void {
  const used = ++totals.clock
  rows.put({ v: 1, ...head, used } satisfies Head, `m:${key}`)
  rows.put(body, `b:${key}`)
  rows.put([key, head.byteLength] satisfies Use, used)
  totals.bytes += head.byteLength
  totals.count++
}

/** Makes these records the most recently used, the last one most of all. */
export async function putUses({ rows, totals }: Rows, keys: readonly string[]): Promise<void> {
  const heads = await Promise.all(keys.map((key) => promisifyRequest<unknown>(rows.get(`m:${key}`))))
  keys.forEach((key, i) => {
    const old = asHead(heads[i])
    if (!old) return
    rows.delete(old.used)
    rows.put({ ...old, used: ++totals.clock } satisfies Head, `m:${key}`)
    rows.put([key, old.byteLength] satisfies Use, totals.clock)
  })
}

/** Evicts the least recently used until at most this many bytes and records are left. Returns how many went. */
export async function evict({ rows, totals }: Rows, bytes: number, count: number): Promise<number> {
  let evicted = 0
  const request = rows.openCursor(IDBKeyRange.upperBound(Number.MAX_VALUE))
  for (let cursor = await promisifyRequest(request); cursor; cursor = await promisifyRequest(request)) {
    if (totals.bytes <= bytes && totals.count <= count) return evicted
    const [key, byteLength] = cursor.value as Use
    for (const row of [cursor.key, `m:${key}`, `b:${key}`]) rows.delete(row)
    totals.bytes -= byteLength
    totals.count--
    evicted++
    cursor.continue()
  }
  totals.bytes = totals.count = 0 // nothing is left
  return evicted
}

/** Changes rows inside of one transaction, knowing what the record of `key` was before. Returns the totals after it. */
export async function changeRows(
  rows: IDBObjectStore,
  key: string,
  work: (rows: Rows, old: Head | undefined) => void | Promise<void>
): Promise<Totals> {
  const [found, old] = await Promise.all([readTotals(rows), promisifyRequest<unknown>(rows.get(`m:${key}`))])
  if (!found) rows.clear() // without its totals the rest means nothing
  const totals = found ?? noTotals()
  await work({ rows, totals }, found && asHead(old))
  rows.put(totals, 'totals')
  return totals
}
