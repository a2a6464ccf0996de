import { abortable, unlessLate } from './abort.ts'

/** Whoever waits for a flight. */
interface Waiter {
  /** Ends the waiting, not the flight. */
  signal?: AbortSignal | null
  /** The mesh's own question, for which nothing is kept alive. */
  background?: boolean
}

/** Work under way for whoever asks for it. */
export interface Flight<T> {
  /** Settles as the work does. Who waits for this does not count as one who waits. */
  readonly outcome: Promise<T>
  /** The same, for one who counts; rejects with `signal.reason` as soon as that aborts. */
  end(waiter: Waiter): Promise<T>
  /** The same; undefined when it takes longer than `ms`. */
  endWithin(ms: number, waiter: Waiter): Promise<T | undefined>
}

/** Work under way, by name: whoever asks for the same meanwhile waits for it instead of starting it again. */
export interface Flights<T> {
  /** The flight under way that is worth waiting for, if there is one. */
  get(name: string): Flight<T> | undefined
  /**
   * Starts a flight under each of these names that has none. It ends for all at once and belongs to none of them; its signal
   * aborts a while after the last caller has left, or at once when all is stopped.
   */
  start(names: readonly string[], work: (signal: AbortSignal) => Promise<T>): Flight<T>
  /** Ends what no caller waits for, now or later. */
  stop(): void
}

export interface FlightsOptions {
  now: () => number
  /** A flight that everybody has left goes on for so long, in ms: for somebody who comes back. */
  abandonedMs: number
  /** The same for one that only the mesh itself waits for. */
  backgroundMs: number
  /** A flight that is older than this, in ms, and that everybody has left, is not waited for any more: it may be stuck. */
  patienceMs: number
}

const left = () => new DOMException('nobody waits for this request any more', 'AbortError')

export function createFlights<T>(options: FlightsOptions): Flights<T> {
  const { now, abandonedMs, backgroundMs, patienceMs } = options
  const flights = new Map<string, ReturnType<typeof launch>>()
  // One that is stuck has lost its names to its successor.
  const underWay = new Set<ReturnType<typeof launch>>()
  let stopped = false

  function launch(names: readonly string[], work: (signal: AbortSignal) => Promise<T>) {
    const control = new AbortController()
    const startedAt = now()
    let waiting = 0
    let callers = 0
    let giveUp: ReturnType<typeof setTimeout> | undefined
    const outcome = work(control.signal).finally(() => {
      clearTimeout(giveUp)
      underWay.delete(flight)
      for (const name of names) if (flights.get(name) === flight) flights.delete(name)
    })

    async function wait<R>(end: Promise<R>, { signal, background }: Waiter): Promise<R> {
      waiting++
      if (!background) callers++
      flight.endIfLeft()
      try {
        return await abortable(end, signal)
      } finally {
        waiting--
        if (!background) callers--
        flight.endIfLeft()
      }
    }
    const flight = {
      outcome,
      end: (waiter: Waiter) => wait(outcome, waiter),
      endWithin: (ms: number, waiter: Waiter) => wait(unlessLate(outcome, ms), waiter),
      isWorthIt: () => !control.signal.aborted && (waiting > 0 || now() - startedAt < patienceMs),
      endIfLeft() {
        clearTimeout(giveUp)
        if (callers > 0 || !underWay.has(flight)) return
        // A call that GitHub never answers would take up one of those that it answers at once.
        if (stopped) control.abort(left())
        else giveUp = setTimeout(() => control.abort(left()), waiting > 0 ? backgroundMs : abandonedMs)
      }
    }
    outcome.catch(() => {}) // each waiter sees it; a flight without one is no unhandled rejection
    return flight
  }

  const get = (name: string) => {
    const flight = flights.get(name)
    return flight?.isWorthIt() ? flight : undefined
  }

  return {
    get,
    start(names, work) {
      const flight = launch(names, work)
      underWay.add(flight)
      for (const name of names) if (!get(name)) flights.set(name, flight)
      return flight
    },
    stop() {
      stopped = true
      for (const flight of underWay) flight.endIfLeft()
    }
  }
}
