/** GitHub's limits against bursts. */
export interface SecondaryLimits {
  /** Calls of one caller under way at once. Default 100. */
  maxConcurrent?: number
  /** Points of one caller in any 60 seconds; a read is 1, a write 5. Default 900. */
  pointsPerMinute?: number
}

/** Counts calls under way and points a minute, per caller. */
export function createSecondary(limits: SecondaryLimits | false, now: () => number) {
  const { maxConcurrent = 100, pointsPerMinute = 900 } = limits || {}
  const callers = new Map<string, { active: number; spent: { at: number; points: number }[] }>()

  return {
    /** Undefined when the caller is over a limit; else a function to call when the answer is out. */
    enter(caller: string, method: string): (() => void) | undefined {
      if (limits === false) return () => {}
      const mine = callers.get(caller) ?? { active: 0, spent: [] }
      callers.set(caller, mine)
      mine.spent = mine.spent.filter((s) => s.at > now() - 60_000)
      const points = method === 'GET' || method === 'HEAD' ? 1 : 5
      const total = mine.spent.reduce((sum, s) => sum + s.points, 0)
      if (mine.active >= maxConcurrent || total + points > pointsPerMinute) return undefined
      mine.active++
      mine.spent.push({ at: now(), points })
      return () => {
        mine.active--
      }
    }
  }
}
