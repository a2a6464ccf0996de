import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import type { DatabaseSync, DatabaseSyncOptions, StatementSync } from 'node:sqlite'
import { MeshError } from '../errors.ts'

/** SQLite's primary result codes that mean something here. */
export const sqlite = { error: 1, busy: 5, ioError: 10, corrupt: 11, full: 13, notADatabase: 26 }

export const codeOf = (error: unknown) =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined

/** Nothing can be done with this file but set it aside. */
export function isDamage(error: unknown): boolean {
  const code = codeOf(error)
  return code === sqlite.corrupt || code === sqlite.notADatabase
}

/** The files that belong to a database, its own last. */
export const suffixes = ['-wal', '-shm', '-journal', '']

/** Neither follows a link nor waits at a pipe; Windows has no such flags. */
export const plainly = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** Whether something else than a plain file stands there: a pipe, at which a reader would wait for ever, a link, a folder. */
function isSpecial(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  return stats !== undefined && !stats.isFile()
}

/**
 * Opens a database as it is.
 *
 * @throws MeshError ERR_STORE where this runtime has no SQLite
 */
export function open(path: string, options: DatabaseSyncOptions = {}): DatabaseSync {
  // Not a static import: Node 22 warns that node:sqlite is experimental as soon as it is loaded, and Node 20 lacks it.
  const builtin = process.getBuiltinModule?.('node:sqlite')
  if (builtin) return new builtin.DatabaseSync(path, options)
  const why = `the cache on disk needs node:sqlite, which ${process.version} lacks`
  throw new MeshError('ERR_STORE', `${why}: install a newer Node from https://nodejs.org`)
}

const isThere = (error: unknown) => (error as NodeJS.ErrnoException).code === 'EEXIST'

/** Makes an empty file for its owner only, unless something is there. SQLite gives its other files the same mode. */
function makeFile(path: string): void {
  // One that is there is not opened: closing it would drop every lock that this process has on it
  // (https://sqlite.org/howtocorrupt.html, 2.2).
  if (lstatSync(path, { throwIfNoEntry: false })) return
  try {
    closeSync(openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600))
  } catch (error) {
    if (!isThere(error)) throw error // else another process was faster
  }
}

/** Opens a database, made for its owner only where it is missing. What is neither a plain file nor a folder counts as damaged. */
export function connect(path: string, busyTimeoutMs: number): DatabaseSync {
  const special = suffixes.find((suffix) => isSpecial(path + suffix) && !lstatSync(path + suffix).isDirectory())
  if (special !== undefined)
    throw Object.assign(new Error(`${path}${special} is no plain file`), { errcode: sqlite.notADatabase })
  makeFile(path)
  const database = open(path)
  // The timeout comes first: switching to WAL needs the lock, too.
  database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
  return database
}

/**
 * Opens a database that is there for its lock alone, and takes that by `statements`. A damaged one is made anew, after a copy
 * was set aside: it is emptied where it is, so that processes which do this at once, or hold it, go on meaning the same file.
 */
export function takeLock(path: string, statements: string, busyTimeoutMs: number): DatabaseSync {
  for (let renewed = false; ; renewed = true) {
    let database: DatabaseSync | undefined
    try {
      database = connect(path, busyTimeoutMs)
      database.exec(statements)
      return database
    } catch (error) {
      database?.close()
      if (renewed || !(isDamage(error) || isSpecial(path))) throw error
      renewLock(path)
    }
  }
}

function renewLock(path: string): void {
  const aside = `${path}.damaged-${Date.now()}`
  for (const suffix of suffixes) if (isSpecial(path + suffix)) moveSpecial(path + suffix, aside + suffix)
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT | plainly, 0o600)
  try {
    if (fstatSync(file).size > 0) copyTo(aside, file)
    ftruncateSync(file)
  } finally {
    closeSync(file)
  }
  for (const suffix of suffixes) if (suffix !== '') rmSync(path + suffix, { force: true })
}

/** Copies what is left of a file to its end. `copyFileSync` never ends where another process empties the file meanwhile. */
function copyTo(path: string, file: number): void {
  let copy: number
  try {
    copy = openSync(path, 'wx', 0o600)
  } catch (error) {
    if (isThere(error)) return // another process has copied it in the same millisecond
    throw error
  }
  try {
    const buffer = new Uint8Array(64 * 1024)
    for (;;) {
      const length = readSync(file, buffer)
      if (length === 0) return
      writeFileSync(copy, buffer.subarray(0, length))
    }
  } finally {
    closeSync(copy)
  }
}

function moveSpecial(path: string, aside: string): void {
  try {
    renameSync(path, aside)
    // Another process was faster, and this is its new one.
    if (!isSpecial(aside)) linkSync(aside, path)
  } catch {} // gone, or there again: what comes next tells
}

/** Runs `work` in one transaction: all of it happens, or, when it throws, nothing. */
export function transaction<T>(
  sql: Readonly<Record<'begin' | 'commit' | 'rollback', StatementSync>>,
  work: () => T
): T {
  sql.begin.run()
  try {
    const result = work()
    sql.commit.run()
    return result
  } catch (error) {
    try {
      sql.rollback.run()
    } catch {} // SQLite has rolled back by itself
    throw error
  }
}
