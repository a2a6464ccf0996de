import type { Entry, EntrySummary, Holding } from '../entry.ts'
import type { MeshError } from '../errors.ts'
import type { Limits } from '../limits.ts'
import type { Store, StoreFigures, StoreMeta, StoreRecord } from '../store/store.ts'
import { guardStore } from './guarded-store.ts'
import { createHeld } from './held.ts'
import { createKeptMarks } from './kept-marks.ts'
import type { Purges } from './purges.ts'
import { readHolding, readSummary } from './record.ts'

export interface StoredEvents {
  warning(error: MeshError): void
  /** An entry was read from the store: what it shows is known again after a new start. */
  read(entry: Entry): void
}

export type Stored = ReturnType<typeof createStored>

/** What the store keeps, and which of it a purge names. `latest`: what is later than this was written by a wrong clock, ms. */
export function createStored(
  store: Store,
  limits: Limits,
  purges: Purges,
  latest: () => number,
  { warning, read }: StoredEvents
) {
  const held = createHeld(limits, purges)
  const guarded = guardStore(store, limits, {
    warning,
    regained: () => void [marks, ends].map((kept) => kept.keep([], 0))
  })
  const { attempt } = guarded
  let walked = false
  let written: Promise<unknown> = Promise.resolve()

  const get = (key: string) => attempt(() => store.get(key))
  const keptMarks = (base: string) =>
    createKeptMarks({
      base,
      get,
      put: (key, record) => attempt(() => store.put(key, record).then(() => true)),
      // A slow clock would take a right mark for a wrong clock's, and one look at GitHub too many is free.
      latest: () => latest() + limits.confirmationMs
    })
  const marks = keptMarks(purges.base)
  const ends = keptMarks(`ends ${purges.base}`)

  async function learnPurge(target: string): Promise<void> {
    const at = await marks.at(target)
    if (at > 0) purges.mark(target, at)
  }

  async function* summaries(): AsyncGenerator<EntrySummary & { key: string }> {
    for await (const { key, byteLength, meta } of guarded.rows()) {
      const summary = readSummary(meta)
      if (summary || meta?.kind === 'value') held.note(key, byteLength, summary?.url)
      if (summary) yield { ...summary, key }
    }
    walked = !guarded.isLost
  }

  async function remove(key: string): Promise<void> {
    held.delete(key)
    await attempt(() => store.delete(key), key)
  }

  return {
    get isLost() {
      return guarded.isLost
    },
    get figures(): StoreFigures {
      return store.figures ?? { ...held.size, evicted: 0 }
    },
    get,
    /** Its entries, with the marks of what covers them. */
    async find(key: string): Promise<Holding | undefined> {
      const record = await get(key)
      const holding = record && readHolding(key, record)
      const entries = holding?.entries.filter(({ asOf }) => asOf <= latest()) ?? []
      const [newest] = entries
      if (!record || !newest) return undefined
      held.note(key, record.body.byteLength, newest.url)
      entries.forEach(read)
      await Promise.all(purges.targetsOf(newest.url).map(learnPurge))
      return { key, entries }
    },
    async put(key: string, record: StoreRecord, url?: string): Promise<void> {
      held.note(key, record.body.byteLength, url)
      written = attempt(() => store.put(key, record), key)
      await written
    },
    async touch(key: string, meta: StoreMeta): Promise<void> {
      written = attempt(() => store.touch(key, meta), key)
      await written
    },
    /** Resolves when the last change is in the store; IndexedDB's, which tabs share, makes one after the other. */
    written: () => written,
    summaries,
    async below(targets: readonly string[]): Promise<ReadonlySet<string>> {
      if (!walked) for await (const _ of summaries());
      return held.below(targets)
    },
    keepMarks: marks.keep,
    keepEnds: ends.keep,
    endedAt: ends.at,
    delete: remove,
    async clear(): Promise<void> {
      await guarded.clear()
      held.clear()
    },
    close: guarded.close
  }
}
