import type { CheckRun, HeadCommit, Issue, OwnTeam, Person, PullRequest, Release, WorkflowRun } from './answers.ts'

// Members, proxies and GitHub can send any JSON. This checks the fields that the page would fail on, and no others: GitHub
// leaves some out, and adds some.

type Check = (value: unknown) => boolean

export const isText = (value: unknown): value is string => typeof value === 'string'
export const isTime = (value: unknown): value is string => isText(value) && !Number.isNaN(Date.parse(value))
export const isCount = (value: unknown): value is number => Number.isFinite(value)
/** Null and left out are fine, too. */
export const maybe =
  (check: Check): Check =>
  (value) =>
    value === null || value === undefined || check(value)
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check)
export const having =
  <T>(fields: Record<string, Check>) =>
  (value: unknown): value is T =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(fields).every(([name, check]) => check((value as Record<string, unknown>)[name]))

/** What is printed where it is there. */
const printed = maybe(isText)

export const isPerson = having<Person>({ login: isText })
export const isTeam = having<OwnTeam>({ name: printed })
const isLabel = having({ name: isText, color: printed })

const ofItems = {
  number: isCount,
  title: printed,
  html_url: printed,
  updated_at: isTime,
  user: maybe(isPerson),
  assignees: maybe(listOf(isPerson))
}

export const isIssue = having<Issue>({ ...ofItems, labels: listOf(isLabel) })

export const isPullRequest = having<PullRequest>({
  ...ofItems,
  created_at: isTime,
  requested_reviewers: maybe(listOf(isPerson)),
  requested_teams: maybe(listOf(isTeam)),
  labels: maybe(listOf(isLabel)),
  head: having({ sha: isText })
})

export const isRelease = having<Release>({
  tag_name: isText,
  name: printed,
  html_url: printed,
  published_at: maybe(isTime),
  author: maybe(isPerson)
})

export const isHeadCommit = having<HeadCommit>({ sha: isText, commit: having({}) })

export const isCheckRun = having<CheckRun>({})

export const isWorkflowRun = having<WorkflowRun>({
  id: isCount,
  name: printed,
  display_title: printed,
  html_url: printed,
  head_branch: printed,
  event: printed,
  status: printed,
  conclusion: printed,
  updated_at: isTime
})
