import type { Answer } from './answer.ts'
import type { CheckRun, Conclusion, PullRequest, WorkflowRun } from './answers.ts'
import { isDenial } from './problem.ts'

export type CheckState = 'failed' | 'running' | 'passed' | 'none'

const bad = new Set<Conclusion>(['failure', 'timed_out', 'cancelled', 'action_required', 'startup_failure'])

/** All checks of a commit in one word, and how many of them stand so. */
export function summarise(checks: readonly Pick<CheckRun, 'status' | 'conclusion'>[]): {
  state: CheckState
  count: number
  total: number
} {
  const total = checks.length
  const failed = checks.filter(({ conclusion }) => conclusion && bad.has(conclusion)).length
  if (failed > 0) return { state: 'failed', count: failed, total }
  const running = checks.filter(({ status }) => status !== 'completed').length
  if (running > 0) return { state: 'running', count: running, total }
  return { state: total > 0 ? 'passed' : 'none', count: total, total }
}

/** A workflow run as if it were one check. */
export const stateOfRun = (run: Pick<CheckRun, 'status' | 'conclusion'>): CheckState => summarise([run]).state

/** Of runs, the newest first, the last one of each workflow: what a schedule started again counts as it ended last. */
export function lastOfEach(runs: readonly WorkflowRun[]): WorkflowRun[] {
  const byWorkflow = new Map(runs.toReversed().map((run) => [run.workflow_id, run]))
  return [...byWorkflow.values()]
}

/** A commit that got no check within this time after its pull request changed gets none. */
const firstCheckMs = 10 * 60_000

/**
 * Whether the checks of a pull request's head are known for good: all have ended, and no workflow of that commit was started
 * again since. A push makes another head. Those that
 * GitHub does not show count, too: asking again for what stays denied would use up the rate limit.
 */
export function areFinished(
  answer: Answer<Pick<CheckRun, 'status' | 'conclusion'>> | undefined,
  { head, updated_at }: Pick<PullRequest, 'head' | 'updated_at'>,
  runs: readonly WorkflowRun[]
): boolean {
  const { data, isMore, source, problem } = answer ?? {}
  if (problem && isDenial(problem)) return true
  if (!data || !source || problem || source.kind === 'stale' || isMore) return false
  if (runs.some((run) => run.head_sha === head.sha && Date.parse(run.updated_at) > source.askedAt)) return false
  if (data.length === 0) return source.askedAt - Date.parse(updated_at) > firstCheckMs
  return data.every(({ status }) => status === 'completed')
}
