import type { CheckRun, Conclusion } from './answers.ts'

export type CheckState = 'failed' | 'running' | 'passed' | 'none'

const bad = new Set<Conclusion>(['failure', 'timed_out', 'cancelled', 'action_required', 'startup_failure'])

/** All checks of a commit in one word, and how many of them stand so. */
export function summarise(checks: CheckRun[]): { state: CheckState; count: number; total: number } {
  const total = checks.length
  const failed = checks.filter(({ conclusion }) => conclusion && bad.has(conclusion)).length
  if (failed > 0) return { state: 'failed', count: failed, total }
  const running = checks.filter(({ status }) => status !== 'completed').length
  if (running > 0) return { state: 'running', count: running, total }
  return { state: total > 0 ? 'passed' : 'none', count: total, total }
}

/** A workflow run as if it were one check. */
export const stateOfRun = (run: Pick<CheckRun, 'status' | 'conclusion'>): CheckState =>
  summarise([{ name: 'run', ...run }]).state
