import { pause } from '../pause.ts'

/** Does one thing after another, and lets whatever else waits for this thread go first every few milliseconds. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>

/** Long enough that pausing costs little, short enough that nobody notices. */
const sliceMs = 8

/** For work that others send: a burst of small messages must not stop everything else until all of them are done. */
export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve()
  let sliceBegan = 0
  let waiting = 0
  return (work) => {
    // What comes after a time of rest begins a slice of its own.
    if (waiting++ === 0) sliceBegan = performance.now()
    const turn = last.then(async () => {
      if (performance.now() - sliceBegan > sliceMs) {
        await pause()
        sliceBegan = performance.now()
      }
      return work()
    })
    last = turn.catch(() => {}).finally(() => waiting--)
    return turn
  }
}
