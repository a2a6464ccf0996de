import type { CheckState } from './checks.ts'
import { maxPullPages, type Query } from './queries.ts'
import { having, isCount, isText, isTime, maybe } from './shapes.ts'

/** How the checks of a commit stand together. */
interface CheckSummary {
  state: CheckState
  /** How many of them stand so. */
  count: number
  total: number
}

type Decision = 'approved' | 'changes-requested' | 'review-required' | 'none'

/** What only GraphQL tells of a pull request without a request for each. */
export interface PullDetails {
  number: number
  headSha: string
  additions: number
  deletions: number
  /** Undefined while GitHub has not found out. */
  hasConflicts: boolean | undefined
  /** GitHub would merge it now: no conflict, no check or rule in the way. */
  isMergeable: boolean
  decision: Decision
  /** Undefined: the checks are not known. */
  checks: CheckSummary | undefined
}

/** The last deployment, of whatever environment. */
export interface Deployment {
  environment: string
  /** `waiting`: not begun; `inactive`: another took its place, or its environment is gone. */
  state: 'succeeded' | 'failed' | 'running' | 'waiting' | 'inactive'
  /** When it came to this state, ISO 8601. */
  at: string
}

/** One repository as GraphQL tells it. */
export interface RepositoryDetails {
  /** Undefined for a repository without a commit. */
  branch: { name: string; state: CheckState } | undefined
  openIssues: number
  openPulls: number
  pulls: PullDetails[]
  /** Undefined: nothing was deployed, or the token may not see it. */
  deployment: Deployment | undefined
}

/** As many pull requests as a page of the list has (`pullRequestsOf`). One point of the limit, whatever is in it. */
const text = `query ($owner: String!, $name: String!, $after: String, $deployments: Boolean!) {
  repository(owner: $owner, name: $name) {
    defaultBranchRef { name target { ... on Commit { statusCheckRollup { state } } } }
    deployments(first: 1, orderBy: { field: CREATED_AT, direction: DESC }) @include(if: $deployments) {
      nodes { environment createdAt latestStatus { state createdAt } }
    }
    issues(states: OPEN) { totalCount }
    pullRequests(states: OPEN, first: 30, after: $after, orderBy: { field: UPDATED_AT, direction: DESC }) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes {
        number headRefOid additions deletions mergeable mergeStateStatus reviewDecision
        latestOpinionatedReviews(first: 20) { nodes { state } }
        commits(last: 1) { nodes { commit { statusCheckRollup { state contexts(first: 1) {
          checkRunCountsByState { state count } statusContextCountsByState { state count } } } } } }
      }
    }
  }
}`

interface Counted {
  state: string
  count: number
}

/** https://docs.github.com/graphql/reference/objects#statuscheckrollup */
interface Rollup {
  state: string
  contexts?: { checkRunCountsByState: Counted[] | null; statusContextCountsByState: Counted[] | null }
}

interface PullNode {
  number: number
  headRefOid: string
  additions: number
  deletions: number
  mergeable: string
  mergeStateStatus: string
  reviewDecision: string | null
  latestOpinionatedReviews: { nodes: ({ state: string } | null)[] | null } | null
  commits: { nodes: ({ commit: { statusCheckRollup: Rollup | null } } | null)[] | null } | null
}

/** https://docs.github.com/graphql/reference/objects#deployment */
interface DeploymentNode {
  environment: string | null
  createdAt: string
  latestStatus: { state: string; createdAt: string } | null
}

interface RepositoryNode {
  defaultBranchRef: { name: string; target: { statusCheckRollup?: Rollup | null } | null } | null
  deployments?: { nodes: (DeploymentNode | null)[] | null } | null
  issues: { totalCount: number }
  pullRequests: { totalCount: number; nodes: (PullNode | null)[] }
}

/** A repository's pull requests with reviews, checks, size and conflicts, page by page; each tells of the repository, too. Needs a token. */
export const detailsOf = (repository: string): Query<RepositoryDetails> => {
  const [owner, name] = repository.split('/')
  return {
    path: `/graphql#${repository}`,
    graphql: { query: text, variables: { owner, name } },
    read: (body) => [detailsIn(body as RepositoryNode)],
    isItem: isDetails,
    maxPages: maxPullPages
  }
}

const isDetails = having<RepositoryDetails>({
  branch: maybe(having({ name: isText })),
  openIssues: isCount,
  openPulls: isCount
})

const isPullNode = having<PullNode>({ number: isCount, additions: isCount, deletions: isCount })

const detailsIn = ({ defaultBranchRef, deployments, issues, pullRequests }: RepositoryNode): RepositoryDetails => ({
  branch: defaultBranchRef
    ? { name: defaultBranchRef.name, state: summaryOf(defaultBranchRef.target?.statusCheckRollup).state }
    : undefined,
  deployment: deploymentIn(deployments?.nodes?.[0]),
  openIssues: issues.totalCount,
  openPulls: pullRequests.totalCount,
  pulls: pullRequests.nodes.filter(isPullNode).map((pull) => ({
    number: pull.number,
    headSha: pull.headRefOid,
    additions: pull.additions,
    deletions: pull.deletions,
    hasConflicts: { CONFLICTING: true, MERGEABLE: false }[pull.mergeable],
    // https://docs.github.com/graphql/reference/enums#mergestatestatus
    isMergeable: pull.mergeStateStatus === 'CLEAN' || pull.mergeStateStatus === 'HAS_HOOKS',
    decision: decisionOf(pull),
    checks: summaryOf(pull.commits?.nodes?.[0]?.commit.statusCheckRollup)
  }))
})

// https://docs.github.com/graphql/reference/enums#deploymentstatusstate
const deploymentStates: Record<string, Deployment['state']> = {
  SUCCESS: 'succeeded',
  FAILURE: 'failed',
  ERROR: 'failed',
  IN_PROGRESS: 'running',
  QUEUED: 'waiting',
  PENDING: 'waiting',
  WAITING: 'waiting',
  INACTIVE: 'inactive'
}

function deploymentIn(node: DeploymentNode | null | undefined): Deployment | undefined {
  const { environment, createdAt, latestStatus } = node ?? {}
  const state = latestStatus ? deploymentStates[latestStatus.state] : 'waiting'
  const at = latestStatus?.createdAt ?? createdAt
  // A state that GitHub adds is not shown until its meaning is known.
  return isText(environment) && state && isTime(at) ? { environment, state, at } : undefined
}

/** GitHub decides only where the branch asks for a review; elsewhere the reviews speak for themselves. */
function decisionOf({ reviewDecision, latestOpinionatedReviews }: PullNode): Decision {
  if (reviewDecision === 'APPROVED') return 'approved'
  if (reviewDecision === 'CHANGES_REQUESTED') return 'changes-requested'
  if (reviewDecision === 'REVIEW_REQUIRED') return 'review-required'
  const states = (latestOpinionatedReviews?.nodes ?? []).map((review) => review?.state)
  if (states.includes('CHANGES_REQUESTED')) return 'changes-requested'
  return states.includes('APPROVED') ? 'approved' : 'none'
}

// https://docs.github.com/graphql/reference/enums#checkrunstate, and the states of a status
const bad = new Set(['FAILURE', 'TIMED_OUT', 'CANCELLED', 'ACTION_REQUIRED', 'STARTUP_FAILURE', 'ERROR'])
const ended = new Set([...bad, 'SUCCESS', 'NEUTRAL', 'SKIPPED', 'COMPLETED', 'STALE'])

function summaryOf(rollup: Rollup | null | undefined): CheckSummary {
  if (!rollup) return { state: 'none', count: 0, total: 0 }
  const { checkRunCountsByState, statusContextCountsByState } = rollup.contexts ?? {}
  const counted = [...(checkRunCountsByState ?? []), ...(statusContextCountsByState ?? [])]
  const sum = (fits: (state: string) => boolean) =>
    counted.reduce((total, { state, count }) => total + (fits(state) ? count : 0), 0)
  const total = sum(() => true)
  if (bad.has(rollup.state)) return { state: 'failed', count: sum((state) => bad.has(state)), total }
  if (rollup.state !== 'SUCCESS') return { state: 'running', count: sum((state) => !ended.has(state)), total }
  return { state: 'passed', count: total, total }
}
