import process from 'node:process'
import { Interrupted } from './errors.ts'

const names = ['SIGINT', 'SIGTERM'] as const

/** Resolves once somebody wants it to end. */
export const stopped = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

// A terminal sends a signal to all that run in it, and npm and npx pass the one they got on: that is one wish, twice told.
const sameWishMs = 1000

/**
 * Runs something that SIGINT and SIGTERM stop cleanly. Whoever asks again after a second wants the process to end at once.
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  now: () => number = () => performance.now()
): Promise<T> {
  const control = new AbortController()
  let askedAt = 0
  const stop = (name: (typeof names)[number]) => {
    if (!control.signal.aborted) {
      askedAt = now()
      control.abort(new Interrupted(name))
    } else if (now() - askedAt > sameWishMs) {
      release()
      process.kill(process.pid, name)
    }
  }
  const release = () => {
    for (const name of names) process.off(name, stop)
  }
  for (const name of names) process.on(name, stop)
  try {
    return await work(control.signal)
  } catch (error) {
    throw control.signal.aborted ? control.signal.reason : error
  } finally {
    // What is told twice may come twice in the last moment too.
    if (!control.signal.aborted) release()
  }
}
