import type { Issue, Milestone } from '../model.ts'
import { inOrder, isAscending } from './query.ts'
import { showsState } from './state.ts'

/** How much of a milestone is done, from 0 to 1. */
function completeness({ number }: Milestone, issues: Issue[]): number {
  const its = issues.filter(({ milestone }) => milestone === number)
  return its.length === 0 ? 0 : its.filter(({ state }) => state === 'closed').length / its.length
}

/**
 * The milestones that a list asks for, in its order: https://docs.github.com/rest/issues/milestones#list-milestones. Where
 * GitHub puts those that are due at no time is not documented; here they are the last.
 */
export function filterMilestones(
  milestones: Milestone[],
  issues: Iterable<Issue>,
  query: URLSearchParams
): Milestone[] {
  const all = [...issues]
  const kept = milestones.filter(({ state }) => showsState(query, state))
  return inOrder(kept, isAscending(query, true), (one) =>
    query.get('sort') === 'completeness' ? completeness(one, all) : (one.dueOn ?? '9999')
  )
}
