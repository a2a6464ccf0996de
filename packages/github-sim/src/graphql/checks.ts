import { checkRunJson } from '../data/checks.ts'
import { type Links, nodeId } from '../data/links.ts'
import type { Account, Repository } from '../model.ts'
import { connection } from './connection.ts'
import type { Args, Node } from './execute.ts'

/** A check of a commit, as `GET .../check-runs` lists it; a test's own may leave out the rest. */
export interface Check {
  name: string
  status: string
  conclusion: string | null
  id?: number
  started_at?: string
  completed_at?: string | null
  details_url?: string
}

/** What fields about checks and people need besides the repository. */
export interface DetailsContext {
  links: Links
  /** A body that a test put in place of the real one, by path below the repository. */
  bodyAt(path: string): unknown
  userNode(account: Account): Node
}

/** Bad ends of a check (https://docs.github.com/graphql/reference/enums#checkconclusionstate). */
const failures = new Set(['failure', 'timed_out', 'cancelled', 'action_required', 'startup_failure'])

export function checksOf(repository: Repository, sha: string, { bodyAt, links }: DetailsContext): Check[] {
  const replaced = bodyAt(`/commits/${sha}/check-runs`) as { check_runs: Check[] } | undefined
  if (replaced) return replaced.check_runs
  return repository.runs.filter((run) => run.sha === sha).map((run) => checkRunJson(run, repository, links))
}

export const stateOf = (checks: readonly Check[]): 'FAILURE' | 'PENDING' | 'SUCCESS' => {
  if (checks.some(({ conclusion }) => failures.has(conclusion ?? ''))) return 'FAILURE'
  return checks.some(({ status }) => status !== 'completed') ? 'PENDING' : 'SUCCESS'
}

/** https://docs.github.com/graphql/reference/objects#checkrun; every check is of the one workflow, and no rule requires it. */
const checkNode = (check: Check): Node => ({
  __typename: 'CheckRun',
  id: nodeId('CheckRun', check.id ?? 0),
  name: check.name,
  status: check.status.toUpperCase(),
  conclusion: check.conclusion?.toUpperCase() ?? null,
  startedAt: check.started_at ?? null,
  completedAt: check.completed_at ?? null,
  detailsUrl: check.details_url ?? null,
  isRequired: false,
  checkSuite: {
    __typename: 'CheckSuite',
    workflowRun: { __typename: 'WorkflowRun', workflow: { __typename: 'Workflow', name: 'CI' } }
  }
})

/**
 * All checks of a commit in one word, and each; null where there are none.
 * https://docs.github.com/graphql/reference/objects#statuscheckrollup
 */
function rollupNode(checks: readonly Check[]): Node | null {
  if (checks.length === 0) return null
  const byState = Map.groupBy(checks, ({ status, conclusion }) => (conclusion ?? status).toUpperCase())
  return {
    __typename: 'StatusCheckRollup',
    state: stateOf(checks),
    contexts: (args: Args) => ({
      ...connection('StatusCheckRollupContext', checks, args, checkNode),
      checkRunCount: checks.length,
      checkRunCountsByState: [...byState].map(([state, { length }]) => ({
        __typename: 'CheckRunStateCount',
        state,
        count: length
      })),
      statusContextCount: 0,
      statusContextCountsByState: []
    })
  }
}

/** https://docs.github.com/graphql/reference/objects#commit; `date` is that of a commit which is on no branch here. */
export const commitNode = (repository: Repository, sha: string, context: DetailsContext, date?: string): Node => ({
  __typename: 'Commit',
  id: nodeId('Commit', sha),
  oid: sha,
  committedDate: repository.commits.find((one) => one.sha === sha)?.date ?? date ?? repository.createdAt,
  statusCheckRollup: () => rollupNode(checksOf(repository, sha, context))
})
