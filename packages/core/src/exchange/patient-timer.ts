import type { Timers } from '../timers.ts'
import { busyMs } from './frames.ts'

/** Waits for something that others say; `late` is called where it has not come within `ms`. */
export interface PatientTimer {
  /** Begins to wait, or begins again. */
  start(): void
  stop(): void
}

export function createPatientTimer(timers: Timers, ms: number, late: () => void): PatientTimer {
  let cancel = () => {}

  function start(): void {
    cancel()
    const dueAt = timers.now() + ms
    // Where this thread was busy all the time, what was said has not been read yet.
    cancel = timers.later(() => (timers.now() > dueAt + busyMs ? start() : late()), ms)
  }

  return { start, stop: () => cancel() }
}
