import { existsSync, lstatSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { MeshError } from '../errors.ts'
import { makeFolder } from './filesystem-folder.ts'
import { codeOf, connect, isDamage, sqlite, suffixes, takeLock } from './filesystem-sqlite.ts'

/** Layout of the database, kept in `PRAGMA user_version`. */
const version = 1
/** How long a call waits, blocking, for another process that writes. */
const busyTimeoutMs = 5000

// Bodies have a table of their own, so that a change of meta or of recency does not rewrite them.
const schema = `
  CREATE TABLE records (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, used INTEGER NOT NULL, bytes INTEGER NOT NULL,
    checksum INTEGER NOT NULL, meta TEXT NOT NULL);
  CREATE TABLE bodies (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
  CREATE INDEX records_used ON records (used, bytes);
  CREATE TABLE totals (id INTEGER PRIMARY KEY CHECK (id = 0), bytes INTEGER NOT NULL, count INTEGER NOT NULL, clock INTEGER NOT NULL);
  INSERT INTO totals VALUES (0, 0, 0, 0);
  PRAGMA user_version = ${version}`

/** What went wrong with the cache in `directory`, and what to do about it. */
export function storeError(directory: string, cause: unknown): MeshError {
  if (cause instanceof MeshError) return cause
  const code = codeOf(cause)
  const advice =
    code === sqlite.full || code === sqlite.ioError
      ? 'free some disk space, or choose another cacheDir'
      : code === sqlite.busy
        ? 'another process holds it for too long: end that process, or choose another cacheDir'
        : 'make it a folder that you can write to, or choose another cacheDir'
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new MeshError('ERR_STORE', `the cache in ${directory} cannot be used (${reason}): ${advice}`, { cause })
}

/** The file of the cache in a directory. */
const cacheFile = (directory: string): string => join(directory, 'cache.db')

/** Runs `work` while no other process opens the cache or sets it aside; a process that dies lets go. */
function exclusively<T>(directory: string, work: () => T): T {
  const lock = takeLock(join(directory, 'cache.lock'), 'BEGIN EXCLUSIVE', busyTimeoutMs)
  try {
    return work()
  } finally {
    lock.close()
  }
}

/** An open cache: its prepared statements by name. */
export interface Cache<Name extends string> {
  readonly sql: Readonly<Record<Name, StatementSync>>
  /** Tells this file from another that has taken its place. */
  readonly inode: bigint
  close(): void
}

/** Which layout a file has; foreign: somebody else's tables. */
function layoutOf(database: DatabaseSync, path: string): { found: number; foreign: boolean } {
  const one = (query: string) => Number(Object.values(database.prepare(query).get() ?? {})[0])
  const found = one('PRAGMA user_version')
  if (found > version)
    throw new MeshError('ERR_STORE', `${path} was made by a newer ghmesh: update ghmesh, or choose another cacheDir`)
  return { found, foreign: found === 0 && one('SELECT count(*) FROM sqlite_master') > 0 }
}

function prepare<Name extends string>(
  database: DatabaseSync,
  statements: Readonly<Record<Name, string>>
): Cache<Name>['sql'] {
  const prepared = Object.entries<string>(statements).map(([name, sql]) => [name, database.prepare(sql)])
  return Object.fromEntries(prepared)
}

function openFile<Name extends string>(path: string, statements: Readonly<Record<Name, string>>): Cache<Name> {
  const database = connect(path, busyTimeoutMs)
  try {
    // Looked at before anything is changed: it may be somebody else's.
    const { found, foreign } = layoutOf(database, path)
    if (!foreign) database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    if (found === 0) database.exec(`BEGIN IMMEDIATE; ${foreign ? 'SELECT * FROM totals' : schema}; COMMIT`)
    return {
      sql: prepare(database, statements),
      inode: statSync(path, { bigint: true }).ino,
      close: () => database.close()
    }
  } catch (error) {
    database.close()
    throw error
  }
}

/** Keeps a file that cannot be used under another name, with what belongs to it. */
function setAside(path: string): string {
  const aside = `${path}.damaged-${Date.now()}`
  for (const suffix of suffixes)
    if (lstatSync(path + suffix, { throwIfNoEntry: false })) renameSync(path + suffix, aside + suffix)
  return aside
}

/**
 * Opens `cache.db` in the directory, which is made when it is missing. A file that is damaged or somebody else's is set
 * aside, and a new one begun; `damaged` is what a caller has found out about the file that it had open.
 */
export function openCache<Name extends string>(
  directory: string,
  statements: Readonly<Record<Name, string>>,
  warn: (error: MeshError) => void,
  damaged?: { inode: bigint; cause: unknown }
): Cache<Name> {
  const path = cacheFile(directory)
  try {
    makeFolder(directory)
    return exclusively(directory, () => {
      let cause = damaged?.cause
      try {
        const cache = openFile(path, statements)
        // Another process may have replaced the damaged file already.
        if (cache.inode !== damaged?.inode) return cache
        cache.close()
      } catch (error) {
        // `sqlite.error`: it has other tables than ours.
        if (!isDamage(error) && codeOf(error) !== sqlite.error) throw error
        cause = error
      }
      const aside = setAside(path)
      warn(
        new MeshError('ERR_STORE', `${path} could not be read: it is kept as ${aside}, and a new cache begun`, {
          cause
        })
      )
      return openFile(path, statements)
    })
  } catch (error) {
    throw storeError(directory, error)
  }
}

/**
 * Opens the cache of a directory for inspection: nothing is created, changed or set aside.
 *
 * @throws MeshError ERR_STORE when there is none, or the file is somebody else's, damaged, or of a newer ghmesh.
 */
export function openExisting<Name extends string>(
  directory: string,
  statements: Readonly<Record<Name, string>>
): Omit<Cache<Name>, 'inode'> {
  const path = cacheFile(directory)
  if (!existsSync(path)) throw new MeshError('ERR_STORE', `there is no cache in ${directory}`)
  let database: DatabaseSync | undefined
  try {
    const opened = connect(path, busyTimeoutMs)
    database = opened
    const { found, foreign } = layoutOf(opened, path)
    if (foreign) throw foreignError(path)
    if (found === 0) throw new MeshError('ERR_STORE', `there is no cache in ${directory}`)
    return { sql: prepare(opened, statements), close: () => opened.close() }
  } catch (error) {
    database?.close()
    throw readError(directory, error)
  }
}

/** Why a cache that is there cannot be read. */
export function readError(directory: string, error: unknown): MeshError {
  const path = cacheFile(directory)
  if (isDamage(error)) return new MeshError('ERR_STORE', `${path} is damaged`, { cause: error })
  // It has other tables than ours.
  return codeOf(error) === sqlite.error ? foreignError(path, error) : storeError(directory, error)
}

const foreignError = (path: string, cause?: unknown) =>
  new MeshError('ERR_STORE', `${path} is no cache of ghmesh: choose another cacheDir`, { cause })
