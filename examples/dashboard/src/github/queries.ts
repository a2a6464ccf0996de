import type { CheckRun, HeadCommit, Issue, OwnTeam, Person, PullRequest, Release, WorkflowRun } from './answers.ts'
import type { GraphqlQuestion } from './graphql.ts'
import {
  isCheckRun,
  isHeadCommit,
  isIssue,
  isPerson,
  isPullRequest,
  isRelease,
  isTeam,
  isWorkflowRun
} from './shapes.ts'

/** One GET of GitHub's API, or a GraphQL query, and how its body is read. The path names it: the same path is the same query. */
export interface Query<Item> {
  path: string
  /** Asked in place of the path. Only tokens are answered. */
  graphql?: GraphqlQuestion
  /** What should be the items of one page. */
  read(body: unknown): unknown[]
  /** Others are left out. */
  isItem(value: unknown): value is Item
  /** Further pages are requested up to this many; default 1. */
  maxPages?: number
  /** … and while these items are not enough; default: until the list ends. */
  isEnough?(items: Item[]): boolean
  /** Items that were requested without the token, with what only the token showed of them before. */
  keepOfToken?(items: Item[], before: Item[]): Item[]
  /** A 404 means that there are no items, not that the repository is hidden. */
  isOptional?: boolean
}

/** Pull requests are large, and few repositories have more of them open. */
const pullRequestsPerPage = 30
/** With a token, of one repository; the panel says where there are more. */
export const maxPullPages = 4

export const pullRequestsOf = (repository: string, maxPages = 1): Query<PullRequest> => ({
  path: `/repos/${repository}/pulls?state=open&sort=updated&direction=desc&per_page=${pullRequestsPerPage}`,
  read: (body) => body as unknown[],
  isItem: isPullRequest,
  maxPages,
  // Only members of an organization see its teams.
  keepOfToken: (pulls, before) => {
    const teams = new Map(before.map(({ number, requested_teams }) => [number, requested_teams]))
    return pulls.map((pull) => ({ ...pull, requested_teams: teams.get(pull.number) ?? pull.requested_teams }))
  }
})

/** The owner of the token. */
export const viewer: Query<Person> = { path: '/user', read: (body) => [body], isItem: isPerson }

/** Nobody is in more of them than that. */
const maxTeamPages = 3

/** The viewer's teams. Needs a token that may read them. */
export const teams: Query<OwnTeam> = {
  path: '/user/teams?per_page=100',
  read: (body) => body as unknown[],
  isItem: isTeam,
  maxPages: maxTeamPages
}

/** A commit with more checks than 500 says that there are more. */
const maxCheckPages = 5

export const checksOf = (repository: string, sha: string): Query<CheckRun> => ({
  path: `/repos/${repository}/commits/${sha}/check-runs?per_page=100`,
  read: (body) => (body as { check_runs: unknown[] }).check_runs,
  isItem: isCheckRun,
  maxPages: maxCheckPages
})

/** The last commit of the default branch. */
export const headCommitOf = (repository: string): Query<HeadCommit> => ({
  path: `/repos/${repository}/commits?per_page=1`,
  read: (body) => body as unknown[],
  isItem: isHeadCommit
})

const workflowRuns = {
  read: (body: unknown) => (body as { workflow_runs: unknown[] }).workflow_runs,
  isItem: isWorkflowRun
}

/**
 * The workflow runs of a commit. Check runs would tell of other services, too, but name what their app may do, which differs
 * by viewer, so that members could not share them.
 */
export const runsOfCommit = (repository: string, sha: string): Query<WorkflowRun> => ({
  path: `/repos/${repository}/actions/runs?head_sha=${sha}&per_page=100`,
  ...workflowRuns
})

const issuesShown = 100
/** A repository can have 2,000 pull requests newer than its first issue; the panel says so where it has more. */
const maxIssuePages = 20

export const issuesOf = (repository: string): Query<Issue> => ({
  path: `/repos/${repository}/issues?state=open&sort=updated&direction=desc&per_page=100`,
  // GitHub lists pull requests among the issues, and has no parameter against that.
  read: (body) => (body as (Issue | null)[]).filter((issue) => !issue?.pull_request),
  isItem: isIssue,
  maxPages: maxIssuePages,
  isEnough: (issues) => issues.length >= issuesShown
})

// Not the list of releases, which shows drafts to some and so is not shared among tokens.
export const latestReleaseOf = (repository: string): Query<Release> => ({
  path: `/repos/${repository}/releases/latest`,
  read: (body) => [body],
  isItem: isRelease,
  isOptional: true
})

export const workflowRunsOf = (repository: string): Query<WorkflowRun> => ({
  path: `/repos/${repository}/actions/runs?per_page=10`,
  ...workflowRuns
})
