import { suiteIdOf } from '../data/workflow.ts'
import type { Repository, Run } from '../model.ts'
import { isInRange } from './date-range.ts'
import { asksFor, asksForLogin } from './query.ts'

/** The runs that a list asks for: https://docs.github.com/rest/actions/workflow-runs#list-workflow-runs-for-a-repository */
export function filterRuns({ runs, defaultBranch }: Repository, query: URLSearchParams): Run[] {
  const created = query.get('created')
  return runs.filter(
    (run) =>
      asksForLogin(query, 'actor', run.actor.login) &&
      asksFor(query, 'branch', defaultBranch) &&
      asksFor(query, 'event', run.event) &&
      asksFor(query, 'status', run.status, run.conclusion) &&
      asksFor(query, 'head_sha', run.sha) &&
      asksFor(query, 'check_suite_id', suiteIdOf(run)) &&
      (!created || isInRange(created, run.createdAt))
  )
}
