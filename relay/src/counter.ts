/** How many there are of something: in total, and by name. */
export interface Counter {
  readonly total: number
  /** 0 without a name. */
  of(name: string | undefined): number
  /** Without a name it counts in the total only. */
  add(name: string | undefined, by: 1 | -1): void
}

export function createCounter(): Counter {
  const counts = new Map<string, number>()
  let total = 0
  const of = (name: string | undefined) => (name === undefined ? 0 : (counts.get(name) ?? 0))
  return {
    get total() {
      return total
    },
    of,
    add(name, by) {
      total += by
      if (name === undefined) return
      const count = of(name) + by
      if (count > 0) counts.set(name, count)
      else counts.delete(name)
    }
  }
}
