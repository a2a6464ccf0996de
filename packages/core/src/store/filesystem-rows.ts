import type { Cache } from './filesystem-database.ts'
import { transaction } from './filesystem-sqlite.ts'
import type { StoreFigures } from './store.ts'

/** Uses that are remembered before they are written, all in one transaction. */
const usesAtOnce = 4096
/** Rows that one statement reads. */
export const rowsAtOnce = 256

export const statements = {
  get: 'SELECT checksum, meta, body FROM records LEFT JOIN bodies USING (id) WHERE key = ?',
  find: 'SELECT id, bytes FROM records WHERE key = ?',
  insert: 'INSERT INTO records (key, used, bytes, checksum, meta) VALUES (?, ?, ?, ?, ?)',
  update: 'UPDATE records SET used = ?, bytes = ?, checksum = ?, meta = ? WHERE id = ?',
  body: 'INSERT OR REPLACE INTO bodies (id, body) VALUES (?, ?)',
  use: 'UPDATE records SET used = ? WHERE key = ?',
  touch: 'UPDATE records SET meta = ? WHERE key = ?',
  remove: 'DELETE FROM records WHERE id = ?',
  removeBody: 'DELETE FROM bodies WHERE id = ?',
  oldest: `SELECT id, bytes FROM records ORDER BY used LIMIT ${rowsAtOnce}`,
  // Node 22 ends a text at its first NUL.
  list: `SELECT CAST(key AS BLOB) AS key, bytes, meta FROM records WHERE key >= ? ORDER BY key LIMIT ${rowsAtOnce}`,
  totals: 'SELECT bytes, count, clock FROM totals',
  setTotals: 'UPDATE totals SET bytes = ?, count = ?, clock = ?',
  begin: 'BEGIN IMMEDIATE', // a transaction that reads first and writes later fails beside another writer
  commit: 'COMMIT',
  rollback: 'ROLLBACK'
} as const

export type Name = keyof typeof statements
export type Sql = Cache<Name>['sql']
type Totals = { bytes: number; count: number; clock: number }
type Row = { id: number; bytes: number }
type Bounds = { maxBytes: number; maxEntries: number }

/** What goes into the tables for one record. */
interface NewRow {
  key: string
  json: string
  body: Uint8Array
  checksum: number
}

/** The rows of one cache, kept within its bounds: totals and order of use change in the same transaction as the rows. */
export interface Rows {
  /** As of the last change; undefined until the first look. */
  readonly figures: StoreFigures | undefined
  /** Reads the totals, unless they are known. */
  look(sql: Sql): void
  /** Remembers a use; many are written together. */
  use(sql: Sql, key: string): void
  /** Writes the uses that are remembered. */
  flush(sql: Sql): void
  put(sql: Sql, row: NewRow): void
  drop(sql: Sql, key: string): void
  /** Evicts some records, until there is room for a body of so many bytes. Returns how many; 0: there is room. */
  makeRoom(sql: Sql, bytes: number): number
  /** Removes some records. Returns how many; 0: none is left. */
  removeSome(sql: Sql): number
  /** Forgets the uses that are not written yet. */
  forgetUses(): void
}

function remove(sql: Sql, totals: Totals, row: Row): void {
  sql.remove.run(row.id)
  sql.removeBody.run(row.id)
  totals.bytes -= row.bytes
  totals.count--
}

/** Returns its number. */
function put(sql: Sql, totals: Totals, { key, json, body, checksum }: NewRow): number {
  const bytes = body.byteLength
  const old = sql.find.get(key) as Row | undefined
  const use = ++totals.clock
  const id = old?.id ?? Number(sql.insert.run(key, use, bytes, checksum, json).lastInsertRowid)
  if (old) sql.update.run(use, bytes, checksum, json, id)
  sql.body.run(id, body)
  totals.bytes += bytes - (old?.bytes ?? 0)
  if (!old) totals.count++
  return id
}

const slightlyBelow = (bound: number) => bound - Math.floor(bound / 1024)

/** Goes a little below the bounds, so that not every put evicts. Returns how many records went. */
function evict(sql: Sql, totals: Totals, { maxBytes, maxEntries }: Bounds, newest: number): number {
  if (totals.bytes <= maxBytes && totals.count <= maxEntries) return 0
  for (let evicted = 0; ; )
    for (const row of sql.oldest.all() as Row[]) {
      const done = totals.bytes <= slightlyBelow(maxBytes) && totals.count <= slightlyBelow(maxEntries)
      if (done || row.id === newest) return evicted
      remove(sql, totals, row)
      evicted++
    }
}

/** Uses that are not written yet. */
function createUses() {
  const used = new Set<string>() // in the order of their use
  return {
    get count() {
      return used.size
    },
    /** Returns how many there are now. */
    add(key: string): number {
      used.delete(key)
      return used.add(key).size
    },
    write(sql: Sql, totals: Totals): void {
      for (const key of used) sql.use.run(++totals.clock, key)
      used.clear()
    },
    clear: () => used.clear()
  }
}

export function createRows(bounds: Bounds): Rows {
  const { maxBytes, maxEntries } = bounds
  const uses = createUses()
  let figures: StoreFigures | undefined
  let evicted = 0
  const totalsOf = (sql: Sql) => sql.totals.get() as Totals
  const note = ({ count, bytes }: Totals) => {
    figures = { entries: count, bytes, evicted }
  }

  function write(sql: Sql, work: (totals: Totals) => void): void {
    const totals = transaction(sql, () => {
      const totals = totalsOf(sql)
      work(totals)
      sql.setTotals.run(totals.bytes, totals.count, totals.clock)
      return totals
    })
    note(totals)
  }

  function flush(sql: Sql): void {
    try {
      if (uses.count > 0) write(sql, (totals) => uses.write(sql, totals))
    } catch {
      uses.clear() // only the order of eviction suffers
    }
  }

  /** Removes some records, the least recently used first, while `more` says so. */
  function removeWhile(sql: Sql, more: (totals: Totals) => boolean): number {
    let removed = 0
    write(sql, (totals) => {
      uses.write(sql, totals)
      for (const row of sql.oldest.all() as Row[]) {
        if (!more(totals)) return
        remove(sql, totals, row)
        removed++
      }
    })
    return removed
  }

  return {
    get figures() {
      return figures
    },
    look(sql) {
      if (!figures) note(totalsOf(sql))
    },
    use(sql, key) {
      if (uses.add(key) >= usesAtOnce) flush(sql)
    },
    flush,
    put: (sql, row) =>
      write(sql, (totals) => {
        const bytes = totals.bytes + row.body.byteLength
        // Only in a cache that is nearly full does it matter what was used, and by which process.
        if (bytes > maxBytes * 0.9 || totals.count >= maxEntries * 0.9) uses.write(sql, totals)
        evicted += evict(sql, totals, bounds, put(sql, totals, row))
      }),
    drop: (sql, key) =>
      write(sql, (totals) => {
        const row = sql.find.get(key) as Row | undefined
        if (row) remove(sql, totals, row)
      }),
    makeRoom(sql, bytes) {
      const removed = removeWhile(sql, (totals) => totals.bytes + bytes > maxBytes)
      evicted += removed
      return removed
    },
    removeSome: (sql) => removeWhile(sql, () => true),
    forgetUses: uses.clear
  }
}
