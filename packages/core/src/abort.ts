/** Options of every call that can be given up. */
export interface AbortOptions {
  /** When it aborts, the call rejects with `signal.reason`; work that others wait for goes on. */
  signal?: AbortSignal
}

/** Settles as `promise` does, or rejects with `signal.reason` as soon as `signal` aborts. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
