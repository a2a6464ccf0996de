import { closeSync, constants, openSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { makeFolder } from './make-folder.ts'

/** A record as it is kept: nothing in it can be read here. */
export interface KeptRecord {
  key: Uint8Array
  /** Peer id of who left it. */
  sender: string
  /** Of the clock of who left it, ms; the newest of a key counts. */
  signedAt: number
  expiresAt: number
  /** Empty for one that was taken away: it keeps older ones from coming back. */
  sealed: Uint8Array
}

/** Records on disk, by group: what one group keeps is never displaced by another. */
export interface ShelfStore {
  /** Whether a group has left anything here. */
  has(groupId: string): boolean
  /** Whether a group has a place here, or can take a free one. */
  admits(groupId: string): boolean
  /** Keeps a record, and lets the group's least recently used go where it needs the room. False if it is larger than the place. */
  put(groupId: string, record: KeptRecord): boolean
  /** The record of a key, if it is newer than `after`, ms, and has not expired. */
  get(groupId: string, key: Uint8Array, after: number): Pick<KeptRecord, 'sender' | 'sealed'> | undefined
  /** Removes what has expired: a group without records gives up its place. */
  sweep(): void
  readonly figures: { records: number; bytes: number; groups: number }
  close(): void
}

export interface ShelfStoreOptions {
  directory: string
  /** Of all records together, as `recordBytes` counts them. */
  maxBytes: number
  /** Equal shares of that; each group has one. */
  places: number
  now(): number
  /** A damaged file was set aside. */
  damaged(path: string): void
}

/** Layout of the database, kept in `PRAGMA user_version`. */
const version = 1
/** What a record takes beside its bytes: its row and its places in three indexes. */
const overheadBytes = 256
/** How exactly it is known when a record was last used: writing that down for each reader would wear the disk. */
const usedStepMs = 60_000
const lockWaitMs = 500
/** SQLite's primary result codes for a file that cannot be read as a database. */
const damageCodes = new Set([11, 26])

export const recordBytes = (sealedBytes: number): number => sealedBytes + overheadBytes

const schema = `
  CREATE TABLE records (
    groupId TEXT NOT NULL, key BLOB NOT NULL, sender TEXT NOT NULL, signedAt INTEGER NOT NULL, expiresAt INTEGER NOT NULL,
    used INTEGER NOT NULL, bytes INTEGER NOT NULL, sealed BLOB NOT NULL, UNIQUE (groupId, key));
  CREATE INDEX records_used ON records (groupId, used);
  CREATE INDEX records_expiry ON records (expiresAt);
  PRAGMA user_version = ${version}`

/** Opens the shelf in a folder, which is made for its owner only where it is missing. */
export function openShelfStore(options: ShelfStoreOptions): ShelfStore {
  const { directory, maxBytes, places, now } = options
  const database = openFile(options)
  const maxGroupBytes = Math.floor(maxBytes / places)
  const sql = {
    find: database.prepare('SELECT signedAt, bytes FROM records WHERE groupId = ? AND key = ?'),
    put: database.prepare(`INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (groupId, key) DO UPDATE SET
      sender = excluded.sender, signedAt = excluded.signedAt, expiresAt = excluded.expiresAt, used = excluded.used,
      bytes = excluded.bytes, sealed = excluded.sealed`),
    get: database.prepare(`SELECT rowid AS id, sender, sealed, used FROM records
      WHERE groupId = ? AND key = ? AND signedAt > ? AND expiresAt > ? AND length(sealed) > 0`),
    use: database.prepare('UPDATE records SET used = ? WHERE rowid = ?'),
    oldest: database.prepare('SELECT rowid AS id, bytes FROM records WHERE groupId = ? ORDER BY used, rowid LIMIT 1'),
    drop: database.prepare('DELETE FROM records WHERE rowid = ?'),
    dropGroup: database.prepare('DELETE FROM records WHERE groupId = ?'),
    dropExpired: database.prepare('DELETE FROM records WHERE expiresAt <= ?'),
    totals: database.prepare(
      'SELECT groupId, SUM(bytes) AS bytes, COUNT(*) AS records FROM records GROUP BY groupId ORDER BY MAX(used) DESC'
    )
  }
  type Total = { bytes: number; records: number }
  const totals = new Map<string, Total>()

  function count(): void {
    totals.clear()
    for (const { groupId, bytes, records } of sql.totals.all() as ({ groupId: string } & Total)[])
      totals.set(groupId, { bytes, records })
  }

  function add(groupId: string, bytes: number, records: number): Total {
    const { bytes: before, records: had } = totals.get(groupId) ?? { bytes: 0, records: 0 }
    const total = { bytes: before + bytes, records: had + records }
    if (total.records > 0) totals.set(groupId, total)
    else totals.delete(groupId)
    return total
  }

  /** All of it happens, or nothing; the totals say what the disk has. */
  function atOnce(work: () => void): void {
    database.exec('BEGIN IMMEDIATE')
    try {
      work()
      database.exec('COMMIT')
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK')
      count()
      throw error
    }
  }

  function shrink(groupId: string): void {
    while ((totals.get(groupId)?.bytes ?? 0) > maxGroupBytes) {
      const { id, bytes } = sql.oldest.get(groupId) as { id: number; bytes: number }
      sql.drop.run(id)
      add(groupId, -bytes, -1)
    }
  }

  function sweep(): void {
    if (sql.dropExpired.run(now()).changes > 0) count()
  }

  // It may have been larger, or for other groups, when it was last open.
  function fit(): void {
    sweep()
    count()
    for (const [n, groupId] of [...totals.keys()].entries()) {
      if (n < places) shrink(groupId)
      else sql.dropGroup.run(groupId)
    }
    count()
  }
  try {
    atOnce(fit)
    giveRoomBack(database)
  } catch (cause) {
    database.close()
    throw new Error(`the shelf in ${directory} cannot be read: ${messageOf(cause)}`, { cause })
  }

  return {
    has: (groupId) => totals.has(groupId),
    admits: (groupId) => totals.has(groupId) || totals.size < places,
    put(groupId, { key, sender, signedAt, expiresAt, sealed }) {
      const bytes = recordBytes(sealed.byteLength)
      if (bytes > maxGroupBytes) return false
      const before = sql.find.get(groupId, key) as { signedAt: number; bytes: number } | undefined
      if (before && before.signedAt >= signedAt) return true
      atOnce(() => {
        sql.put.run(groupId, key, sender, signedAt, expiresAt, now(), bytes, sealed)
        add(groupId, bytes - (before?.bytes ?? 0), before ? 0 : 1)
        shrink(groupId)
      })
      return true
    },
    get(groupId, key, after) {
      type Row = { id: number; sender: string; sealed: Uint8Array; used: number }
      const row = sql.get.get(groupId, key, after, now()) as Row | undefined
      if (!row) return undefined
      if (now() - row.used >= usedStepMs) sql.use.run(now(), row.id)
      return { sender: row.sender, sealed: row.sealed }
    },
    sweep,
    get figures() {
      const all = [...totals.values()]
      const sum = (name: keyof Total) => all.reduce((total, one) => total + one[name], 0)
      return { records: sum('records'), bytes: sum('bytes'), groups: all.length }
    },
    close: () => database.close()
  }
}

/** SQLite keeps the pages of what was removed for what comes; where they are most of the file, the disk has more use for them. */
function giveRoomBack(database: DatabaseSync): void {
  const figure = (name: string) => Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0])
  if (figure('freelist_count') <= figure('page_count') / 2) return
  try {
    database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)')
  } catch {} // it needs room for a copy, which there may not be
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
const codeOf = (error: unknown) => Number((error as { errcode?: number } | undefined)?.errcode ?? 0) & 0xff

function openFile({ directory, damaged }: ShelfStoreOptions): DatabaseSync {
  const path = join(directory, 'shelf.db')
  try {
    makeFolder(directory)
    try {
      return connect(path)
    } catch (error) {
      if (!damageCodes.has(codeOf(error))) throw error
      const aside = `${path}.damaged-${Date.now()}`
      for (const suffix of ['', '-wal']) {
        try {
          renameSync(path + suffix, aside + suffix)
        } catch {} // not there
      }
      damaged(aside)
      return connect(path)
    }
  } catch (cause) {
    const advice = codeOf(cause) === 5 ? 'another relay uses it: choose another --shelf-dir' : messageOf(cause)
    throw new Error(`the shelf in ${directory} cannot be opened: ${advice}`, { cause })
  }
}

function connect(path: string): DatabaseSync {
  // SQLite gives its other files the same mode.
  closeSync(openSync(path, constants.O_WRONLY | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0), 0o600))
  // Not a static import: Node 22 warns that node:sqlite is experimental as soon as it is loaded.
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  const database = new DatabaseSync(path, { timeout: lockWaitMs })
  try {
    // One process at a time. What is committed survives the end of the process; what a power cut takes is only a cache.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    const { user_version: found } = database.prepare('PRAGMA user_version').get() as { user_version: number }
    if (found === 0) database.exec(`BEGIN IMMEDIATE; ${schema}; COMMIT`)
    else if (found !== version)
      throw new Error(`${path} is of another version: remove it, or choose another --shelf-dir`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}
