import { mentions } from '../data/mentions.ts'
import type { Issue, Milestone } from '../model.ts'
import { invalidValue, type Reply } from '../reply.ts'
import { asksForLogin, inOrder, isAscending, isSince } from './query.ts'
import { refusedState, showsState } from './state.ts'

/** A parameter that takes `none`, `*` for any, or what one of the values is. */
const fits = (asked: string | null, values: string[]) =>
  !asked || (asked === 'none' ? values.length === 0 : asked === '*' ? values.length > 0 : values.includes(asked))

/**
 * The refusal of a list that GitHub does not give. An unknown milestone is 422 and no empty list, recorded in 2026 as
 * `{"value":"1","resource":"Issue","field":"milestone","code":"invalid"}`.
 */
export function refusedIssues(query: URLSearchParams, milestones: Milestone[]): Reply | undefined {
  const milestone = query.get('milestone')
  const known = ['none', '*', ...milestones.map(({ number }) => String(number))]
  if (milestone && !known.includes(milestone)) return invalidValue('Issue', 'milestone', milestone)
  return refusedState(query, 'Issue')
}

/** The issues that a list asks for, in its order: https://docs.github.com/rest/issues/issues#list-repository-issues */
export function filterIssues(issues: Issue[], query: URLSearchParams): Issue[] {
  const labels = (query.get('labels') ?? '').split(',').filter(Boolean)
  const [assignee, milestone, type, mentioned, sort] = ['assignee', 'milestone', 'type', 'mentioned', 'sort'].map(
    (name) => query.get(name)
  )
  const kept = issues.filter(
    (issue) =>
      showsState(query, issue.state) &&
      labels.every((label) => issue.labels.includes(label)) &&
      isSince(query, issue.updatedAt) &&
      asksForLogin(query, 'creator', issue.user.login) &&
      fits(
        assignee?.toLowerCase() ?? null,
        issue.assignees.map(({ login }) => login.toLowerCase())
      ) &&
      fits(milestone ?? null, issue.milestone === null ? [] : [String(issue.milestone)]) &&
      // No issue here has a type.
      fits(type ?? null, []) &&
      (!mentioned || mentions(issue, mentioned))
  )
  // Numbers go up with time, whatever clock a test injects.
  const numbered = inOrder(kept, true, ({ number }) => number)
  return inOrder(numbered, isAscending(query, false), ({ comments, updatedAt, number }) =>
    sort === 'comments' ? comments.length : sort === 'updated' ? updatedAt : number
  )
}
