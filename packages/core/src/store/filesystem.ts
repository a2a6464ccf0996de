// As a namespace: Node 20.14 and older lack crc32, and would stop at the name before they could say what is missing.
import * as zlib from 'node:zlib'
import type { AbortOptions } from '../abort.ts'
import type { Bytes } from '../bytes.ts'
import type { MeshError } from '../errors.ts'
import { defaultLimits } from '../limits.ts'
import { pause } from '../pause.ts'
import { checkBounds, closedError } from './bounds.ts'
import { type Cache, openCache, storeError } from './filesystem-database.ts'
import { createRows, type Name, type Rows, rowsAtOnce, type Sql, statements } from './filesystem-rows.ts'
import { isDamage } from './filesystem-sqlite.ts'
import type { Store, StoreBounds, StoreMeta } from './store.ts'

/** To make room for a larger body, many others may have to go: they are evicted in steps. */
const largeBytes = 64 * 1024

/** The file behind all calls: opened on the first one, and once more when it turns out to be damaged. */
function openOnCall(directory: string, rows: Rows, onWarning: (error: MeshError) => void) {
  let open: Cache<Name> | undefined
  let closed = false
  return {
    run<T>(work: (sql: Sql) => T, { signal }: AbortOptions = {}): T {
      signal?.throwIfAborted()
      if (closed) throw closedError()
      open ??= openCache(directory, statements, onWarning)
      try {
        try {
          rows.look(open.sql)
          return work(open.sql)
        } catch (cause) {
          if (!isDamage(cause)) throw cause
          const { inode } = open
          open.close()
          open = undefined
          open = openCache(directory, statements, onWarning, { inode, cause })
          return work(open.sql)
        }
      } catch (error) {
        throw storeError(directory, error)
      }
    },
    async close(): Promise<void> {
      closed = true
      if (!open) return
      rows.flush(open.sql)
      open.close()
      open = undefined
    }
  }
}

async function* listRows(run: <T>(work: (sql: Sql) => T, options?: AbortOptions) => T, options?: AbortOptions) {
  let last: string | undefined
  for (;;) {
    const from = last
    const some = run((sql) => sql.list.all(from ?? ''), options) as { key: Bytes; bytes: number; meta: string }[]
    for (const { key: utf8, bytes: byteLength, meta: json } of some) {
      const key = Buffer.from(utf8).toString()
      const meta = parse(json)
      last = key
      if (key !== from && meta) yield { key, byteLength, meta }
      options?.signal?.throwIfAborted()
    }
    if (some.length < rowsAtOnce) return
  }
}

/**
 * A store in one SQLite file, `cache.db`, that any number of processes share and that survives `kill -9`. 512 MiB of bodies
 * and 100,000 records unless said otherwise; the file is somewhat larger. The directory is made on the first call, for
 * its owner only. Calls do their work at once (tens of microseconds for 10 KB), and block while another process writes.
 *
 * A file that cannot be read as a cache is renamed to `cache.db.damaged-<ms>`, told through `onWarning`, and a new one begun.
 * Calls reject with MeshError `ERR_STORE` when the directory cannot be used, the disk is full, or the file is of a newer ghmesh.
 * @throws MeshError `ERR_INVALID_OPTION` for bounds that are not positive integers.
 */
export function filesystemStore(
  options: StoreBounds & { directory: string; onWarning?: (error: MeshError) => void }
): Store {
  const { directory, onWarning = () => {} } = options
  const bounds = checkBounds(options, defaultLimits.filesystemBytes)
  const { maxBytes } = bounds
  const rows = createRows(bounds)
  // The put of each key that is making room; a later call takes its place, or changes its meta.
  const waiting = new Map<string, { json: string }>()
  const { run, close } = openOnCall(directory, rows, onWarning)

  return {
    get figures() {
      return rows.figures
    },
    get: async (key, options) =>
      run((sql) => {
        const row = sql.get.get(key) as { checksum: number; meta: string; body: Uint8Array | null } | undefined
        if (!row) return undefined
        const meta = parse(row.meta)
        if (!meta || !row.body || zlib.crc32(row.body) !== row.checksum) return void rows.drop(sql, key)
        rows.use(sql, key)
        return { meta, body: row.body }
      }, options),

    async put(key, { meta, body: original }, options) {
      const call = { json: JSON.stringify(meta) }
      const bytes = original.byteLength
      let body = original
      waiting.delete(key)
      if (bytes > largeBytes && bytes <= maxBytes) {
        body = new Uint8Array(original) // the caller may go on to write into its own
        waiting.set(key, call)
        try {
          while (run((sql) => rows.makeRoom(sql, bytes), options) > 0) await pause()
          if (waiting.get(key) !== call) return
        } finally {
          if (waiting.get(key) === call) waiting.delete(key)
        }
      }
      // No await between the look at `waiting` and this: a later call would be overwritten.
      run((sql) => {
        if (bytes > maxBytes) rows.drop(sql, key)
        // The checksum is against damage, not malice: anybody who can write here can write anything.
        else rows.put(sql, { key, json: call.json, body, checksum: zlib.crc32(body) })
      }, options)
    },

    async touch(key, meta, options) {
      const json = JSON.stringify(meta)
      run((sql) => {
        const put = waiting.get(key)
        if (put) put.json = json
        else sql.touch.run(json, key)
      }, options)
    },

    async delete(key, options) {
      waiting.delete(key)
      run((sql) => rows.drop(sql, key), options)
    },

    async clear(options) {
      waiting.clear()
      rows.forgetUses()
      while (run(rows.removeSome, options) > 0) await pause()
    },

    list: (options) => listRows(run, options),

    close
  }
}

function parse(json: string): StoreMeta | undefined {
  try {
    const meta: unknown = JSON.parse(json)
    return meta && typeof meta === 'object' ? (meta as StoreMeta) : undefined
  } catch {
    return undefined
  }
}
