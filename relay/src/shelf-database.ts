import { closeSync, constants, openSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { makeFolder } from './make-folder.ts'

/** Layout of the database, kept in `PRAGMA user_version`. */
const version = 1
const lockWaitMs = 500
/** SQLite's primary result codes for a file that cannot be read as a database. */
const damageCodes = new Set([11, 26])

const schema = `
  CREATE TABLE records (
    groupId TEXT NOT NULL, key BLOB NOT NULL, sender TEXT NOT NULL, signedAt INTEGER NOT NULL, expiresAt INTEGER NOT NULL,
    used INTEGER NOT NULL, bytes INTEGER NOT NULL, sealed BLOB NOT NULL, UNIQUE (groupId, key));
  CREATE INDEX records_used ON records (groupId, used);
  CREATE INDEX records_expiry ON records (expiresAt);
  PRAGMA user_version = ${version}`

/** What is asked of the records, prepared. */
export const statementsOf = (database: DatabaseSync) => ({
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
})

/** SQLite keeps the pages of what was removed for what comes; where they are most of the file, the disk has more use for them. */
export function giveRoomBack(database: DatabaseSync): void {
  const figure = (name: string) => Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0])
  if (figure('freelist_count') <= figure('page_count') / 2) return
  try {
    database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)')
  } catch {} // it needs room for a copy, which there may not be
}

export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
const codeOf = (error: unknown) => Number((error as { errcode?: number } | undefined)?.errcode ?? 0) & 0xff

/** The records' database in a folder, which is made for its owner only where it is missing. A damaged file is set aside. */
export function openDatabase(directory: string, damaged: (path: string) => void): DatabaseSync {
  const path = join(directory, 'shelf.db')
  try {
    makeFolder(directory, '--shelf-dir')
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
