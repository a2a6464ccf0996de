import { invalidValue, type Reply } from '../reply.ts'

type State = 'open' | 'closed'

/** Whether a list whose default is `open` shows something in this state. */
export function showsState(query: URLSearchParams, state: State): boolean {
  const asked = query.get('state') || 'open'
  return asked === 'all' || asked === state
}

/**
 * The refusal of a list whose `state` is unknown. 422 is described (https://docs.github.com/rest/issues/issues and
 * https://docs.github.com/rest/pulls/pulls); that the error names the value is taken from how an unknown milestone is refused.
 */
export function refusedState(query: URLSearchParams, resource: 'Issue' | 'PullRequest'): Reply | undefined {
  const state = query.get('state')
  return !state || ['open', 'closed', 'all'].includes(state) ? undefined : invalidValue(resource, 'state', state)
}
