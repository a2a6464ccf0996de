import { LRU } from 'tiny-lru'
import type { Target } from '../github/request.ts'

const maxRemembered = 10_000

/**
 * Finds out which routes give viewers different bodies though no field says so: the last two bodies of a key are remembered,
 * and one that comes back for another viewer shows it.
 */
export function createVariation() {
  const seen = new LRU<{ hash: string; viewer: string }[]>(maxRemembered)
  const varying = new Set<string>()

  /** Whether bodies of this route depend on who asks; learns from this one. */
  return ({ route, key }: Pick<Target, 'route' | 'key'>, hash: string, viewer: string): boolean => {
    const [last, before] = seen.get(key) ?? []
    if (last?.hash !== hash) {
      seen.set(key, [{ hash, viewer }, ...(last ? [last] : [])])
      if (before?.hash === hash && last?.viewer !== viewer) varying.add(route.template)
    }
    return route.varies === true || varying.has(route.template)
  }
}
