import { chmodSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const lockFile = (directory: string) => join(directory, 'identity.lock')

/**
 * Claims the identity of a folder by SQLite's lock of a file: it goes with the process, however that ends. Undefined when
 * another process has it.
 */
export function lockIdentity(directory: string): DatabaseSync | undefined {
  const file = lockFile(directory)
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file)
    chmodSync(file, 0o600)
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    return database
  } catch {
    database?.close()
    return undefined
  }
}

/** Whether a process has the identity of a folder now. */
export function identityInUse(directory: string): boolean {
  if (!existsSync(lockFile(directory))) return false
  const database = new DatabaseSync(lockFile(directory), { readOnly: true })
  try {
    database.prepare('SELECT count(*) FROM sqlite_master').get()
    return false
  } catch {
    return true
  } finally {
    database.close()
  }
}
