import type { Cache } from './cache.ts'
import type { Emit } from './events.ts'
import type { Purges } from './purges.ts'

/** Makes a URL or repository stale here; resolves to how many entries that were. Does so at once, and on disk after it. */
export interface Purge {
  (target: string, asOf: number, peerId?: string): Promise<number>
  /** What is held of some URLs. */
  covered(urls: readonly string[]): Promise<{ key: string; url: string }[]>
}

export function createPurge({ cache, purges, emit }: { cache: Cache; purges: Purges; emit: Emit }): Purge {
  async function covered(targets: readonly string[]) {
    const names = targets.map((target) => purges.normalise(target) ?? '')
    const found: { key: string; url: string }[] = []
    for await (const { key, url } of cache.summaries())
      if (names.some((name) => purges.covers(name, url))) found.push({ key, url })
    return found
  }

  async function purge(target: string, asOf: number, peerId?: string): Promise<number> {
    const name = purges.normalise(target)
    if (name === undefined || !purges.mark(name, asOf)) return 0
    emit('purged', peerId === undefined ? { target } : { target, peerId })
    const found = await covered([target])
    for (const { key } of found)
      await cache.touch(key, (entry) => (entry.asOf < asOf ? { ...entry, purgedAt: asOf } : entry))
    return found.length
  }
  return Object.assign(purge, { covered })
}
