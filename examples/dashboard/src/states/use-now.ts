import { useSyncExternalStore } from 'preact/compat'
import { everySecond } from './ticks.ts'

/** The time in milliseconds since the epoch, rounded down to steps of this many. */
export const useNow = (stepMs: number): number =>
  useSyncExternalStore(everySecond, () => Math.floor(Date.now() / stepMs) * stepMs)
