import { type Answer, type Answers, answerTo } from '../github/answer.ts'
import type { CheckRun, PullRequest } from '../github/answers.ts'
import { type CheckState, summarise } from '../github/checks.ts'
import { detailsOf, type PullDetails } from '../github/details.ts'
import { checksOf, pullRequestsOf } from '../github/queries.ts'

/** A pull request with all that is known of it. */
export interface PullRow {
  /** `owner/name#12`. */
  id: string
  repository: string
  pull: PullRequest
  /** What GraphQL tells of this very commit; undefined without a token. */
  details: PullDetails | undefined
  checks: { state: CheckState | 'unknown'; words: string }
}

export function pullRows(answers: Answers, repositories: readonly string[]): PullRow[] {
  return repositories.flatMap((repository) => {
    const pulls = answerTo(answers, pullRequestsOf(repository))?.data ?? []
    const answer = answerTo(answers, detailsOf(repository))
    const told = answer?.data?.flatMap(({ pulls }) => pulls) ?? []
    const byNumber = new Map(told.map((details) => [details.number, details]))
    return pulls.map((pull) => {
      const known = byNumber.get(pull.number)
      // The one may have been asked for before a push, the other after it.
      const details = known?.headSha === pull.head.sha ? known : undefined
      const listed = answerTo(answers, checksOf(repository, pull.head.sha))
      // Checks listed one by one are newer than details that GitHub no longer gives.
      const isOld = answer?.failingSince !== undefined && listed?.data !== undefined
      const checks =
        details?.checks && !isOld
          ? { state: details.checks.state, words: wordsOf(details.checks.state, details.checks) }
          : checksIn(listed)
      return { id: `${repository}#${pull.number}`, repository, pull, details, checks }
    })
  })
}

/** Those asked for one by one. */
function checksIn(answer: Answer<CheckRun> | undefined): PullRow['checks'] {
  if (!answer) return { state: 'unknown', words: 'Checks not requested' }
  if (!answer.data) {
    return {
      state: 'unknown',
      words: answer.problem?.kind === 'waiting' ? 'Checks not loaded yet' : 'Checks unavailable'
    }
  }
  const summary = summarise(answer.data)
  if (answer.isMore && summary.state === 'passed') {
    return { state: 'unknown', words: `first ${summary.total} passed` }
  }
  return { state: summary.state, words: wordsOf(summary.state, summary, answer.isMore) }
}

function wordsOf(state: CheckState, { count, total }: { count: number; total: number }, isMore = false): string {
  const of = isMore ? `at least ${total}` : total
  if (state === 'none') return 'No checks'
  if (state === 'passed') return total > 0 ? `${total} passed` : 'Passed'
  // Some kinds of checks are not counted by GitHub.
  if (count === 0) return state === 'failed' ? 'Failed' : 'Running'
  return `${count} of ${of} ${state}`
}

/** Logins and teams who were asked for a review and have not given one. */
const waitsFor = ({ requested_reviewers, requested_teams }: PullRequest): string[] => [
  ...(requested_reviewers ?? []).map(({ login }) => login),
  ...(requested_teams ?? []).map(({ name }) => `team ${name}`)
]

/** How the review stands, as far as is known; undefined: nothing is. */
export function reviewOf({ pull, details }: PullRow): { state: CheckState | 'unknown'; words: string } | undefined {
  const waiting = waitsFor(pull)
  if (details?.decision === 'changes-requested') return { state: 'failed', words: 'Changes requested' }
  if (details?.decision === 'approved') return { state: 'passed', words: 'Approved' }
  if (waiting.length > 0) return { state: 'unknown', words: `Waiting for ${waiting.join(', ')}` }
  if (details?.decision === 'review-required') return { state: 'unknown', words: 'Review required' }
  return details && { state: 'none', words: 'No review yet' }
}
