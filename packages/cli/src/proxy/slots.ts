import PQueue from 'p-queue'
import { fetchWithAnyBody } from './body-with-get.ts'

/** GitHub answers so many requests of one user at once; more are a secondary limit. */
const maxAtOnce = 100

/**
 * `fetch` for so many requests at once, the others wait in line for an answer's headers; `signal` ends them all. What is
 * aborted leaves its place at once, in the line too.
 */
export function limitedFetch(signal: AbortSignal): typeof globalThis.fetch {
  const queue = new PQueue({ concurrency: maxAtOnce })
  return (input, init) => {
    const either = init?.signal ? AbortSignal.any([init.signal, signal]) : signal
    return queue.add(() => fetchWithAnyBody(input, { ...init, signal: either }), { signal: either })
  }
}
