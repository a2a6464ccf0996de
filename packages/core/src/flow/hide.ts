import type { Cache } from '../cache/cache.ts'
import { oneByOne } from '../one-by-one.ts'

/**
 * What is held of repositories that are not public any more is for nobody but those whose tokens see it, now and later.
 * `names`: all names of each repository. `shownAt`: when an own answer showed it to be private, ms; undefined where that is
 * only likely. Never rejects.
 */
export type Hide = (names: readonly string[], shownAt?: number) => Promise<void>

export function createHide(cache: Pick<Cache, 'below' | 'touch'>) {
  const { run, idle } = oneByOne()
  const hide: Hide = (names, shownAt) =>
    run(async () => {
      for (const key of await cache.below(names))
        await cache.touch(key, (entry) =>
          entry.public || (shownAt !== undefined && entry.publicAt === undefined)
            ? { ...entry, public: false, publicAt: shownAt }
            : entry
        )
    }).catch(() => {})
  return { hide, idle }
}
