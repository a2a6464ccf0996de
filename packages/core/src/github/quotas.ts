import { LRU } from 'tiny-lru'
import { capped, type Quota } from './rate-limit.ts'

/** What is left of limits, each by the name of a token and a resource. */
export interface Quotas {
  /** What is known of a limit, until its reset. */
  of(scope: string): Quota | undefined
  /** GitHub said it. Returns whether another tenth is used up, and nobody has told of that: true ten times before a reset at most. */
  learn(scope: string, quota: Quota): boolean
  /** A member said it. Returns whether it counts: where it says that less is left, and of no longer than limits last. */
  hear(scope: string, quota: Quota): boolean
}

const maxRemembered = 1000

export function createQuotas(githubNow: () => number): Quotas {
  /** With how many tenths were left when that was last told. */
  const known = new LRU<Quota & { toldTenths: number }>(maxRemembered)
  const msLeft = ({ resetAt }: Quota) => resetAt - githubNow()
  const of = (scope: string) => {
    const quota = known.get(scope)
    return quota && msLeft(quota) > 0 ? quota : undefined
  }

  function learn(scope: string, quota: Quota): boolean {
    const told = of(scope)?.toldTenths ?? 10
    const tenths = Math.ceil((10 * quota.remaining) / quota.limit)
    known.set(scope, { ...quota, toldTenths: Math.min(told, tenths) })
    return tenths < told && msLeft(quota) > 0
  }

  return {
    of,
    learn,
    hear(scope, quota) {
      const ms = msLeft(quota)
      const counts = ms > 0 && ms === capped(ms) && quota.remaining < (of(scope)?.remaining ?? Number.POSITIVE_INFINITY)
      if (counts) learn(scope, quota)
      return counts
    }
  }
}
