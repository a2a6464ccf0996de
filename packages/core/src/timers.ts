/** Time as a part measures it that lets things wait; tests pass their own. */
export interface Timers {
  /** Monotonic, ms. */
  now(): number
  /** Does something after `ms`; returns what calls it off. */
  later(work: () => void, ms: number): () => void
}

export const systemTimers: Timers = {
  now: () => performance.now(),
  later(work, ms) {
    const timer = setTimeout(work, ms)
    return () => clearTimeout(timer)
  }
}
