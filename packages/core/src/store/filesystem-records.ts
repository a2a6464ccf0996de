// As a namespace, as in filesystem.ts.
import * as zlib from 'node:zlib'
import { openExisting, readError } from './filesystem-database.ts'
import { transaction } from './filesystem-sqlite.ts'

/** A record as it stands in the file, whether or not it makes sense. */
export interface RawRecord {
  id: number
  key: string
  byteLength: number
  /** JSON, if nothing has happened to it. */
  meta: string
}

/** A record and what came with it. */
export interface WholeRecord extends RawRecord {
  /** Absent: it is lost. */
  body?: Uint8Array
  checksum: number
  /** The body is the one that was written. */
  intact: boolean
}

/**
 * The records of a cache, seen from outside the store: looking is no use of a record, and what is damaged stays until it is
 * removed. Any number of processes may have the file open meanwhile.
 */
export interface Records {
  /** Newest first by what the meta says; without bodies. Nothing is locked while the caller takes its time. */
  newestFirst(): Iterable<RawRecord>
  /** Those whose key begins so, in no order; without bodies. */
  beginning(prefix: string): RawRecord[]
  /** All, with their bodies, in no order. */
  whole(): Iterable<WholeRecord>
  /** Removes those that still are what was read, and counts anew what is left. Returns how many went. */
  remove(records: readonly WholeRecord[]): number
  /** Removes all, and gives the room on the disk back where nobody else is reading. Returns how many went. */
  clear(): number
  close(): void
}

const rowsAtOnce = 256

const statements = {
  // What is no JSON has no age, and comes last.
  ids: `SELECT id FROM records
    ORDER BY CASE WHEN json_valid(meta) THEN json_extract(meta, '$.entries[0].asOf') END DESC, id`,
  row: 'SELECT id, key, bytes AS byteLength, meta FROM records WHERE id = ?',
  beginning: 'SELECT id, key, bytes AS byteLength, meta FROM records WHERE key >= ? AND key < ?',
  after: `SELECT id FROM records WHERE id > ? ORDER BY id LIMIT ${rowsAtOnce}`,
  whole:
    'SELECT id, key, bytes AS byteLength, meta, checksum, body FROM records LEFT JOIN bodies USING (id) WHERE id = ?',
  same: 'SELECT id FROM records WHERE id = ? AND checksum = ? AND meta = ?',
  remove: 'DELETE FROM records WHERE id = ?',
  removeBody: 'DELETE FROM bodies WHERE id = ?',
  removeAll: 'DELETE FROM records',
  removeBodies: 'DELETE FROM bodies',
  orphans: 'DELETE FROM bodies WHERE id NOT IN (SELECT id FROM records)',
  count: 'SELECT count(*) AS count FROM records',
  totals: `UPDATE totals SET bytes = (SELECT coalesce(sum(bytes), 0) FROM records), count = (SELECT count(*) FROM records)`,
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
  shrink: 'VACUUM',
  checkpoint: 'PRAGMA wal_checkpoint(TRUNCATE)'
} as const

type WholeRow = RawRecord & { checksum: number; body: Uint8Array | null }

/** The rows behind ids, which come in portions; nothing is locked between two of them. */
function* walk<Row>(ids: (last: number) => { id: number }[], row: (id: number) => unknown): Generator<Row> {
  for (let last = 0; ; ) {
    const some = ids(last)
    for (const { id } of some) {
      const found = row(id) as Row | undefined
      if (found) yield found
    }
    last = some.at(-1)?.id ?? 0
    if (last === 0) return
  }
}

/** Opens the records of the cache in a directory. @throws MeshError ERR_STORE when there is none that can be read. */
export function openRecords(directory: string): Records {
  const { sql, close } = openExisting(directory, statements)

  function reading<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw readError(directory, error)
    }
  }

  function write<T>(work: () => T): T {
    return reading(() =>
      transaction(sql, () => {
        const result = work()
        sql.totals.run()
        return result
      })
    )
  }

  return {
    newestFirst: () =>
      walk<RawRecord>(
        (last) => (last === 0 ? reading(() => sql.ids.all() as { id: number }[]) : []),
        (id) => reading(() => sql.row.get(id))
      ),
    beginning: (prefix) => reading(() => sql.beginning.all(prefix, `${prefix}\u{10ffff}`) as unknown as RawRecord[]),
    *whole() {
      const rows = walk<WholeRow>(
        (last) => reading(() => sql.after.all(last) as { id: number }[]),
        (id) => reading(() => sql.whole.get(id))
      )
      for (const { body, ...rest } of rows) {
        const intact = body !== null && body.byteLength === rest.byteLength && zlib.crc32(body) === rest.checksum
        yield { ...rest, intact, ...(body && { body }) }
      }
    },
    remove: (records) =>
      write(() => {
        let count = 0
        for (const { id, checksum, meta } of records) {
          if (!sql.same.get(id, checksum, meta)) continue
          sql.remove.run(id)
          sql.removeBody.run(id)
          count++
        }
        sql.orphans.run()
        return count
      }),
    clear() {
      const count = write(() => {
        const { count } = sql.count.get() as { count: number }
        sql.removeAll.run()
        sql.removeBodies.run()
        return count
      })
      try {
        sql.shrink.run()
        sql.checkpoint.get()
      } catch {} // somebody reads: the room is used again by what comes next
      return count
    },
    close
  }
}
