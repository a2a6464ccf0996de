import { bodyOf, type RepositoryAsk, type RepositoryHandler } from '../ask.ts'
import { commentJson } from '../data/issue.ts'
import { newComment, newIssue, nextNumber } from '../data/new-issue.ts'
import type { Account } from '../model.ts'
import { invalid, invalidValue, notFound, type Reply } from '../reply.ts'
import { iso } from '../time.ts'
import { includes } from '../visibility.ts'
import { applyFields, applyState, refusedFields, touch } from './issue-fields.ts'
import { commentOf, issueOf, showIssue } from './issues.ts'
import { forbidden, signedIn } from './signed-in.ts'

const mayEdit = (ask: RepositoryAsk, user: Account, author: Account) => user === author || includes(ask.role, 'triage')

const created = (reply: Reply, url: string): Reply => ({ ...reply, status: 201, headers: { location: url } })

const createIssue = signedIn((ask, user) => {
  const { title } = bodyOf(ask)
  if (typeof title !== 'string' && typeof title !== 'number') return invalid('Issue', 'title', 'missing_field')
  const refused = refusedFields(ask)
  if (refused) return refused
  const { repository, world } = ask
  const issue = newIssue(world.nextId(), nextNumber(repository), user, String(title), ask.now)
  repository.issues.set(issue.number, issue)
  applyFields(ask, issue)
  return created(showIssue(ask, issue), `${ask.links.api}/repos/${repository.fullName}/issues/${issue.number}`)
})

const editIssue = signedIn((ask, user) => {
  const issue = issueOf(ask)
  if (!issue) return notFound()
  if (!mayEdit(ask, user, issue.user)) return forbidden()
  // A new issue has no `state` to choose. That the error names the value is assumed, as for lists.
  const { state } = bodyOf(ask)
  if (state !== undefined && state !== 'open' && state !== 'closed') return invalidValue('Issue', 'state', state)
  const refused = refusedFields(ask)
  if (refused) return refused
  applyState(ask, issue)
  applyFields(ask, issue)
  return showIssue(ask, issue)
})

const createComment = signedIn((ask, user) => {
  const issue = issueOf(ask)
  if (!issue) return notFound()
  const { body } = bodyOf(ask)
  if (typeof body !== 'string' || body === '') return invalid('IssueComment', 'body', 'missing_field')
  const comment = newComment(ask.world.nextId(), user, body, ask.now)
  issue.comments.push(comment)
  touch(ask, issue)
  const json = commentJson(comment, issue, ask.repository, ask.links)
  return created({ json }, json.url)
})

const editComment = signedIn((ask, user) => {
  const found = commentOf(ask)
  if (!found) return notFound()
  const { comment, issue } = found
  if (!mayEdit(ask, user, comment.user)) return forbidden()
  const { body } = bodyOf(ask)
  if (typeof body !== 'string' || body === '') return invalid('IssueComment', 'body', 'missing_field')
  comment.body = body
  comment.updatedAt = iso(ask.now)
  touch(ask, issue)
  return { json: commentJson(comment, issue, ask.repository, ask.links) }
})

const deleteComment = signedIn((ask, user) => {
  const found = commentOf(ask)
  if (!found) return notFound()
  const { comment, issue } = found
  if (!mayEdit(ask, user, comment.user)) return forbidden()
  issue.comments.splice(issue.comments.indexOf(comment), 1)
  touch(ask, issue)
  return { status: 204 }
})

/** Writing issues and comments, by `METHOD path`. */
export const issueWrites: Record<string, RepositoryHandler> = {
  'POST /issues': createIssue,
  'PATCH /issues/:number{[0-9]+}': editIssue,
  'POST /issues/:number{[0-9]+}/comments': createComment,
  'PATCH /issues/comments/:id{[0-9]+}': editComment,
  'DELETE /issues/comments/:id{[0-9]+}': deleteComment
}
