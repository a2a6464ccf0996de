import { type Answer, type Answers, answerTo, isHidden } from '../github/answer.ts'
import type { Release } from '../github/answers.ts'
import { type CheckState, lastOfEach, summarise } from '../github/checks.ts'
import { type Deployment, detailsOf } from '../github/details.ts'
import { headCommitOf, issuesOf, latestReleaseOf, pullRequestsOf, runsOfCommit } from '../github/queries.ts'
import { type Count, countOf } from './counts.ts'

export interface BranchState {
  name: string
  state: CheckState
  /** GitHub has not confirmed it lately. */
  isStale: boolean
}

/** A repository in one line. What is undefined is not known. */
export interface RepositoryRow {
  name: string
  /** `hidden`: GitHub does not show it; `waiting`: nothing could be requested yet. */
  standing: 'loading' | 'hidden' | 'waiting' | 'known'
  branch?: BranchState | undefined
  release?: Release | 'none' | undefined
  /** Undefined also for a repository without one. `isStale`: GitHub has not confirmed it lately. */
  deployment?: (Deployment & { isStale: boolean }) | undefined
  issues?: Count | undefined
  pulls?: Count | undefined
}

export function repositoryRow(answers: Answers, name: string): RepositoryRow {
  const pulls = answerTo(answers, pullRequestsOf(name))
  const issues = answerTo(answers, issuesOf(name))
  const standing = standingOf(pulls, issues)
  if (standing !== 'known') return { name, standing }
  const details = answerTo(answers, detailsOf(name))
  // Lists that GitHub still answers are newer than what it told the token before.
  const isOld = details?.failingSince !== undefined && issues?.failingSince === undefined
  const told = isOld ? undefined : details?.data?.[0]
  const release = answerTo(answers, latestReleaseOf(name))?.data
  const deployment = details?.data?.[0]?.deployment
  return {
    name,
    standing,
    branch: branchOf(answers, name),
    release: release && (release[0] ?? (pulls?.data ? 'none' : undefined)),
    deployment: deployment && { ...deployment, isStale: details?.failingSince !== undefined },
    issues: countOf(told?.openIssues, issues),
    pulls: countOf(told?.openPulls, pulls)
  }
}

function standingOf(pulls: Answer | undefined, issues: Answer | undefined): RepositoryRow['standing'] {
  if (isHidden(pulls) && isHidden(issues)) return 'hidden'
  if (!pulls) return 'loading'
  return pulls.data || isHidden(pulls) ? 'known' : 'waiting'
}

/** As the token told it, else by the workflow runs of the last commit. */
function branchOf(answers: Answers, name: string): BranchState | undefined {
  const details = answerTo(answers, detailsOf(name))
  const told = details?.data?.[0]?.branch
  const known = told && { ...told, isStale: details?.failingSince !== undefined }
  if (known?.isStale === false) return known
  const head = answerTo(answers, headCommitOf(name))
  const sha = head?.data?.[0]?.sha
  const runs = sha === undefined ? undefined : answerTo(answers, runsOfCommit(name, sha))
  if (!head || !runs?.data) return known
  const { state } = summarise(lastOfEach(runs.data))
  // What was not read may have failed.
  if (runs.isMore && state !== 'failed') return known
  const branch = runs.data.find(({ event }) => event === 'push')?.head_branch
  const isStale = head.failingSince !== undefined || runs.failingSince !== undefined
  if (known && isStale) return known
  return { name: branch ?? 'default branch', state, isStale }
}

const branchWords: Record<CheckState, string> = {
  passed: 'passing',
  failed: 'failing',
  running: 'running',
  none: 'no checks'
}

/** "main passing". */
export const wordsOfBranch = ({ name, state, isStale }: BranchState): string =>
  `${name} ${isStale ? 'was ' : ''}${isStale && state === 'none' ? 'without checks' : branchWords[state]}`

const deploymentMarks = {
  succeeded: 'passed',
  failed: 'failed',
  running: 'running',
  waiting: 'none',
  inactive: 'none'
} as const

/** The state of a deployment as that of a check, and in words before its time: "Deployed to production". */
export function wordsOfDeployment({ environment, state, isStale }: Deployment & { isStale: boolean }): {
  state: CheckState
  words: string
} {
  const words = {
    succeeded: `Deployed to ${environment}`,
    failed: `Deployment to ${environment} failed`,
    running: `Deploying to ${environment}`,
    waiting: `Deployment to ${environment} waiting`,
    inactive: `Deployment to ${environment} inactive`
  }[state]
  return { state: deploymentMarks[state], words: isStale ? `Last known: ${words}` : words }
}
