/** GitHub's limits against bursts. */
export interface SecondaryLimits {
  /** Calls of one caller under way at once, of REST and GraphQL together. Default 100. */
  maxConcurrent?: number
  /** Points of one caller for REST in any 60 seconds; a read is 1, a write 5. Default 900. */
  pointsPerMinute?: number
  /** The same for GraphQL: a query is 1, a mutation 5. Default 2000. */
  graphqlPointsPerMinute?: number
}

/**
 * Counts calls under way and points a minute, per caller
 * (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits).
 */
export function createSecondary(limits: SecondaryLimits | false, now: () => number) {
  const { maxConcurrent = 100, pointsPerMinute = 900, graphqlPointsPerMinute = 2000 } = limits || {}
  const active = new Map<string, number>()
  const spent = new Map<string, { at: number; points: number }[]>()
  const activeOf = (caller: string) => active.get(caller) ?? 0

  return {
    /** Undefined when the caller is over a limit; else a function to call when the answer is out. */
    enter(caller: string, isGraphql: boolean, writes: boolean): (() => void) | undefined {
      if (limits === false) return () => {}
      const budget = `${caller} ${isGraphql ? 'graphql' : 'rest'}`
      const mine = (spent.get(budget) ?? []).filter(({ at }) => at > now() - 60_000)
      spent.set(budget, mine)
      const points = writes ? 5 : 1
      const total = mine.reduce((sum, one) => sum + one.points, points)
      if (activeOf(caller) >= maxConcurrent || total > (isGraphql ? graphqlPointsPerMinute : pointsPerMinute))
        return undefined
      active.set(caller, activeOf(caller) + 1)
      mine.push({ at: now(), points })
      return () => void active.set(caller, activeOf(caller) - 1)
    }
  }
}
