import type { Cache } from '../cache/cache.ts'

/**
 * What is held of repositories that are not public any more is for nobody but those whose tokens see it, now and later.
 * `names`: all names of each repository. `shownAt`: when an own answer showed it to be private, ms; undefined where that is
 * only likely.
 */
export async function hide(
  cache: Pick<Cache, 'below' | 'touch'>,
  names: readonly string[],
  shownAt?: number
): Promise<void> {
  for (const key of await cache.below(names))
    await cache.touch(key, (entry) =>
      entry.public || (shownAt !== undefined && entry.publicAt === undefined)
        ? { ...entry, public: false, publicAt: shownAt }
        : entry
    )
}
