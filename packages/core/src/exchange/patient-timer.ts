import type { Timers } from '../timers.ts'

/** A timer that fires so much later than it should shows that something else held the thread. */
export const busyMs = 50

/** Waits for something that others say. */
export interface PatientTimer {
  /** Begins to wait, or begins again. */
  start(ms: number): void
  stop(): void
}

/**
 * Calls `late` when nothing has come in time. Where this thread was busy when the time was over, what was said has not been read
 * yet: it has as long again as the thread was late, and twice its time in all.
 */
export function createPatientTimer(timers: Timers, late: (wasBusy: boolean) => void): PatientTimer {
  let cancel = () => {}

  function wait(ms: number, endsAt: number, wasBusy: boolean): void {
    const dueAt = timers.now() + ms
    cancel = timers.later(() => {
      const lateMs = timers.now() - dueAt
      const isBusy = lateMs > busyMs
      const leftMs = isBusy ? Math.min(lateMs, endsAt - timers.now()) : 0
      if (leftMs > 0) wait(leftMs, endsAt, true)
      else late(wasBusy || isBusy)
    }, ms)
  }

  return {
    start(ms) {
      cancel()
      wait(ms, timers.now() + 2 * ms, false)
    },
    stop: () => cancel()
  }
}
