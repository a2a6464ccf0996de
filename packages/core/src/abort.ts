/** Options of every call that can be given up. */
export interface AbortOptions {
  /** When it aborts, the call rejects with `signal.reason`; work that others wait for goes on. */
  signal?: AbortSignal | undefined
}

/** Settles as `promise` does, or rejects with `signal.reason` as soon as `signal` aborts. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
    // In either case: a promise that nobody hears any more must not end the process when it rejects.
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/**
 * Settles as `promise` does, or rejects after `ms`: in two steps, so that a thread that was busy all the time is not
 * taken for silence.
 */
export function inTime<T>(promise: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`no answer within ${ms} ms`))
    let timer = setTimeout(() => {
      timer = setTimeout(late, ms / 2)
    }, ms / 2)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** Settles as `promise` does, or resolves to undefined after `ms`. */
export async function unlessLate<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/** Resolves when `promise` settles, or after `ms`. */
export const within = async (promise: Promise<unknown>, ms: number): Promise<void> =>
  void (await unlessLate(
    promise.catch(() => {}),
    ms
  ))
