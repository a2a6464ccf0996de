import type { CheckRun, Issue, PullRequest, Release, WorkflowRun } from './answers.ts'

/** One GET of GitHub's API, and how its body is read. The path names it: the same path is the same query. */
export interface Query<T> {
  path: string
  read(body: unknown): T
}

/** As many pull requests of one repository as are shown; each costs a question about its checks. */
export const pullRequestsShown = 10

export const pullRequestsOf = (repository: string): Query<PullRequest[]> => ({
  path: `/repos/${repository}/pulls?state=open&sort=updated&direction=desc&per_page=${pullRequestsShown}`,
  read: (body) => body as PullRequest[]
})

export const checksOf = (repository: string, sha: string): Query<CheckRun[]> => ({
  path: `/repos/${repository}/commits/${sha}/check-runs?per_page=100`,
  read: (body) => (body as { check_runs: CheckRun[] }).check_runs
})

/** As many as GitHub gives at once, pull requests among them. */
export const issuesAsked = 100

export const issuesOf = (repository: string): Query<Issue[]> => ({
  path: `/repos/${repository}/issues?state=open&sort=updated&direction=desc&per_page=${issuesAsked}`,
  read: (body) => body as Issue[]
})

// Not the list of releases, which shows drafts to some and so is not shared among tokens.
export const latestReleaseOf = (repository: string): Query<Release> => ({
  path: `/repos/${repository}/releases/latest`,
  read: (body) => body as Release
})

export const workflowRunsOf = (repository: string): Query<WorkflowRun[]> => ({
  path: `/repos/${repository}/actions/runs?per_page=10`,
  read: (body) => (body as { workflow_runs: WorkflowRun[] }).workflow_runs
})
