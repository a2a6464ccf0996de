import { fetchWithAnyBody } from './body-with-get.ts'

/** Maximum requests at once: GitHub answers more from one user with a secondary rate limit. */
const maxAtOnce = 100

/**
 * `fetch` with a maximum of requests at once; the others wait until the headers of a response arrive. `signal` ends them all. An
 * aborted request gives up its place at once, also while it waits.
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
