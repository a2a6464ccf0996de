import type { Quota } from './quota.ts'

/** How often everything is requested while GitHub's rate limit allows it. */
const refreshMs = 60_000
/** Kept for the reader's own "Refresh", and for others behind the same address. */
const reservePercent = 10
/** GitHub's clock and this one differ a little. */
const resetSlackMs = 2000

/** How many requests may be made now without touching the reserve; Infinity where GitHub has not said. */
export function spendable(quota: Quota | undefined, now: number): number {
  if (!quota || quota.resetAt <= now) return Number.POSITIVE_INFINITY
  return Math.max(0, quota.remaining - Math.ceil((quota.limit * reservePercent) / 100))
}

export interface Next {
  /** When the next round is, in milliseconds since the epoch. */
  at: number
  /** What is left has to last until the limit is reset: the round is later than it would be otherwise. */
  isSlow: boolean
}

/** When to request everything again, so that what is left lasts until GitHub resets its limit. `cost`: of one round. */
export function nextRound(quota: Quota | undefined, cost: number, now: number): Next {
  const left = spendable(quota, now)
  if (!quota || left === Number.POSITIVE_INFINITY || cost <= 0) return { at: now + refreshMs, isSlow: false }
  const rounds = Math.floor(left / cost)
  const untilResetMs = quota.resetAt + resetSlackMs - now
  // So many rounds before the reset, and the next one after it.
  const pauseMs = untilResetMs / (rounds + 1)
  return { at: now + Math.max(refreshMs, pauseMs), isSlow: pauseMs > refreshMs }
}
