/** A token bucket: a rate per second, and a burst. */
export interface Bucket {
  /** Takes `n` tokens if there are enough. */
  take(n?: number): boolean
  /** Takes `n` for work already done, even if fewer are left; the bucket is then empty until the debt is refilled. */
  spend(n: number): void
  /** How long until there are `n`, ms. */
  waitMs(n?: number): number
}

/**
 * A bucket that is full at the start.
 *
 * @param rate Tokens a second; a function where that changes with time.
 * @param burst So many at once, at most; a function where that changes with time.
 * @param now Milliseconds.
 */
export function createBucket(rate: number | (() => number), burst: number | (() => number), now: () => number): Bucket {
  const perSecond = () => (typeof rate === 'number' ? rate : rate())
  const most = () => (typeof burst === 'number' ? burst : burst())
  let tokens = Number.POSITIVE_INFINITY
  let at = now()
  const refill = () => {
    const time = now()
    // A clock that was set back must not drain the bucket.
    tokens = Math.min(most(), tokens + (Math.max(0, time - at) * perSecond()) / 1000)
    at = time
  }
  return {
    take(n = 1) {
      refill()
      if (tokens < n) return false
      tokens -= n
      return true
    },
    spend(n) {
      refill()
      tokens -= n
    },
    waitMs(n = 1) {
      refill()
      return Math.max(0, Math.ceil(((n - tokens) * 1000) / perSecond()))
    }
  }
}
