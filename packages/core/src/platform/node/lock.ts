import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { codeOf, open, sqlite, takeLock } from '../../store/filesystem-sqlite.ts'

const lockFile = (directory: string) => join(directory, 'identity.lock')

/** How long the one that has won waits, blocking, until the others have looked and gone. */
const leaveTimeoutMs = 5000

/**
 * Claims the identity of a folder by SQLite's lock of a file: it goes with the process, however that ends. Undefined when
 * another process has it.
 */
export function lockIdentity(directory: string): DatabaseSync | undefined {
  // Only one of many that begin at once can have the right to write, so one always wins; BEGIN EXCLUSIVE would be refused to
  // each of them while the others look. What is written makes the lock one that readers see.
  const win = 'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; BEGIN IMMEDIATE'
  const keep = `PRAGMA busy_timeout = ${leaveTimeoutMs}; PRAGMA user_version = 1; COMMIT`
  try {
    return takeLock(lockFile(directory), `${win}; ${keep}`, 0)
  } catch {
    return undefined
  }
}

/** Whether a process has the identity of a folder now. */
export function identityInUse(directory: string): boolean {
  // Nothing else can be locked, and a pipe would be waited at.
  if (!lstatSync(lockFile(directory), { throwIfNoEntry: false })?.isFile()) return false
  const database = open(lockFile(directory), { readOnly: true })
  try {
    database.prepare('SELECT count(*) FROM sqlite_master').get()
    return false
  } catch (error) {
    return codeOf(error) === sqlite.busy
  } finally {
    database.close()
  }
}
