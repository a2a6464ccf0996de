import { AsyncLocalStorage } from 'node:async_hooks'
import { fetchWithAnyBody } from './body-with-get.ts'
import type { Entrance } from './entrance.ts'

/** Maximum requests at once: GitHub answers more from one user with a secondary rate limit. */
const maxAtOnce = 100
/** Of these, from the port: who can only reach that, such as another user of the machine, must not keep out the socket's owner. */
const maxFromPort = 64

/** By which entrance the request came that is being handled now. */
export const cameBy = new AsyncLocalStorage<Entrance['kind']>()

/**
 * `fetch` with a maximum of requests at once; the others wait until the headers of a response arrive. `signal` ends them all. An
 * aborted request gives up its place at once, also while it waits.
 */
export function limitedFetch(
  signal: AbortSignal,
  most = maxAtOnce,
  mostFromPort = maxFromPort
): typeof globalThis.fetch {
  const waiting = new Map<() => void, boolean>()
  let taken = 0
  let takenFromPort = 0
  const isFree = (fromPort: boolean) => taken < most && !(fromPort && takenFromPort >= mostFromPort)
  const take = (fromPort: boolean, by: 1 | -1) => {
    taken += by
    if (fromPort) takenFromPort += by
  }

  /** Resolves when it is this request's turn; rejects when it is aborted before. */
  function turn(ended: AbortSignal, fromPort: boolean): Promise<void> {
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
      waiting.set(start, fromPort)
    })
  }

  function startNext(): void {
    for (const [start, fromPort] of waiting) {
      if (!isFree(fromPort)) continue
      waiting.delete(start)
      take(fromPort, 1)
      start()
      return
    }
  }

  return async (input, init) => {
    const either = init?.signal ? AbortSignal.any([init.signal, signal]) : signal
    either.throwIfAborted()
    const fromPort = cameBy.getStore() === 'port'
    if (isFree(fromPort)) take(fromPort, 1)
    else await turn(either, fromPort)
    try {
      return await fetchWithAnyBody(input, { ...init, signal: either })
    } finally {
      take(fromPort, -1)
      startNext()
    }
  }
}
