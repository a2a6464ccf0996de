import type { Comment, Issue } from '../model.ts'
import { inOrder, isAscending, isSince } from './query.ts'

/**
 * The comments that a repository's list asks for, by id if it does not say otherwise; `direction` counts only beside `sort`:
 * https://docs.github.com/rest/issues/comments#list-issue-comments-for-a-repository
 */
export function filterComments(issues: Iterable<Issue>, query: URLSearchParams): { issue: Issue; comment: Comment }[] {
  const all = [...issues].flatMap((issue) => issue.comments.map((comment) => ({ issue, comment })))
  const kept = all.filter(({ comment }) => isSince(query, comment.updatedAt))
  const byId = inOrder(kept, true, ({ comment }) => comment.id)
  const sort = query.get('sort')
  if (!sort) return byId
  const key = sort === 'updated' ? 'updatedAt' : 'createdAt'
  return inOrder(byId, isAscending(query, true), ({ comment }) => comment[key])
}
