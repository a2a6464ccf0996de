/** GitHub answers so many requests of one user at once; more are a secondary limit. */
const mostAtOnce = 100

/** `fetch` for so many requests at once, the others wait in line for an answer's headers; `signal` ends them all. */
export function limitedFetch(signal: AbortSignal, most = mostAtOnce): typeof globalThis.fetch {
  const waiting: (() => void)[] = []
  let free = most
  return async (input, init) => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      const either = init?.signal ? AbortSignal.any([init.signal, signal]) : signal
      return await globalThis.fetch(input, { ...init, signal: either })
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}
