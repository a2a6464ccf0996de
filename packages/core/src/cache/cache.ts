import { pruneConfirmations } from '../confirmations.ts'
import { type Entry, type EntrySummary, type Holding, merge } from '../entry.ts'
import type { MeshError } from '../errors.ts'
import type { Limits } from '../limits.ts'
import { createSizedLru } from '../sized-lru.ts'
import type { Store, StoreFigures } from '../store/store.ts'
import { guardStore } from './guarded-store.ts'
import { createHeld } from './held.ts'
import { createKeptMarks } from './kept-marks.ts'
import type { Purges } from './purges.ts'
import {
  holdingMeta,
  holdingRecord,
  readHolding,
  readSummary,
  readValue,
  type StoredValue,
  valueRecord
} from './record.ts'

/** What this member holds: decoded entries in memory, in front of the store that keeps them. */
export interface Cache {
  /** From memory only. */
  held(key: string): Holding | undefined
  /** From memory, else from the store. */
  find(key: string): Promise<Holding | undefined>
  /** From the store, where another process may have put something newer, merged with what memory has. */
  reload(key: string): Promise<Holding | undefined>
  /** Adds an entry; resolves to the holding once the store has it. */
  add(key: string, entry: Entry): Promise<Holding>
  /** Replaces entries without their bodies: `change` returns the same entry where nothing is to do. */
  touch(key: string, change: (entry: Entry) => Entry): Promise<boolean>
  value(key: string): Promise<StoredValue | undefined>
  putValue(key: string, value: StoredValue): Promise<void>
  /** The newest entry of each key, without bodies; leaves room for other work. */
  summaries(): AsyncIterable<EntrySummary & { key: string }>
  /** Keys below any of these targets, as `Purges.normalise` names them; of what other processes store, those seen here. */
  below(targets: readonly string[]): Promise<ReadonlySet<string>>
  /** Stores purge marks, so that everything they cover is stale for every process that reads it. */
  keepMarks(targets: readonly string[], at: number): Promise<void>
  /** What the store holds, as it says itself; where it says nothing, what was put into it. */
  readonly figures: StoreFigures
  delete(key: string): Promise<void>
  /** Removes everything, from memory and the store; what is under way may come back. */
  clear(): Promise<void>
  close(): Promise<void>
}

export interface CacheEvents {
  warning(error: MeshError): void
  /** An entry was read from the store: what it shows is known again after a new start. */
  read(entry: Entry): void
}

/**
 * Where the store fails, memory serves alone: a full disk costs persistence, not requests. An entry ahead of GitHub's clock
 * was written by a wrong clock, and counts as absent.
 */
export function createCache(
  store: Store,
  limits: Limits,
  githubNow: () => number,
  purges: Purges,
  events: CacheEvents
): Cache {
  const memory = createSizedLru<Holding>({
    maxBytes: limits.memoryBytes,
    bytesOf: ({ entries }) => entries.reduce((sum, { body }) => sum + body.byteLength + 512, 1)
  })
  // Only where the store is lost; with one, another process may have set a newer value.
  const values = createSizedLru<StoredValue>({
    maxBytes: limits.memoryBytes / 8,
    bytesOf: ({ json }) => json.byteLength + 256
  })
  const held = createHeld(limits, purges)
  const guarded = guardStore(store, limits, events.warning)
  const { attempt } = guarded
  let walked = false

  const marks = createKeptMarks({
    purges,
    get: (key) => attempt(() => store.get(key)),
    put: (key, record) => attempt(() => store.put(key, record)),
    latest: () => githubNow() + limits.clockSkewMs
  })

  const believable = ({ asOf }: Entry) => asOf <= githubNow() + limits.clockSkewMs

  async function load(key: string): Promise<Holding | undefined> {
    const record = await attempt(() => store.get(key))
    const holding = record && readHolding(key, record)
    const entries = holding?.entries.filter(believable) ?? []
    const [newest] = entries
    if (!record || !newest) return undefined
    held.note(key, record.body.byteLength, newest.url)
    entries.forEach(events.read)
    await Promise.all(purges.targetsOf(newest.url).map(marks.learn))
    return { key, entries }
  }

  /** Every way into memory and the store leads through here. */
  function remember({ key, entries }: Holding): Holding {
    const holding = {
      key,
      entries: entries.map((entry) => {
        const confirmed = pruneConfirmations(entry.confirmed, githubNow(), limits)
        return confirmed === entry.confirmed ? entry : { ...entry, confirmed }
      })
    }
    memory.set(key, holding)
    return holding
  }

  /** What both have seen: another process's newer entry, and what this one learnt meanwhile. */
  function combine(a: Holding | undefined, b: Holding | undefined): Holding | undefined {
    if (!a || !b) return a ?? b
    return {
      key: a.key,
      entries: b.entries.reduce<readonly Entry[]>((all, e) => merge(all, e, limits.variants), a.entries)
    }
  }

  const cache: Cache = {
    get figures() {
      if (guarded.isLost) return { entries: memory.size, bytes: memory.bytes, evicted: store.figures?.evicted ?? 0 }
      return store.figures ?? { ...held.size, evicted: 0 }
    },
    held: (key) => memory.get(key),
    async find(key) {
      return memory.get(key) ?? cache.reload(key)
    },
    async reload(key) {
      const stored = await load(key)
      const holding = combine(memory.get(key), stored)
      return holding && remember(holding)
    },
    async add(key, entry) {
      const stored = await load(key)
      // What is in memory now, not before the wait: of two that add at the same moment, neither may be lost.
      const before = combine(memory.get(key), stored)?.entries.filter(believable) ?? []
      const holding = remember({ key, entries: merge(before, entry, limits.variants) })
      const record = holdingRecord(holding)
      held.note(key, record.body.byteLength, entry.url)
      await attempt(() => store.put(key, record))
      return holding
    },
    async touch(key, change) {
      const before = await cache.find(key)
      if (!before) return false
      // Read again: the store may have answered meanwhile, and a change must build on the newest.
      const newest = memory.get(key) ?? before
      const entries = newest.entries.map(change)
      if (entries.every((entry, i) => entry === newest.entries[i])) return false
      const holding = remember({ key, entries: entries.sort((a, b) => b.asOf - a.asOf) })
      // The store's bodies may stand in another order than memory's, so several are written with their meta.
      await attempt(() =>
        entries.length === 1 ? store.touch(key, holdingMeta(holding)) : store.put(key, holdingRecord(holding))
      )
      return true
    },
    async value(key) {
      const record = await attempt(() => store.get(key))
      return record ? readValue(record) : values.get(key)
    },
    async putValue(key, value) {
      values.set(key, value)
      held.note(key, value.json.byteLength)
      await attempt(() => store.put(key, valueRecord(value)))
    },
    async *summaries() {
      if (guarded.isLost) {
        for (const [key, { entries }] of memory.entries())
          if (entries[0]) yield { ...entries[0], key, byteLength: entries[0].body.byteLength }
        return
      }
      for await (const { key, byteLength, meta } of guarded.rows()) {
        const summary = readSummary(meta)
        if (summary || meta.kind === 'value') held.note(key, byteLength, summary?.url)
        if (summary) yield { ...summary, key }
      }
      walked = true
    },
    async below(targets) {
      if (!walked) for await (const _ of cache.summaries());
      return held.below(targets)
    },
    keepMarks: marks.keep,
    async delete(key) {
      memory.delete(key)
      values.delete(key)
      held.delete(key)
      await attempt(() => store.delete(key))
    },
    async clear() {
      if (!(await guarded.clear())) for await (const { key } of guarded.rows()) await cache.delete(key)
      memory.clear()
      values.clear()
      held.clear()
    },
    async close() {
      const closing = guarded.close()
      memory.clear()
      values.clear()
      await closing
    }
  }
  return cache
}
