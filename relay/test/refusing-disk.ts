import { join } from 'node:path'

/** From its next opening on, a shelf cannot change or remove a record: as on a full disk, where SQLite says the same. */
export function refuseOnShelf(directory: string, change: 'UPDATE' | 'DELETE'): void {
  // Not a static import: Node 22 warns that node:sqlite is experimental as soon as it is loaded.
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  const database = new DatabaseSync(join(directory, 'shelf.db'))
  database.exec(`CREATE TRIGGER refusing BEFORE ${change} ON records
    BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`)
  database.close()
}
