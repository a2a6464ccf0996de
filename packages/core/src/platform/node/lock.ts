import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { codeOf, open, sqlite, takeLock } from '../../store/filesystem-sqlite.ts'

const lockFile = (directory: string) => join(directory, 'identity.lock')

/**
 * Claims the identity of a folder by SQLite's lock of a file: it goes with the process, however that ends. Undefined when
 * another process has it.
 */
export function lockIdentity(directory: string): DatabaseSync | undefined {
  try {
    return takeLock(lockFile(directory), 'PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE', 0)
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
