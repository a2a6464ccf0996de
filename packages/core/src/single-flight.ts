/** Work under way, by key: whoever asks for the same meanwhile waits for it instead of starting it again. */
export interface Flights<T> {
  /** The flight under way, if there is one. */
  get(key: string): Promise<T> | undefined
  /** Starts a flight; it ends for all at once, and belongs to none of them. */
  start(key: string, work: () => Promise<T>): Promise<T>
  /** Settles when nothing is under way. */
  idle(): Promise<void>
}

export function createFlights<T>(): Flights<T> {
  const flights = new Map<string, Promise<T>>()
  return {
    get: (key) => flights.get(key),
    start(key, work) {
      const flight = work().finally(() => {
        if (flights.get(key) === flight) flights.delete(key)
      })
      flight.catch(() => {}) // each waiter sees it; a flight without one is no unhandled rejection
      flights.set(key, flight)
      return flight
    },
    async idle() {
      while (flights.size > 0) await Promise.allSettled(flights.values())
    }
  }
}
