import { clock } from '../clock.ts'
import { type Answer, type Answers, answerTo } from '../github/answer.ts'
import { detailsOf } from '../github/details.ts'
import { headCommitOf, pullRequestsOf, teams as teamsQuery } from '../github/queries.ts'
import type { RepositoryRow } from './repository-row.ts'

/** How far Needs attention can be trusted. */
export interface Certainty {
  /** `none`: nothing is known of any repository; `some`: there may be more than what is named. */
  known: 'all' | 'some' | 'none'
  /** What is not known, in words. */
  gaps: string[]
  /** GitHub has not confirmed part of it since then, in milliseconds since the epoch. */
  asOf?: number | undefined
}

interface Known {
  answers: Answers
  repositories: readonly RepositoryRow[]
  hasToken: boolean
  /** The owner of the token, where it is known. */
  me: string | undefined
  now: number
}

const some = (count: number, one: string, many: string) => (count === 1 ? `1 ${one}` : `${count} ${many}`)

/** What Needs attention cannot know, and from when it is. An empty list is "nothing" only where this says `all`. */
export function certaintyOf({ answers, repositories, hasToken, me, now }: Known): Certainty {
  const loaded = repositories.filter(({ standing }) => standing === 'known')
  const hidden = repositories.filter(({ standing }) => standing === 'hidden').length
  const unloaded = repositories.length - loaded.length - hidden
  const names = loaded.map(({ name }) => name)
  const details = names.map((name) => answerTo(answers, detailsOf(name)))
  const isRefused = hasToken && details.some((answer) => reasonOf(answer) === 'token')
  const without = hasToken ? details.filter((answer) => !answer?.data).length : 0
  const noBranch = loaded.filter(({ name, branch }) => !branch && !isEmpty(answers, name)).length
  const asksTeams = names.some((name) =>
    answerTo(answers, pullRequestsOf(name))?.data?.some(({ requested_teams }) => (requested_teams ?? []).length > 0)
  )
  const teams = answerTo(answers, teamsQuery)
  const areTeamsKnown = teams?.data !== undefined && !teams.isMore
  const isPartial = names.some((name) => answerTo(answers, pullRequestsOf(name))?.isMore)

  const missing = [
    unloaded > 0 && `${some(unloaded, 'repository is', 'repositories are')} not loaded yet.`,
    hidden > 0 && `GitHub does not show ${some(hidden, 'repository', 'repositories')}.`,
    without > 0 && `Reviews and conflicts of ${some(without, 'repository', 'repositories')} are not known.`,
    noBranch > 0 && `The state of ${some(noBranch, 'default branch', 'default branches')} is not known.`,
    me === undefined &&
      (hasToken
        ? 'GitHub has not said yet whose token this is, so nothing of yours is named.'
        : 'Without a token, only failing default branches and long waits are known.'),
    hasToken && asksTeams && !areTeamsKnown && 'Reviews that a team was asked for are not counted as yours.',
    isPartial && 'Of repositories with many open pull requests, only those that changed last are looked at.'
  ].filter((gap) => gap !== false)

  const failing = [...names.map((name) => answerTo(answers, pullRequestsOf(name))), ...details].filter(
    (answer) => answer?.data && answer.failingSince !== undefined
  )
  const asOf = failing.length > 0 ? Math.min(...failing.map((answer) => answer?.source?.askedAt ?? now)) : undefined
  const gaps = asOf === undefined ? missing : [staleWords(asOf, isRefused, now), ...missing]
  return { known: loaded.length === 0 ? 'none' : missing.length > 0 ? 'some' : 'all', gaps, asOf }
}

const reasonOf = (answer: Answer | undefined) => answer?.problem?.kind ?? answer?.source?.reason

const staleWords = (asOf: number, isRefused: boolean, now: number) =>
  isRefused
    ? `Reviews and conflicts are as of ${clock(asOf, now)}: GitHub does not accept your token.`
    : `As of ${clock(asOf, now)}: GitHub has not answered since, so some of this may have changed.`

/** A repository without a commit has no default branch that could fail. */
function isEmpty(answers: Answers, name: string): boolean {
  const told = answerTo(answers, detailsOf(name))?.data?.[0]
  return told ? told.branch === undefined : answerTo(answers, headCommitOf(name))?.data?.length === 0
}

/** What stands in place of an empty list. */
export function nothingWords({ known, asOf }: Certainty, now: number): string {
  if (known === 'none') return 'Not known yet.'
  if (known === 'some') return 'Nothing that is known needs attention.'
  return asOf === undefined ? 'Nothing needs attention.' : `Nothing needed attention at ${clock(asOf, now)}.`
}
