import { appId } from '../data/checks.ts'
import { jobName } from '../data/workflow.ts'
import type { Run } from '../model.ts'
import { asksFor } from './query.ts'

/**
 * The runs whose check run a list asks for: https://docs.github.com/rest/checks/runs#list-check-runs-for-a-git-reference. Each is
 * the only one of its suite, and so the latest: `filter` changes nothing.
 */
export function filterCheckRuns(runs: Run[], query: URLSearchParams): Run[] {
  return filterCheckSuites(runs, query).filter(({ status }) => asksFor(query, 'status', status))
}

/** The runs whose suite a list asks for: https://docs.github.com/rest/checks/suites#list-check-suites-for-a-git-reference */
export function filterCheckSuites(runs: Run[], query: URLSearchParams): Run[] {
  return runs.filter(() => asksFor(query, 'app_id', appId) && asksFor(query, 'check_name', jobName))
}
