import { abortable, unlessLate } from '../abort.ts'

/** A caller that waits for a request in flight. */
interface Waiter {
  /** Ends the waiting, not the request. */
  signal?: AbortSignal | null | undefined
  /** The mesh's own question, for which nothing is kept alive. */
  background?: boolean | undefined
}

/** One request under way. */
interface InFlight<T> {
  /** Settles as the work does. Waiting for this does not count. */
  readonly outcome: Promise<T>
  /** The same, for a waiter that counts; rejects with `signal.reason` as soon as that aborts. */
  join(waiter: Waiter): Promise<T>
  /** The same; undefined when it takes longer than `ms`. */
  joinWithin(ms: number, waiter: Waiter): Promise<T | undefined>
}

interface JoinOrStart<T> {
  /** Its name among the requests of one viewer. */
  own: string
  /** Its name among those of all viewers. */
  anybodys: string
  waiter: Waiter
  /** How long another viewer's request is waited for, ms. */
  maxWaitMs: number
  /** Something under way is waited for. */
  waits(): void
  /** What this caller may have of another's outcome. */
  usable(outcome: T): T | undefined
  /** What is done where nothing is under way. */
  work(signal: AbortSignal): Promise<T>
  /** What was started here came, and its caller has gone. */
  abandoned(outcome: T): void
}

/** Requests under way, by name: a second one for the same joins the first instead of being sent again. */
export interface InFlightRequests<T> {
  /** The request under way that is worth waiting for, if there is one. */
  get(name: string): InFlight<T> | undefined
  /**
   * Starts a request under each of these names that has none. It ends for all at once and belongs to none of them; its signal
   * aborts a while after the last caller has left, or at once when all is stopped.
   */
  start(names: readonly string[], work: (signal: AbortSignal) => Promise<T>): InFlight<T>
  /** Joins what is under way, or starts it. */
  joinOrStart(options: JoinOrStart<T>): Promise<T>
  /** Ends what no caller waits for, now or later. */
  stop(): void
}

export interface InFlightOptions {
  localNow: () => number
  /** How long a request continues after all callers have left, in ms: one of them may come back. */
  abandonedMs: number
  /** The same for one that only the mesh itself waits for. */
  backgroundMs: number
  /** A request that is older than this, in ms, and that everybody has left, is not joined any more: it may be stuck. */
  maxWaitMs: number
}

const left = () => new DOMException('nobody waits for this request any more', 'AbortError')

export function createInFlightRequests<T>(options: InFlightOptions): InFlightRequests<T> {
  const { localNow, abandonedMs, backgroundMs, maxWaitMs } = options
  const requests = new Map<string, ReturnType<typeof launch>>()
  // One that is stuck has lost its names to its successor.
  const underWay = new Set<ReturnType<typeof launch>>()
  let stopped = false

  function launch(names: readonly string[], work: (signal: AbortSignal) => Promise<T>) {
    const control = new AbortController()
    const startedAt = localNow()
    let waiting = 0
    let callers = 0
    let giveUp: ReturnType<typeof setTimeout> | undefined
    const outcome = work(control.signal).finally(() => {
      clearTimeout(giveUp)
      underWay.delete(request)
      for (const name of names) if (requests.get(name) === request) requests.delete(name)
    })

    async function wait<R>(join: Promise<R>, { signal, background }: Waiter): Promise<R> {
      waiting++
      if (!background) callers++
      request.endIfLeft()
      try {
        return await abortable(join, signal)
      } finally {
        waiting--
        if (!background) callers--
        request.endIfLeft()
      }
    }
    const request = {
      outcome,
      join: (waiter: Waiter) => wait(outcome, waiter),
      joinWithin: (ms: number, waiter: Waiter) => wait(unlessLate(outcome, ms), waiter),
      isWorthIt: () => !control.signal.aborted && (waiting > 0 || localNow() - startedAt < maxWaitMs),
      endIfLeft() {
        clearTimeout(giveUp)
        if (callers > 0 || !underWay.has(request)) return
        // A call that GitHub never answers would take up one of those that it answers at once.
        if (stopped) control.abort(left())
        else giveUp = setTimeout(() => control.abort(left()), waiting > 0 ? backgroundMs : abandonedMs)
      }
    }
    outcome.catch(() => {}) // each waiter sees it; one without any is no unhandled rejection
    return request
  }

  const get = (name: string) => {
    const request = requests.get(name)
    return request?.isWorthIt() ? request : undefined
  }

  function start(names: readonly string[], work: (signal: AbortSignal) => Promise<T>) {
    const request = launch(names, work)
    underWay.add(request)
    for (const name of names) if (!get(name)) requests.set(name, request)
    return request
  }

  return {
    get,
    start,
    async joinOrStart({ own, anybodys, waiter, maxWaitMs, waits, usable, work, abandoned }) {
      // After another viewer's request, which may end with what this one must not get, there may be an own one.
      for (const name of [own, anybodys, own]) {
        const found = get(name)
        if (!found) continue // at once, so that of many who come together only one starts a request
        waits()
        const outcome = await (name === own
          ? found.join(waiter)
          : // What fails for another viewer may work for this one.
            found.joinWithin(maxWaitMs, waiter).catch(() => waiter.signal?.throwIfAborted()))
        const shared = outcome && usable(outcome)
        if (shared) return shared
      }
      const started = start([own, anybodys], work)
      return started.join(waiter).catch((error) => {
        started.outcome.then(abandoned, () => {})
        throw error
      })
    },
    stop() {
      stopped = true
      for (const request of underWay) request.endIfLeft()
    }
  }
}
