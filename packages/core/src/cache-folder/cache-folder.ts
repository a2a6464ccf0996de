import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { markedAt, marksPrefix, readMarks, storedMarks } from '../cache/marks.ts'
import { createPurges } from '../cache/purges.ts'
import { readEntryMetas, readHolding, readValue } from '../cache/record.ts'
import { MeshError } from '../errors.ts'
import { createApi } from '../github/api.ts'
import { identityInUse } from '../platform/node/lock.ts'
import { openCache } from '../store/filesystem-database.ts'
import { openRecords, type RawRecord, type Records, type WholeRecord } from '../store/filesystem-records.ts'
import { isDamage } from '../store/filesystem-sqlite.ts'
import type { StoreMeta } from '../store/store.ts'

export { defaultCacheDir } from '../platform/node/folders.ts'

/** What may be shown of an entry: nothing of who asked for it or may see it. */
export interface CachedEntry {
  url: string
  /** Class of the `Accept` that was sent. */
  accept: string
  /** All bodies of it. */
  bytes: number
  /** When GitHub last showed it, ms since the epoch. */
  asOf: number
  /** `public`: everybody may read it; `local`: never shared; `private`: neither is known. */
  reach: 'public' | 'private' | 'local'
  /** How far its ETag reaches. */
  validator: 'portable' | 'object' | 'verbatim' | 'none'
  /** A write or purge made it stale. */
  purged: boolean
  /** It came from a member. */
  received: boolean
  /** Bodies that different viewers see. */
  bodies: number
}

/** One record that was looked at as a whole. */
export interface CheckedRecord {
  /** Its URL, or the name of a value; absent where that cannot be read. */
  name?: string
  /** What is wrong with it; absent: nothing. */
  damage?: string
}

/** The cache of a directory, opened by a tool that inspects it and not by a member. */
export interface CacheFolder {
  /** Newest first; values and what cannot be read are left out. */
  entries(): Iterable<CachedEntry>
  /** Reads every record as a whole, in no order. */
  verify(): Iterable<CheckedRecord>
  /** Removes what `verify` has found damaged so far, unless it was replaced meanwhile. Returns how many records went. */
  repair(): number
  /** Removes all records, and nothing else: the identity stays. Returns how many went. */
  clear(): number
  /** Lets go of the file; nothing else works afterwards. */
  close(): void
}

/**
 * Opens the cache of a directory beside the processes that use it. A member of such a process goes on serving what it has in
 * memory: `Mesh.clear` is for that one.
 *
 * @throws MeshError ERR_STORE when there is none, or the file is somebody else's, damaged, or of a newer ghmesh; so does
 * reading, where the damage shows later.
 */
export function openCacheFolder(directory: string): CacheFolder {
  const records = openRecords(directory)
  const damaged: WholeRecord[] = []
  return {
    *entries() {
      const purgedAt = purgesIn(records)
      for (const record of records.newestFirst()) {
        const entry = entryOf(record, purgedAt)
        if (entry) yield entry
      }
    },
    *verify() {
      for (const record of records.whole()) {
        const damage = damageOf(record)
        if (damage !== undefined) damaged.push(record)
        const name = nameOf(record)
        yield { ...(name !== undefined && { name }), ...(damage !== undefined && { damage }) }
      }
    },
    repair: () => records.remove(damaged.splice(0)),
    clear: () => records.clear(),
    close: () => records.close()
  }
}

/** Whether the file itself is damaged, and not only single records. */
export const isDamagedFile = (error: unknown): boolean => error instanceof MeshError && isDamage(error.cause)

/** Sets a damaged file aside and begins a new one, as every process that uses the cache would once it meets the damage. */
export function renewCacheFile(directory: string, cause: unknown, warn: (error: Error) => void): void {
  const { ino: inode } = statSync(join(directory, 'cache.db'), { bigint: true })
  openCache(directory, {}, warn, { inode, cause }).close()
}

/** Whether a process is a member with the identity of this directory, and so may have entries in memory. */
export const isInUse = (directory: string): boolean => identityInUse(directory)

function metaOf({ meta }: RawRecord): StoreMeta | undefined {
  try {
    const parsed: unknown = JSON.parse(meta)
    return parsed && typeof parsed === 'object' ? (parsed as StoreMeta) : undefined
  } catch {
    return undefined
  }
}

/** When a URL was purged last, as the records of marks say. */
function purgesIn(records: Records): (url: string) => number {
  const byBase = new Map<string, ReturnType<typeof createPurges>>()
  for (const record of records.beginning(marksPrefix)) {
    const known = readMarks(metaOf(record))
    const url = known && URL.parse(known.base)
    if (!url) continue
    const purges = byBase.get(url.href) ?? createPurges(createApi(url), storedMarks)
    byBase.set(url.href, purges)
    for (const target of Object.keys(known.marks)) purges.mark(target, markedAt(known, target))
  }
  return (url) => Math.max(0, ...[...byBase.values()].map((purges) => purges.at(url)))
}

function entryOf(record: RawRecord, purgedAt: (url: string) => number): CachedEntry | undefined {
  const meta = metaOf(record)
  const all = meta ? readEntryMetas(meta) : []
  const [newest] = all
  if (!newest) return undefined
  const { url, accept, asOf, validator, local, from } = newest
  return {
    url,
    accept,
    bytes: all.reduce((sum, { byteLength }) => sum + byteLength, 0),
    asOf,
    reach: local ? 'local' : newest.public ? 'public' : 'private',
    validator,
    purged: purgedAt(url) >= Math.max(asOf, 1),
    received: from !== undefined,
    bodies: all.length
  }
}

function nameOf(record: RawRecord): string | undefined {
  const meta = metaOf(record)
  const [newest] = meta ? readEntryMetas(meta) : []
  return newest?.url ?? (typeof meta?.name === 'string' ? meta.name : undefined)
}

function damageOf(record: WholeRecord): string | undefined {
  const { key, body, intact } = record
  if (!body) return 'its body is lost'
  if (!intact) return 'its body is not what was written'
  const meta = metaOf(record)
  if (!meta) return 'what is known of it cannot be read'
  if (readMarks(meta)) return undefined
  if (meta.kind === 'value') return readValue({ meta, body }) && isJson(body) ? undefined : 'it is no value'
  const holding = readHolding(key, { meta, body })
  if (!holding) return 'what is known of it does not fit its body'
  const wrong = holding.entries.some((entry) => createHash('sha256').update(entry.body).digest('hex') !== entry.hash)
  return wrong ? 'its body has another hash' : undefined
}

function isJson(body: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder().decode(body))
    return true
  } catch {
    return false
  }
}
