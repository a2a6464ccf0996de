import { inTime, within } from '../abort.ts'
import { MeshError, toMeshError } from '../errors.ts'
import type { Limits } from '../limits.ts'
import { pause } from '../pause.ts'
import type { Store } from '../store/store.ts'

/** Rows that are gone through at once, which is a few milliseconds' work. */
const rowsAtOnce = 128
/** How many single calls' time the store has for a call that goes through all it holds. */
const longTimes = 10
/** Keys that are remembered of a store that is not used; where there are more, all of it is removed. */
const maxMissed = 10_000

/**
 * A store that cannot delay or break a request: one that fails or falls silent gets a warning and is left alone for a while.
 * Until then every call resolves to undefined at once. What has changed meanwhile is removed before it is used again.
 */
export interface GuardedStore {
  readonly isLost: boolean
  /** `changes`: the key whose record it changes. */
  attempt<T>(call: () => Promise<T>, changes?: string): Promise<T | undefined>
  /** All that it lists; leaves room for other work. */
  rows(): ReturnType<Store['list']>
  /** Removes everything. */
  clear(): Promise<void>
  close(): Promise<void>
}

export interface GuardedStoreEvents {
  warning(error: MeshError): void
  /** It is used again. */
  regained(): void
}

export function guardStore(
  store: Store,
  { storeAnswerMs, storeRestMs, stopMs }: Limits,
  { warning, regained }: GuardedStoreEvents
): GuardedStore {
  const missed = new Set<string>()
  let missedAll = false
  let isLost = false
  let isClosed = false
  /** When a lost one is tried again. */
  let nextTryAt = 0
  /** Calls that the store has not answered: what one of them writes late must not take the place of something newer. */
  let underWay = 0

  async function counted<T>(call: () => Promise<T>): Promise<T> {
    underWay++
    try {
      return await call()
    } finally {
      underWay--
    }
  }

  /** `times`: how many single calls' time it can take. */
  const timed = <T>(call: () => Promise<T>, times = 1) => inTime(counted(call), times * storeAnswerMs)

  function lose(cause: unknown): void {
    nextTryAt = performance.now() + storeRestMs
    if (isLost) return
    isLost = true
    const error = toMeshError('ERR_STORE', 'the store cannot be used', cause)
    const message = `${error.message}; going on in memory, and trying it again now and then`
    warning(new MeshError('ERR_STORE', message, { cause: error }))
  }

  async function attempt<T>(call: () => Promise<T>, changes?: string): Promise<T | undefined> {
    if (!isLost)
      try {
        return await timed(call)
      } catch (cause) {
        lose(cause)
      }
    if (changes) missed.add(changes)
    if (missed.size > maxMissed) missedAll = true
    if (underWay === 0 && performance.now() >= nextTryAt) void regain()
    return undefined
  }

  async function* rows(next: GuardedStore['attempt']): ReturnType<Store['list']> {
    const all = await next(async () => store.list()[Symbol.asyncIterator]())
    for (let count = 1; ; count++) {
      const row = await next(async () => all?.next())
      if (!row || row.done) return
      yield row.value
      if (count % rowsAtOnce === 0) await pause()
    }
  }

  async function removeMissed(): Promise<void> {
    if (missedAll) {
      missed.clear()
      if (store.clear) await timed(async () => store.clear?.(), longTimes)
      else for await (const { key } of rows((call) => timed(call))) missed.add(key)
      missedAll = false
    }
    for (const key of missed) {
      await timed(() => store.delete(key))
      missed.delete(key)
      if (missed.size % rowsAtOnce === 1) await pause()
    }
  }

  async function regain(): Promise<void> {
    nextTryAt = Number.POSITIVE_INFINITY
    try {
      await timed(() => store.get(''))
      // More can be missed until it is used again.
      do await removeMissed()
      while (missedAll || missed.size > 0)
      isLost = isClosed
      regained()
    } catch (cause) {
      lose(cause)
    }
  }

  return {
    get isLost() {
      return isLost
    },
    attempt,
    rows: () => rows(attempt),
    async clear() {
      missedAll = true
      if (!isLost) await removeMissed().catch(lose)
    },
    async close() {
      isClosed = isLost = true // what is still under way ends without a word
      await within(
        counted(() => store.close()),
        stopMs
      )
    }
  }
}
