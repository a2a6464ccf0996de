import type { CheckRun, Issue, PullRequest, Release, WorkflowRun } from './answers.ts'

/** One GET of GitHub's API, and how its body is read. The path names it: the same path is the same query. */
export interface Query<Item> {
  path: string
  /** The items of one page. */
  read(body: unknown): Item[]
  /** Further pages are requested up to this many; default 1. */
  maxPages?: number
  /** … and while these items are not enough; default: until the list ends. */
  isEnough?(items: Item[]): boolean
  /** A 404 means that there are no items, not that the repository is hidden. */
  isOptional?: boolean
}

/** As many pull requests of one repository as are shown; each costs a request for its checks. */
const pullRequestsShown = 10

export const pullRequestsOf = (repository: string): Query<PullRequest> => ({
  path: `/repos/${repository}/pulls?state=open&sort=updated&direction=desc&per_page=${pullRequestsShown}`,
  read: (body) => body as PullRequest[]
})

/** A commit with more checks than 500 says that there are more. */
const maxCheckPages = 5

export const checksOf = (repository: string, sha: string): Query<CheckRun> => ({
  path: `/repos/${repository}/commits/${sha}/check-runs?per_page=100`,
  read: (body) => (body as { check_runs: CheckRun[] }).check_runs,
  maxPages: maxCheckPages
})

const issuesShown = 100
/** A repository can have 2,000 pull requests newer than its first issue; the panel says so where it has more. */
const maxIssuePages = 20

export const issuesOf = (repository: string): Query<Issue> => ({
  path: `/repos/${repository}/issues?state=open&sort=updated&direction=desc&per_page=100`,
  // GitHub lists pull requests among the issues, and has no parameter against that.
  read: (body) => (body as Issue[]).filter(({ pull_request }) => !pull_request),
  maxPages: maxIssuePages,
  isEnough: (issues) => issues.length >= issuesShown
})

// Not the list of releases, which shows drafts to some and so is not shared among tokens.
export const latestReleaseOf = (repository: string): Query<Release> => ({
  path: `/repos/${repository}/releases/latest`,
  read: (body) => [body as Release],
  isOptional: true
})

export const workflowRunsOf = (repository: string): Query<WorkflowRun> => ({
  path: `/repos/${repository}/actions/runs?per_page=10`,
  read: (body) => (body as { workflow_runs: WorkflowRun[] }).workflow_runs
})
