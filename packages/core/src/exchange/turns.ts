import limited from 'p-limit'
import { pause } from '../pause.ts'

/** Begins one thing after another, few at once, and lets whatever else waits for this thread go first every few milliseconds. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>

/** Long enough that pausing costs little, short enough that nobody notices. */
const sliceMs = 8
/** Each waits for its crypto most of the time: one alone would be slow on a busy thread, and hundreds would stop it. */
const maxAtOnce = 16

/** For work that others send: a burst of small messages must not stop everything else until all of them are done. */
export function createTurns(): Turns {
  const begin = limited(maxAtOnce)
  let sliceBegan = 0
  // Of the last that may begin: the next looks at the time when that one has begun.
  let last = Promise.resolve()

  async function roomForOthers(): Promise<void> {
    if (performance.now() - sliceBegan <= sliceMs) return
    await pause()
    sliceBegan = performance.now()
  }

  return (work) => {
    // What comes after a time of rest begins a slice of its own.
    if (begin.activeCount === 0) sliceBegan = performance.now()
    return begin(async () => {
      last = last.then(roomForOthers)
      await last
      return work()
    })
  }
}
