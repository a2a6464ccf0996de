import { fetchWithAnyBody } from './body-with-get.ts'

/** GitHub answers so many requests of one user at once; more are a secondary limit. */
const maxAtOnce = 100

/**
 * `fetch` for so many requests at once, the others wait in line for an answer's headers; `signal` ends them all. What is
 * aborted leaves its place at once, in the line too.
 */
export function limitedFetch(signal: AbortSignal, most = maxAtOnce): typeof globalThis.fetch {
  const waiting = new Set<() => void>()
  let free = most

  /** Resolves when it is this request's turn; rejects when it is aborted before. */
  function turn(ended: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = () => {
        ended.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        waiting.delete(start)
        reject(ended.reason)
      }
      ended.addEventListener('abort', leave)
      waiting.add(start)
    })
  }

  return async (input, init) => {
    const either = init?.signal ? AbortSignal.any([init.signal, signal]) : signal
    either.throwIfAborted()
    if (free > 0) free--
    else await turn(either)
    try {
      return await fetchWithAnyBody(input, { ...init, signal: either })
    } finally {
      const [next] = waiting
      if (next) {
        waiting.delete(next)
        next()
      } else free++
    }
  }
}
