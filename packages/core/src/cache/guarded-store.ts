import { inTime, within } from '../abort.ts'
import { MeshError, toMeshError } from '../errors.ts'
import type { Limits } from '../limits.ts'
import { pause } from '../pause.ts'
import type { Store } from '../store/store.ts'

/** Rows that are gone through at once, which is a few milliseconds' work. */
const rowsAtOnce = 128
/** How many single calls' time the store has for a call that goes through all it holds. */
const longTimes = 10

/**
 * A store that cannot delay or break a request: one that fails or falls silent gets one warning and is not used again. From
 * then on every call resolves to undefined at once.
 */
export interface GuardedStore {
  readonly isLost: boolean
  /** `times`: how many single calls' time it can take. */
  attempt<T>(call: () => Promise<T>, times?: number): Promise<T | undefined>
  /** All that it lists; leaves room for other work. */
  rows(): ReturnType<Store['list']>
  /** Removes everything at once; false where the store can only remove one record at a time. */
  clear(): Promise<boolean>
  close(): Promise<void>
}

export function guardStore(
  store: Store,
  { storeAnswerMs, stopMs }: Limits,
  warn: (error: MeshError) => void
): GuardedStore {
  let isLost = false

  async function attempt<T>(call: () => Promise<T>, times = 1): Promise<T | undefined> {
    if (isLost) return undefined
    try {
      return await inTime(call(), times * storeAnswerMs)
    } catch (cause) {
      if (!isLost) {
        isLost = true
        const error = toMeshError('ERR_STORE', 'the store cannot be used', cause)
        const message = `${error.message}; going on in memory, until this process ends`
        warn(new MeshError('ERR_STORE', message, { cause: error }))
      }
      return undefined
    }
  }

  return {
    get isLost() {
      return isLost
    },
    attempt,
    async *rows() {
      const all = store.list()[Symbol.asyncIterator]()
      for (let count = 1; ; count++) {
        const row = await attempt(() => all.next())
        if (!row || row.done) return
        yield row.value
        if (count % rowsAtOnce === 0) await pause()
      }
    },
    async clear() {
      if (!store.clear) return false
      await attempt(() => store.clear?.() ?? Promise.resolve(), longTimes)
      return true
    },
    async close() {
      isLost = true // what is still under way ends without a word
      await within(store.close(), stopMs)
    }
  }
}
