import type { Emit } from '../events.ts'
import type { Cache } from './cache.ts'
import type { Purges } from './purges.ts'

/** Makes URLs or repositories stale here; resolves to how many entries that were. Does so at once, and on disk after it. */
export interface Purge {
  (targets: readonly string[], asOf: number, peerId?: string): Promise<number>
  /** What is held of some URLs and repositories. */
  covered(targets: readonly string[]): Promise<{ key: string; url: string }[]>
  stop(): void
}

export function createPurge({ cache, purges, emit }: { cache: Cache; purges: Purges; emit: Emit }): Purge {
  async function covered(targets: readonly string[]) {
    const names = targets.map((target) => purges.normalise(target) ?? '')
    const found: { key: string; url: string }[] = []
    for await (const { key, url } of cache.summaries())
      if (names.some((name) => purges.covers(name, url))) found.push({ key, url })
    return found
  }

  async function write(names: ReadonlyMap<string, number>): Promise<number> {
    let count = 0
    for await (const { key, url } of cache.summaries()) {
      for (const [name, asOf] of names) {
        if (!purges.covers(name, url)) continue
        count++
        await cache.touch(key, (entry) => (entry.asOf < asOf ? { ...entry, purgedAt: asOf } : entry))
      }
    }
    return count
  }

  // What members purge is stale at once by its mark; the store is gone through for many of them together, once a while.
  const heard = new Map<string, number>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopped = false

  async function writeHeard(): Promise<void> {
    const names = new Map(heard)
    heard.clear()
    await write(names)
    timer = undefined
    if (heard.size > 0) schedule()
  }

  async function purge(targets: readonly string[], asOf: number, peerId?: string): Promise<number> {
    const names = new Map<string, number>()
    for (const target of targets) {
      const name = purges.normalise(target)
      if (name === undefined || (!purges.mark(name, asOf) && peerId !== undefined)) continue
      emit('purged', peerId === undefined ? { target } : { target, peerId })
      names.set(name, asOf)
    }
    if (peerId === undefined) return write(names)
    for (const name of names.keys()) if (heard.size < mostHeard) heard.set(name, asOf)
    if (names.size > 0) schedule()
    return 0
  }

  function schedule(): void {
    if (!stopped) timer ??= setTimeout(writeHeard, writeEveryMs)
  }
  function stop(): void {
    stopped = true
    clearTimeout(timer)
  }
  return Object.assign(purge, { covered, stop })
}

const writeEveryMs = 1000
const mostHeard = 1000
