import type { Store, StoreRecord } from '../store/store.ts'
import { markedAt, marksKey, readMarks, withMark } from './marks.ts'

/** Marks in the store, of what ended when: other processes, and this one after a restart, see them. */
export interface KeptMarks {
  /** When another process, or this one before its start, marked this target; ms, 0 for never. */
  at(target: string): Promise<number>
  /** Puts marks into the store, with those that it did not take before; resolves when they are there, or cannot be put. */
  keep(targets: readonly string[], at: number): Promise<void>
}

export interface KeptMarksOptions {
  /** Whose marks they are. */
  base: string
  get(key: string): Promise<StoreRecord | undefined>
  /** True when it is there. */
  put(...args: Parameters<Store['put']>): Promise<true | undefined>
  /** What is marked later than this was marked by a wrong clock, ms. */
  latest(): number
}

/** Marks that wait for a slow store: others may say more than it can write. */
const maxWaiting = 10_000

export function createKeptMarks({ base, get, put, latest }: KeptMarksOptions): KeptMarks {
  const waiting = new Map<string, number>()
  let keeping: Promise<void> | undefined

  const marksOf = async (target: string) => readMarks((await get(marksKey(base, target)))?.meta, latest())

  /** One after the other, for marks share records. */
  async function keepAll(): Promise<void> {
    for (const [target, at] of waiting) {
      waiting.delete(target)
      const record = withMark(await marksOf(target), base, target, at)
      if (!record || (await put(marksKey(base, target), record))) continue
      waiting.set(target, Math.max(at, waiting.get(target) ?? 0))
      break
    }
    keeping = undefined // in this very moment, so that nothing can come too late to be kept
  }

  return {
    at: async (target) => markedAt(await marksOf(target), target),
    keep(targets, at) {
      for (const target of targets) waiting.set(target, Math.max(at, waiting.get(target) ?? 0))
      for (const oldest of waiting.keys()) if (waiting.size > maxWaiting) waiting.delete(oldest)
      if (waiting.size > 0) keeping ??= keepAll()
      return keeping ?? Promise.resolve()
    }
  }
}
