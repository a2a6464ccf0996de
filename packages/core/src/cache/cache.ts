import { pruneConfirmations } from '../confirmations.ts'
import { type Entry, type EntrySummary, type Holding, merge } from '../entry.ts'
import type { Limits } from '../limits.ts'
import { createSizedLru } from '../sized-lru.ts'
import type { Store, StoreFigures } from '../store/store.ts'
import type { Purges } from './purges.ts'
import { holdingMeta, holdingRecord, type StoredValue } from './record.ts'
import { createStored, type StoredEvents } from './stored.ts'
import { createStoredValues } from './stored-values.ts'

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
  /** Resolves when a store that makes one change after the other, as IndexedDB's does, has what memory has by now. */
  written(): Promise<unknown>
  value(key: string): Promise<StoredValue | undefined>
  /**
   * Replaces a value, or deletes it where `change` returns undefined; one change after the other, so each builds on the last.
   * Resolves to what is there then.
   */
  changeValue(
    key: string,
    change: (held: StoredValue | undefined) => StoredValue | undefined
  ): Promise<StoredValue | undefined>
  /** The newest entry of each key, without bodies; leaves room for other work. */
  summaries(): AsyncIterable<EntrySummary & { key: string }>
  /** Keys below any of these targets, as `Purges.normalise` names them; of what other processes store, those seen here. */
  below(targets: readonly string[]): Promise<ReadonlySet<string>>
  /** Stores purge marks, so that everything they cover is stale for every process that reads it. */
  keepMarks(targets: readonly string[], at: number): Promise<void>
  /** Stores when GitHub ended these rights of viewers, for other processes and the next start. */
  keepEnds(names: readonly string[], at: number): Promise<void>
  /** When that was, as the store says; ms, 0 for never. */
  endedAt(name: string): Promise<number>
  /** What the store holds, as it says itself; where it says nothing, what was put into it. */
  readonly figures: StoreFigures
  delete(key: string): Promise<void>
  /** Removes everything, from memory and the store; what is under way may come back. */
  clear(): Promise<void>
  close(): Promise<void>
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
  events: StoredEvents
): Cache {
  const memory = createSizedLru({ maxBytes: limits.memoryBytes, bytesOf: bytesOfHolding })
  const latest = () => githubNow() + limits.clockSkewMs
  const stored = createStored(store, limits, purges, latest, events)
  const values = createStoredValues(stored, limits.memoryBytes / 8)

  /** Every way into memory and the store leads through here. */
  function remember({ key, entries }: Holding): Holding {
    const holding = { key, entries: entries.map((entry) => pruned(entry, githubNow(), limits)) }
    memory.set(key, holding)
    return holding
  }

  const merged = (all: readonly Entry[], entry: Entry) => merge(all, entry, limits.variants)
  const read = async (key: string) => ({ key, before: memory.get(key), found: await stored.find(key) })
  /**
   * What was read, and what is in memory now: another process's newer entry, and what this one has learnt meanwhile. At once, so
   * that of two that add at the same moment neither is lost.
   */
  function united({ key, before, found }: Awaited<ReturnType<typeof read>>): Holding | undefined {
    const here = memory.get(key)
    if (!here || !found) return here ?? found
    const entries = found.entries.reduce(merged, here.entries)
    // It may have been read before it was hidden here.
    return { key, entries: here === before ? entries : entries.map((entry) => asShown(entry, here)) }
  }

  const cache: Cache = {
    get figures() {
      const { figures, isLost } = stored
      return isLost ? { entries: memory.size, bytes: memory.bytes, evicted: figures.evicted } : figures
    },
    held: (key) => memory.get(key),
    find: async (key) => memory.get(key) ?? cache.reload(key),
    async reload(key) {
      const holding = united(await read(key))
      return holding && remember(holding)
    },
    async add(key, entry) {
      const before = united(await read(key))?.entries.filter(({ asOf }) => asOf <= latest()) ?? []
      const holding = remember({ key, entries: merged(before, entry) })
      await stored.put(key, holdingRecord(holding), entry.url)
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
      if (entries.length === 1) await stored.touch(key, holdingMeta(holding))
      else await stored.put(key, holdingRecord(holding))
      return true
    },
    written: stored.written,
    value: values.get,
    changeValue: values.change,
    async *summaries() {
      if (!stored.isLost) return yield* stored.summaries()
      for (const [key, { entries }] of memory.entries())
        if (entries[0]) yield { ...entries[0], key, byteLength: entries[0].body.byteLength }
    },
    below: stored.below,
    keepMarks: stored.keepMarks,
    keepEnds: stored.keepEnds,
    endedAt: stored.endedAt,
    async delete(key) {
      memory.delete(key)
      values.delete(key)
      await stored.delete(key)
    },
    async clear() {
      await stored.clear()
      memory.clear()
      values.clear()
    },
    async close() {
      const closing = stored.close()
      memory.clear()
      values.clear()
      await closing
    }
  }
  return cache
}

/** An own body, for everybody or not as memory says. */
function asShown(entry: Entry, { entries }: Holding): Entry {
  const here = entries.find(({ hash, from }) => hash === entry.hash && from === undefined)
  return here && entry.from === undefined ? { ...entry, public: here.public, publicAt: here.publicAt } : entry
}

const bytesOfHolding = ({ entries }: Holding) => entries.reduce((sum, { body }) => sum + body.byteLength + 512, 1)

function pruned(entry: Entry, githubNow: number, limits: Limits): Entry {
  const confirmed = pruneConfirmations(entry.confirmed, githubNow, limits)
  return confirmed === entry.confirmed ? entry : { ...entry, confirmed }
}
