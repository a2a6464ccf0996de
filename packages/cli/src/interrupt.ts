import process from 'node:process'
import { Interrupted } from './errors.ts'

const names = ['SIGINT', 'SIGTERM'] as const

/** Resolves once somebody wants it to end. */
export const stopped = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** Runs something that SIGINT and SIGTERM stop cleanly; the second of them ends the process at once. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const control = new AbortController()
  const stop = (name: (typeof names)[number]) => {
    control.abort(new Interrupted(name))
    release()
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
    release()
  }
}
