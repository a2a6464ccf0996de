import process from 'node:process'
import { Interrupted } from './errors.ts'

const names = ['SIGINT', 'SIGTERM'] as const

/** Resolves once somebody asks the command to stop. */
export const stopped = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

// A terminal signals every process in it, and npm and npx forward the signal again: two signals that mean one request.
const sameWishMs = 1000

/**
 * Runs something that SIGINT and SIGTERM stop cleanly. Another signal, a second later, ends the process at once.
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
    // The forwarded copy of a signal may still arrive at the last moment.
    if (!control.signal.aborted) release()
  }
}
