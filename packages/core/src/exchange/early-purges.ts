import type { Clock } from '../github/clock.ts'

export interface EarlyPurgesOptions {
  clock: Pick<Clock, 'now' | 'local' | 'fromOrigin'>
  /** Remembered at most. */
  max: number
  /** A member has made something stale; `asOf`: ms on GitHub's clock. */
  purged(targets: readonly string[], asOf: number, from: string): Promise<void>
}

/**
 * A purge from another member counts for no later than now. While GitHub's clock has not been read, this member's clock may be slow,
 * and a response that was on its way before the purge would seem to be newer. So early purges are applied again once the clock is
 * known, with the time at which they came.
 */
export function createEarlyPurges({ clock, max, purged }: EarlyPurgesOptions) {
  const early: (() => Promise<void>)[] = []
  return {
    purged(targets: readonly string[], asOf: number, from: string): Promise<void> {
      if (!clock.fromOrigin) {
        const local = clock.local()
        early.push(() => purged(targets, Math.min(asOf, clock.now() - clock.local() + local), from))
        if (early.length > max) early.shift()
      }
      return purged(targets, asOf, from)
    },
    /** GitHub's clock was read for the first time. */
    timeIsKnown(): void {
      for (const again of early.splice(0)) void again().catch(() => {})
    }
  }
}
