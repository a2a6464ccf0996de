import type { Cache } from '../cache/cache.ts'

/**
 * What is held of repositories that are not public any more is for nobody but those whose tokens see it, now and later.
 * `names`: all names of each repository.
 */
export async function hide(cache: Pick<Cache, 'below' | 'touch'>, names: readonly string[]): Promise<void> {
  for (const key of await cache.below(names))
    await cache.touch(key, (entry) => (entry.public ? { ...entry, public: false, publicAt: undefined } : entry))
}
