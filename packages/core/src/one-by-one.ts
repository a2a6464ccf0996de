/** Runs calls one after the other, in the order in which they come, whether or not those before them succeed. */
export interface OneByOne {
  run<T>(work: () => Promise<T>): Promise<T>
  /** Resolves when all calls so far have ended; never rejects. */
  idle(): Promise<unknown>
}

export function oneByOne(): OneByOne {
  let last: Promise<unknown> = Promise.resolve()
  return {
    run(work) {
      const result = last.then(work)
      last = result.catch(() => {})
      return result
    },
    idle: () => last
  }
}
