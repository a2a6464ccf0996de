import { type Answer, isHidden } from '../github/answer.ts'
import { type Failure, failureOf, isDenial, type Problem } from '../github/problem.ts'

type Found = readonly (Answer | undefined)[]

const problems: Record<Problem['kind'], string> = {
  'rate-limit': 'GitHub’s rate limit is used up.',
  token: 'GitHub does not accept the token.',
  forbidden: 'GitHub denies access.',
  'not-found': 'GitHub shows nothing here.',
  server: 'GitHub has a problem.',
  network: 'GitHub cannot be reached.',
  unreadable: 'this page cannot read the answer.',
  waiting: 'the rate limit is nearly used up.'
}
const hasData = (answer: Answer | undefined) => answer?.data !== undefined
/** Nothing is known of it, and more may be once GitHub answers. */
const isOpen = (answer: Answer | undefined) => !answer?.data && !isHidden(answer)

/** How many there are, and "at least" where some have not been counted. */
export function totalOf(count: number, answers: Found): string {
  const number = count.toLocaleString('en')
  return answers.some((answer) => answer?.isMore || isOpen(answer)) ? `at least ${number}` : number
}

/** What stands in place of an empty list; undefined while it is loading. `none` is said only where it is certain. */
export function emptyWords(none: string, answers: Found): string | undefined {
  if (answers.some((answer) => answer === undefined)) return undefined
  const without = answers.filter((answer) => !hasData(answer))
  const problem = without.find((answer) => answer?.problem)?.problem
  if (problem) {
    const words = problems[problem.kind]
    const start = problem.kind === 'token' || isDenial(problem) ? 'Not shown' : 'Not available yet'
    if (without.length === answers.length) return `${start}: ${words}`
    return `None in ${answers.length - without.length} of ${answers.length} repositories. The others: ${words}`
  }
  return answers.some((answer) => answer?.isMore)
    ? 'None in the part of the list that this page has read. GitHub has more.'
    : none
}

/** What stands in place of a list of which a filter leaves nothing; undefined where it leaves something. */
export function filteredWords(shown: number, answers: Found): string | undefined {
  if (shown > 0) return undefined
  return answers.some((answer) => answer?.isMore || isOpen(answer))
    ? 'Nothing of what is loaded matches. GitHub may have more.'
    : 'Nothing matches.'
}

/** When the data of a panel was last confirmed, since when that has been failing, and why. */
export interface Freshness {
  /** The oldest confirmation of those that do not fail, or of all where all do; milliseconds since the epoch. */
  updatedAt?: number
  failing?: { count: number; since: number; reason: Failure }
  waiting: number
  of: number
}

export function freshnessOf(answers: Found): Freshness {
  const known = answers.filter((answer) => answer !== undefined)
  const failing = known.filter((answer) => answer.failingSince !== undefined)
  const reason = failing.flatMap(({ problem, source }) => (problem && failureOf(problem)) ?? source?.reason ?? [])[0]
  const times = (of: readonly Answer[]) => of.flatMap(({ source }) => source?.askedAt ?? [])
  const fine = times(known.filter((answer) => answer.failingSince === undefined))
  const oldest = Math.min(...(fine.length > 0 ? fine : times(known)))
  const since = Math.min(...failing.map(({ failingSince = 0 }) => failingSince))
  return {
    ...(Number.isFinite(oldest) && { updatedAt: oldest }),
    ...(reason && { failing: { count: failing.length, since, reason } }),
    waiting: known.filter(({ problem }) => problem?.kind === 'waiting').length,
    of: answers.length
  }
}
