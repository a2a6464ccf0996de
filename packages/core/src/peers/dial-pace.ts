import type { Limits } from '../limits.ts'
import { pause } from '../pause.ts'

/** How many dials are under way at once: a fleet on few machines starts all at the same time. */
export interface DialPace {
  /** So many may be under way now. */
  readonly atOnce: number
  /** None begins now. */
  readonly rests: boolean
  /** Dials take longer now than a question waits for members. */
  readonly isSlow: boolean
  /** A dial led somewhere, after this long, ms. */
  reached(tookMs: number): void
  /** One led nowhere within its time, ms. */
  failed(tookMs: number, timeoutMs: number): Promise<void>
}

export interface DialPaceOptions {
  limits: Pick<Limits, 'dialsAtOnce'>
  random: () => number
}

/** To begin with; one more after each that was quick, one less after each that was not. */
const firstAtOnce = 2
const quickMs = 500
/** After a slow one, no dial for a question for this many times as long: it would come too late, and delay others. */
const restsPerSlow = 3
/** A turn of the thread that takes so long shows that it is busy, or the machine. */
const busyMs = 50

export function createDialPace({ limits, random }: DialPaceOptions): DialPace {
  let atOnce = firstAtOnce
  let restsUntil = 0
  let slowUntil = 0
  return {
    get atOnce() {
      return atOnce
    },
    get rests() {
      return performance.now() < restsUntil
    },
    get isSlow() {
      return performance.now() < slowUntil
    },
    reached(tookMs) {
      slowUntil = tookMs < quickMs ? 0 : performance.now() + restsPerSlow * tookMs
      atOnce = tookMs < quickMs ? Math.min(atOnce + 1, limits.dialsAtOnce) : Math.max(atOnce - 1, 1)
    },
    /** What took too long because there is too much to do is not helped by doing more: all rest, each for a time of its own. */
    async failed(tookMs, timeoutMs) {
      if (tookMs < timeoutMs) return
      const begunAt = performance.now()
      await pause()
      if (performance.now() - begunAt < busyMs) return
      atOnce = 1
      restsUntil = performance.now() + random() * timeoutMs
    }
  }
}
