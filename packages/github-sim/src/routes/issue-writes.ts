import { bodyOf, namesOf, type RepositoryAsk, type RepositoryHandler } from '../ask.ts'
import { commentJson, labelJson } from '../data/issue.ts'
import { newComment, newIssue, nextNumber } from '../data/new-issue.ts'
import type { Account, Issue } from '../model.ts'
import { failure, invalid, notFound, type Reply, requiresAuthentication } from '../reply.ts'
import { iso } from '../time.ts'
import { includes } from '../visibility.ts'
import { commentOf, issueOf, showIssue } from './issues.ts'

const forbidden = () => failure(403, 'Must have admin rights to Repository.')

/** Runs the handler for a caller with an account, in a repository that is not archived. */
const signedIn =
  (handler: (ask: RepositoryAsk, user: Account) => Reply): RepositoryHandler =>
  (ask) => {
    const user = ask.viewer && ask.world.account(ask.viewer.login)
    if (!user) return requiresAuthentication()
    if (ask.repository.archived) return failure(403, 'Repository was archived so is read-only.')
    return handler(ask, user)
  }

const mayEdit = (ask: RepositoryAsk, user: Account, author: Account) => user === author || includes(ask.role, 'triage')

function touch(ask: RepositoryAsk, issue: Issue): void {
  issue.updatedAt = iso(ask.now)
}

/** Labels that do not exist are made, as GitHub does for those who may. */
function ensureLabels(ask: RepositoryAsk, names: string[]): void {
  const { repository, world } = ask
  for (const name of names) {
    if (repository.labels.some((l) => l.name === name)) continue
    repository.labels.push({ id: world.nextId(), name, color: 'ededed', description: null })
  }
}

function applyFields(ask: RepositoryAsk, issue: Issue): void {
  const { title, body, state, state_reason, labels, assignees, milestone } = bodyOf(ask)
  if (typeof title === 'string') issue.title = title
  if (typeof body === 'string' || body === null) issue.body = body
  if (state === 'open' || state === 'closed') {
    issue.stateReason =
      state === 'closed' ? String(state_reason ?? 'completed') : issue.state === 'closed' ? 'reopened' : null
    issue.closedAt = state === 'closed' ? iso(ask.now) : null
    issue.state = state
  }
  if (includes(ask.role, 'triage')) {
    if (labels !== undefined) {
      issue.labels = namesOf(labels)
      ensureLabels(ask, issue.labels)
    }
    if (Array.isArray(assignees)) {
      issue.assignees = namesOf(assignees).flatMap((login) => ask.world.account(login) ?? [])
    }
    if (typeof milestone === 'number' || milestone === null) issue.milestone = milestone
  }
  touch(ask, issue)
}

const created = (reply: Reply, url: string): Reply => ({ ...reply, status: 201, headers: { location: url } })

const labelList = (ask: RepositoryAsk, issue: Issue): Reply => ({
  json: ask.repository.labels
    .filter((l) => issue.labels.includes(l.name))
    .map((l) => labelJson(l, ask.repository, ask.links))
})

/** A change of an issue's labels, for those with the triage role. */
const relabel = (change: (ask: RepositoryAsk, issue: Issue, names: string[]) => Reply | undefined) =>
  signedIn((ask) => {
    const issue = issueOf(ask)
    if (!issue) return notFound()
    if (!includes(ask.role, 'triage')) return forbidden()
    const names = namesOf(Array.isArray(ask.body) ? ask.body : bodyOf(ask).labels)
    const refused = change(ask, issue, names)
    if (refused) return refused
    ensureLabels(ask, issue.labels)
    touch(ask, issue)
    return labelList(ask, issue)
  })

const createIssue = signedIn((ask, user) => {
  const { title } = bodyOf(ask)
  if (typeof title !== 'string' || title === '') return invalid('Issue', 'title', 'missing_field')
  const { repository, world } = ask
  const issue = newIssue(world.nextId(), nextNumber(repository), user, title, ask.now)
  repository.issues.set(issue.number, issue)
  applyFields(ask, issue)
  return created(showIssue(ask, issue), `${ask.links.api}/repos/${repository.fullName}/issues/${issue.number}`)
})

const editIssue = signedIn((ask, user) => {
  const issue = issueOf(ask)
  if (!issue) return notFound()
  if (!mayEdit(ask, user, issue.user)) return forbidden()
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

/** Writing issues, comments and labels, by `METHOD path`. */
export const issueWrites: Record<string, RepositoryHandler> = {
  'POST /issues': createIssue,
  'PATCH /issues/:number{[0-9]+}': editIssue,
  'POST /issues/:number{[0-9]+}/comments': createComment,
  'PATCH /issues/comments/:id{[0-9]+}': editComment,
  'DELETE /issues/comments/:id{[0-9]+}': deleteComment,
  'POST /issues/:number{[0-9]+}/labels': relabel((_ask, issue, names) => {
    issue.labels = [...new Set([...issue.labels, ...names])]
    return undefined
  }),
  'PUT /issues/:number{[0-9]+}/labels': relabel((_ask, issue, names) => {
    issue.labels = names
    return undefined
  }),
  'DELETE /issues/:number{[0-9]+}/labels': relabel((_ask, issue) => {
    issue.labels = []
    return undefined
  }),
  'DELETE /issues/:number{[0-9]+}/labels/:name': relabel((ask, issue) => {
    if (!issue.labels.includes(ask.params.name ?? '')) return failure(404, 'Label does not exist')
    issue.labels = issue.labels.filter((l) => l !== ask.params.name)
    return undefined
  })
}
