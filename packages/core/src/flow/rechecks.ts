import type { Cache } from '../cache/cache.ts'
import type { Purges } from '../cache/purges.ts'
import { confirmedAt } from '../confirmations.ts'
import { graphqlPath } from '../github/api.ts'
import type { Limits } from '../limits.ts'
import type { AskAgain } from './ask-again.ts'
import type { Writer } from './tell-write.ts'

export interface RechecksOptions {
  limits: Pick<Limits, 'recheckMs'>
  cache: Pick<Cache, 'below' | 'find'>
  purges: Pick<Purges, 'normalise' | 'at'>
  askAgain: Pick<AskAgain, 'again'>
}

/** A write to a large repository must not ask for all of it again. */
const maxRechecked = 50

/**
 * What a write changed is asked for again a little later, if somebody has asked for it since: GitHub's servers learn of a write
 * one by one, so that answer may have been an older one.
 */
export function createRechecks({ limits, cache, purges, askAgain }: RechecksOptions) {
  const timers = new Set<ReturnType<typeof setTimeout>>()
  let stopped = false

  async function recheck(targets: readonly string[], by: Writer): Promise<void> {
    // Queries are asked again by those who want to know.
    const names = targets.flatMap((target) => purges.normalise(target) ?? []).filter((name) => name !== graphqlPath)
    for (const key of [...(await cache.below(names))].slice(0, maxRechecked)) {
      const entry = (await cache.find(key))?.entries[0]
      const isRead = entry && entry.asOf > purges.at(entry.url) && confirmedAt(entry.confirmed, by.viewer) !== undefined
      if (isRead) await askAgain.again(by, entry.url, entry).catch(() => {})
    }
  }

  return {
    plan(targets: readonly string[], by: Writer): void {
      if (stopped) return
      for (const delayMs of limits.recheckMs) {
        const timer = setTimeout(() => {
          timers.delete(timer)
          void recheck(targets, by).catch(() => {})
        }, delayMs)
        timers.add(timer)
        letEnd(timer)
      }
    },
    stop(): void {
      stopped = true
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    }
  }
}

/** A second look only keeps this cache fresh, so a process in Node that has nothing else to do may end before it. */
function letEnd(timer: unknown): void {
  ;(timer as { unref?(): void }).unref?.()
}
