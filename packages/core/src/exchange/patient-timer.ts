import { systemTimers, type Timers } from '../timers.ts'

/** A timer that fires so much later than it should shows that something else held the thread. */
export const busyMs = 50

/** Waits for something that others say. */
export interface PatientTimer {
  /** Begins to wait, or begins again; no longer than `withinMs`, however busy the thread is. Default: twice `ms`. */
  start(ms: number, withinMs?: number): void
  stop(): void
}

/**
 * Calls `late` when nothing has come in time. Where this thread was busy when the time was over, what was said has not been read
 * yet: it has as long again as the thread was late, and twice its time in all. `isBusy`: the thread was busy until the end.
 */
export function createPatientTimer(late: (isBusy: boolean) => void, timers: Timers = systemTimers): PatientTimer {
  let cancel = () => {}

  function wait(ms: number, endsAt: number): void {
    const dueAt = timers.now() + ms
    cancel = timers.later(() => {
      const lateMs = timers.now() - dueAt
      const leftMs = Math.min(lateMs, endsAt - timers.now())
      const isBusy = lateMs > busyMs
      if (isBusy && leftMs > 0) wait(leftMs, endsAt)
      else late(isBusy)
    }, ms)
  }

  return {
    start(ms, withinMs = 2 * ms) {
      cancel()
      wait(Math.min(ms, withinMs), timers.now() + Math.min(2 * ms, withinMs))
    },
    stop: () => cancel()
  }
}
