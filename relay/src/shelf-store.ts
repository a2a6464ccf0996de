import type { StatementSync } from 'node:sqlite'
import { giveRoomBack, messageOf, openDatabase, statementsOf } from './shelf-database.ts'

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
  /** Removes what has expired, where the disk lets it: a group without records gives up its place. */
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
  /** What has expired could not be removed; told once, until that succeeds again. */
  sweepFailed(why: string): void
}

/** What a record takes beside its bytes: its row and its places in three indexes. */
const overheadBytes = 256
/** How exactly it is known when a record was last used: writing that down for each reader would wear the disk. */
const usedStepMs = 60_000

export const recordBytes = (sealedBytes: number): number => sealedBytes + overheadBytes

interface Total {
  bytes: number
  records: number
}

/** What each group has, the one that used its records last first; `readAll` reads it from the disk. */
function createTotals(readAll: () => unknown[]) {
  const totals = new Map<string, Total>()
  return {
    totals,
    count(): void {
      const all = readAll() as ({ groupId: string } & Total)[]
      totals.clear()
      for (const { groupId, bytes, records } of all) totals.set(groupId, { bytes, records })
    },
    add(groupId: string, bytes: number, records: number): void {
      const before = totals.get(groupId) ?? { bytes: 0, records: 0 }
      const total = { bytes: before.bytes + bytes, records: before.records + records }
      if (total.records > 0) totals.set(groupId, total)
      else totals.delete(groupId)
    },
    figures() {
      const all = [...totals.values()]
      const sum = (name: keyof Total) => all.reduce((total, one) => total + one[name], 0)
      return { records: sum('records'), bytes: sum('bytes'), groups: all.length }
    }
  }
}

/** Does work that may fail: it is told once, until something succeeds again. */
function createTolerance(failed: (why: string) => void): (work: () => void) => void {
  let isFailing = false
  return (work) => {
    try {
      work()
      isFailing = false
    } catch (error) {
      if (!isFailing) failed(messageOf(error))
      isFailing = true
    }
  }
}

/** Notes when a record was used, if it can: a full disk is still read. */
function noteUse(use: StatementSync, usedAt: number, id: number): void {
  try {
    use.run(usedAt, id)
  } catch {} // it only decides what goes first
}

/** Opens the shelf in a folder, which is made for its owner only where it is missing. */
export function openShelfStore(options: ShelfStoreOptions): ShelfStore {
  const { directory, maxBytes, places, now, damaged, sweepFailed } = options
  const database = openDatabase(directory, damaged)
  const maxGroupBytes = Math.floor(maxBytes / places)
  const sql = statementsOf(database)
  const { totals, count, add, figures } = createTotals(() => sql.totals.all())

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
    for (const [n, groupId] of [...totals.keys()].entries()) {
      if (n < places) shrink(groupId)
      else sql.dropGroup.run(groupId)
    }
    count()
  }
  const tolerate = createTolerance(sweepFailed)
  try {
    count()
    // What cannot be removed, as on a full disk, is at least not given: it can be read.
    tolerate(() => atOnce(fit))
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
      if (now() - row.used >= usedStepMs) noteUse(sql.use, now(), row.id)
      return { sender: row.sender, sealed: row.sealed }
    },
    sweep: () => tolerate(sweep),
    get figures() {
      return figures()
    },
    close: () => database.close()
  }
}
