// As a namespace: Node 20.14 and older lack crc32, and would stop at the name before they could say what is missing.
import * as zlib from 'node:zlib'
import type { AbortOptions } from '../abort.ts'
import type { Bytes } from '../bytes.ts'
import type { MeshError } from '../errors.ts'
import { defaultLimits } from '../limits.ts'
import { pause } from '../pause.ts'
import { checkBounds, closedError } from './bounds.ts'
import { type Cache, openCache, storeError } from './filesystem-database.ts'
import { isDamage } from './filesystem-sqlite.ts'
import type { Store, StoreBounds, StoreFigures, StoreMeta } from './store.ts'

/** Uses that are remembered before they are written, all in one transaction. */
const usesAtOnce = 4096
const rowsAtOnce = 256
/** To make room for a larger body, many others may have to go: they are evicted in steps. */
const largeBytes = 64 * 1024

const statements = {
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
type Totals = { bytes: number; count: number; clock: number }
type Row = { id: number; bytes: number }

type Name = keyof typeof statements
type Sql = Cache<Name>['sql']

const slightlyBelow = (bound: number) => bound - Math.floor(bound / 1024)

/**
 * A store in one SQLite file, `cache.db`, that any number of processes share and that survives `kill -9`. 512 MiB of bodies
 * and 100,000 records unless said otherwise; the file is somewhat larger. The directory is made on the first call, for
 * its owner only. Calls do their work at once (tens of microseconds for 10 KB), and block while another process writes.
 *
 * A file that cannot be read as a cache is renamed to `cache.db.damaged-<ms>`, told through `onWarning`, and a new one begun.
 * Calls reject with MeshError `ERR_STORE` when the directory cannot be used, the disk is full, or the file is of a newer ghmesh.
 * @throws MeshError `ERR_INVALID_OPTION` for bounds that are not positive integers.
 */
export function filesystemStore(
  options: StoreBounds & { directory: string; onWarning?: (error: MeshError) => void }
): Store {
  const { directory, onWarning = () => {} } = options
  const { maxBytes, maxEntries } = checkBounds(options, defaultLimits.filesystemBytes)
  const used = new Set<string>() // in the order of their use
  const waiting = new Map<string, symbol>() // the put of each key that is making room; a later call takes its place
  let open: Cache<Name> | undefined
  let closed = false
  let figures: StoreFigures | undefined
  let evicted = 0
  const figuresOf = ({ count, bytes }: Totals): StoreFigures => ({ entries: count, bytes, evicted })

  /** Every call: opens on the first one, and once more when the file turns out to be damaged. */
  function run<T>(work: (sql: Sql) => T, { signal }: AbortOptions = {}): T {
    signal?.throwIfAborted()
    if (closed) throw closedError()
    open ??= openCache(directory, statements, onWarning)
    try {
      try {
        figures ??= figuresOf(open.sql.totals.get() as Totals)
        return work(open.sql)
      } catch (cause) {
        if (!isDamage(cause)) throw cause
        const { inode } = open
        open.close()
        open = undefined
        open = openCache(directory, statements, onWarning, { inode, cause })
        return work(open.sql)
      }
    } catch (error) {
      throw storeError(directory, error)
    }
  }

  function write(sql: Sql, work: (totals: Totals) => void): void {
    sql.begin.run()
    try {
      const totals = sql.totals.get() as Totals
      work(totals)
      sql.setTotals.run(totals.bytes, totals.count, totals.clock)
      sql.commit.run()
      figures = figuresOf(totals)
    } catch (error) {
      try {
        sql.rollback.run()
      } catch {} // SQLite has rolled back by itself
      throw error
    }
  }

  function writeUses(sql: Sql, totals: Totals): void {
    for (const key of used) sql.use.run(++totals.clock, key)
    used.clear()
  }

  function flush(sql: Sql): void {
    try {
      if (used.size > 0) write(sql, (totals) => writeUses(sql, totals))
    } catch {
      used.clear() // only the order of eviction suffers
    }
  }

  function remove(sql: Sql, totals: Totals, row: Row): void {
    sql.remove.run(row.id)
    sql.removeBody.run(row.id)
    totals.bytes -= row.bytes
    totals.count--
  }

  function drop(sql: Sql, key: string): undefined {
    write(sql, (totals) => {
      const row = sql.find.get(key) as Row | undefined
      if (row) remove(sql, totals, row)
    })
  }

  /** Removes some records, the least recently used first, while `more` says so. Returns how many. */
  function removeSome(sql: Sql, more = (_: Totals) => true): number {
    let removed = 0
    write(sql, (totals) => {
      writeUses(sql, totals)
      for (const row of sql.oldest.all() as Row[]) {
        if (!more(totals)) return
        remove(sql, totals, row)
        removed++
      }
    })
    return removed
  }

  /** Goes a little below the bounds, so that not every put evicts. */
  function evict(sql: Sql, totals: Totals, newest: number): void {
    if (totals.bytes <= maxBytes && totals.count <= maxEntries) return
    for (;;)
      for (const row of sql.oldest.all() as Row[]) {
        const done = totals.bytes <= slightlyBelow(maxBytes) && totals.count <= slightlyBelow(maxEntries)
        if (done || row.id === newest) return
        remove(sql, totals, row)
        evicted++
      }
  }

  return {
    get figures() {
      return figures
    },
    get: async (key, options) =>
      run((sql) => {
        const row = sql.get.get(key) as { checksum: number; meta: string; body: Uint8Array | null } | undefined
        if (!row) return undefined
        const meta = parse(row.meta)
        if (!meta || !row.body || zlib.crc32(row.body) !== row.checksum) return drop(sql, key)
        used.delete(key)
        used.add(key)
        if (used.size >= usesAtOnce) flush(sql)
        return { meta, body: row.body }
      }, options),

    async put(key, { meta, body: original }, options) {
      const json = JSON.stringify(meta)
      const bytes = original.byteLength
      let body = original
      waiting.delete(key)
      if (bytes > largeBytes && bytes <= maxBytes) {
        body = new Uint8Array(original) // the caller may go on to write into its own
        const call = Symbol(key)
        waiting.set(key, call)
        try {
          const isTooFull = (totals: Totals) => totals.bytes + bytes > maxBytes
          for (;;) {
            const removed = run((sql) => removeSome(sql, isTooFull), options)
            evicted += removed
            if (removed === 0) break
            await pause()
          }
          if (waiting.get(key) !== call) return
        } finally {
          if (waiting.get(key) === call) waiting.delete(key)
        }
      }
      run((sql) => {
        if (bytes > maxBytes) return drop(sql, key)
        // Against damage, not malice: anybody who can write here can write anything.
        const checksum = zlib.crc32(body)
        write(sql, (totals) => {
          // Only in a cache that is nearly full does it matter what was used, and by which process.
          if (totals.bytes + bytes > maxBytes * 0.9 || totals.count >= maxEntries * 0.9) writeUses(sql, totals)
          const old = sql.find.get(key) as Row | undefined
          const use = ++totals.clock
          const id = old?.id ?? Number(sql.insert.run(key, use, bytes, checksum, json).lastInsertRowid)
          if (old) sql.update.run(use, bytes, checksum, json, id)
          sql.body.run(id, body)
          totals.bytes += bytes - (old?.bytes ?? 0)
          if (!old) totals.count++
          evict(sql, totals, id)
        })
      }, options)
    },

    async touch(key, meta, options) {
      const json = JSON.stringify(meta)
      run((sql) => sql.touch.run(json, key), options)
    },

    async delete(key, options) {
      waiting.delete(key)
      run((sql) => drop(sql, key), options)
    },

    async clear(options) {
      waiting.clear()
      used.clear()
      while (run((sql) => removeSome(sql), options) > 0) await pause()
    },

    async *list(options) {
      let last: string | undefined
      for (;;) {
        const from = last
        const rows = run((sql) => sql.list.all(from ?? ''), options) as { key: Bytes; bytes: number; meta: string }[]
        for (const { key: utf8, bytes: byteLength, meta: json } of rows) {
          const key = Buffer.from(utf8).toString()
          const meta = parse(json)
          last = key
          if (key !== from && meta) yield { key, byteLength, meta }
          options?.signal?.throwIfAborted()
        }
        if (rows.length < rowsAtOnce) return
      }
    },

    async close() {
      closed = true
      if (!open) return
      flush(open.sql)
      open.close()
      open = undefined
    }
  }
}

function parse(json: string): StoreMeta | undefined {
  try {
    const meta: unknown = JSON.parse(json)
    return meta && typeof meta === 'object' ? (meta as StoreMeta) : undefined
  } catch {
    return undefined
  }
}
