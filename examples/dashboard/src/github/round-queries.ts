import { type Answer, answerTo, isHidden } from './answer.ts'
import type { PullRequest } from './answers.ts'
import { areFinished, summarise } from './checks.ts'
import { detailsOf, type RepositoryDetails } from './details.ts'
import type { Feed } from './feed.ts'
import {
  checksOf,
  headCommitOf,
  issuesOf,
  latestReleaseOf,
  maxPullPages,
  pullRequestsOf,
  type Query,
  runsOfCommit,
  workflowRunsOf
} from './queries.ts'

/** What every viewer may see and members share. `isLong`: further pages of pull requests, too. */
export const listsOf = (repository: string, isLong: boolean): Query<unknown>[] => [
  pullRequestsOf(repository, isLong ? maxPullPages : 1),
  issuesOf(repository),
  workflowRunsOf(repository),
  latestReleaseOf(repository)
]

/** What the token tells of a repository in one request; undefined where the lists have to do. */
export function detailsIn(feed: Feed, repository: string): RepositoryDetails | undefined {
  return feed.hasToken() ? answerTo(feed.answers(), detailsOf(repository))?.data?.[0] : undefined
}

/** Whether the one request is worth making: there is a token, and GitHub does answer this. */
export const wantsDetails = (feed: Feed, repository: string): boolean =>
  feed.hasToken() && !isHidden(answerTo(feed.answers(), detailsOf(repository)))

/** A point for each page of each repository, as far as pages are known. */
export const detailsPoints = (feed: Feed, repositories: readonly string[]): number =>
  repositories.reduce((sum, name) => sum + (answerTo(feed.answers(), detailsOf(name))?.data?.length ?? 1), 0)

/** Half of GraphQL's limit an hour, which is the user's for all that they do. */
const detailsShare = 0.5
const hourMs = 3_600_000
/** A round a minute must find them due. */
const minDetailsMs = 55_000

/** How old details may be. `points`: what all of them cost each time; `limit`: points an hour. */
export const detailsMaxAgeMs = (points: number, limit: number): number =>
  Math.max(minDetailsMs, (points * hourMs) / (limit * detailsShare))

/** The workflow runs of the last commit of the default branch, and whether they are known for good. */
export function branchRunsOf(
  feed: Feed,
  repository: string
): { query: ReturnType<typeof runsOfCommit>; isFinished: boolean } | undefined {
  const head = answerTo(feed.answers(), headCommitOf(repository))?.data?.[0]
  if (!head) return undefined
  const query = runsOfCommit(repository, head.sha)
  const updated_at = head.commit.committer?.date ?? ''
  const runs = answerTo(feed.answers(), workflowRunsOf(repository))?.data ?? []
  return { query, isFinished: areFinished(answerTo(feed.answers(), query), { head, updated_at }, runs) }
}

/** What is known of a head, and how to ask for its checks. */
export interface Head {
  pull: PullRequest
  query: ReturnType<typeof checksOf>
  isFinished(): boolean
  /** Finished, but a manual refresh asks for it again: it failed and may have been started again, or access was denied. */
  mayHaveChanged(): boolean
}

/** Each costs a request: of more than these, only those that can be seen. */
const maxHeads = 10

/** The heads whose checks have to be asked for one by one. */
export function headsOf(feed: Feed, repositories: readonly string[], seen: ReadonlySet<string>): Head[] {
  return repositories.flatMap((repository) => {
    if (detailsIn(feed, repository)) return []
    const runs = () => answerTo(feed.answers(), workflowRunsOf(repository))?.data ?? []
    const pulls = answerTo(feed.answers(), pullRequestsOf(repository))?.data ?? []
    const wanted = pulls.filter(({ head }, index) => index < maxHeads || seen.has(head.sha))
    return wanted.map((pull) => {
      const query = checksOf(repository, pull.head.sha)
      const answer = () => answerTo(feed.answers(), query)
      return {
        pull,
        query,
        isFinished: () => areFinished(answer(), pull, runs()),
        mayHaveChanged: () => !answer()?.data || summarise(answer()?.data ?? []).state === 'failed'
      }
    })
  })
}

/** The repository that has waited longest first. */
export function longestWaiting(feed: Feed, repositories: readonly string[]): readonly string[] {
  const askedAt = (repository: string) => answerTo(feed.answers(), pullRequestsOf(repository))?.source?.askedAt ?? 0
  return repositories.toSorted((a, b) => askedAt(a) - askedAt(b))
}

/** Whether an answer was asked for within this time, ms. One of later than now is from before the clock was set back. */
export function isYoung(answer: Answer | undefined, maxAgeMs: number, now: number): boolean {
  if (!answer?.source || answer.source.kind === 'stale') return false
  const ageMs = now - answer.source.askedAt
  return ageMs >= 0 && ageMs < maxAgeMs
}
