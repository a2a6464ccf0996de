import type { Quota } from './quota.ts'

/** GitHub counts no limit over a longer time than an hour. */
const windowMs = 3_600_000
/** Clocks that differ by less than this count as the same. */
const slackMs = 60_000

/** When limits are reset, by the clock of this machine, which may be wrong by hours. */
export interface LocalReset {
  /** What is known already, which GitHub may have said long ago. */
  startFrom(said: Quota | undefined): void
  /** What GitHub said just now, if it has changed. */
  see(said: Quota): void
  toLocal(said: Quota): Quota
}

/** A limit is reset within an hour after each answer that tells of it: that bounds how far this clock is from GitHub's. */
export function createLocalReset(now: () => number): LocalReset {
  let [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  let last: string | undefined

  return {
    startFrom(said) {
      last = JSON.stringify(said)
    },
    see(said) {
      if (JSON.stringify(said) === last) return
      last = JSON.stringify(said)
      const untilMs = said.resetAt - now()
      const [from, to] = [untilMs - windowMs - slackMs, untilMs + slackMs]
      // What agrees with none of the answers before comes after a change of this clock.
      const agrees = from <= most && to >= least
      least = agrees ? Math.max(least, from) : from
      most = agrees ? Math.min(most, to) : to
    },
    toLocal(said) {
      const isRight = least <= 0 && most >= 0
      // The latest reset that can be: one that is expected too early would cost what is kept for the reader.
      const resetAt = said.resetAt - least
      const wasClockChanged = resetAt > now() + windowMs + slackMs
      return isRight || wasClockChanged ? said : { ...said, resetAt }
    }
  }
}
