import { newComment, newIssue, nextNumber, seedIssue } from './data/new-issue.ts'
import type { Comment, Issue, Repository } from './model.ts'
import type { IssueFields, RepositoryControl } from './repository-controls.ts'
import { iso } from './time.ts'
import type { World } from './world.ts'

/** The error of a control that names something the repository does not have. */
export const missingIn = (repository: Repository) => (what: string) =>
  new TypeError(`${repository.fullName} has no ${what}`)

function setFields(
  issue: Issue,
  { title, body, state, labels, fieldValues, parent }: IssueFields,
  { repository, world, now }: { repository: Repository; world: World; now: () => number }
): void {
  if (title !== undefined) issue.title = title
  if (body !== undefined) issue.body = body
  if (labels !== undefined) issue.labels = labels
  for (const name of labels ?? []) {
    if (repository.labels.some((l) => l.name === name)) continue
    repository.labels.push({ id: world.nextId(), name, color: 'ededed', description: null })
  }
  if (state !== undefined) {
    issue.state = state
    issue.stateReason = state === 'closed' ? 'completed' : null
    issue.closedAt = state === 'closed' ? iso(now()) : null
  }
  if (fieldValues !== undefined)
    issue.fieldValues = fieldValues.map(({ visibility = 'organization_members_only', ...field }) => ({
      id: world.nextId(),
      visibility,
      ...field
    }))
  if (parent !== undefined) {
    const { id } = world.repository(parent.repository) ?? {}
    if (id === undefined) throw missingIn(repository)(`parent in ${parent.repository}`)
    issue.parent = { repositoryId: id, number: parent.number }
  }
  issue.updatedAt = iso(now())
}

/** The controls of a repository's issues and their comments. */
export function controlIssues(
  repository: Repository,
  world: World,
  now: () => number
): Pick<
  RepositoryControl,
  | 'setIssues'
  | 'addIssue'
  | 'editIssue'
  | 'removeIssue'
  | 'addComment'
  | 'editComment'
  | 'removeComment'
  | 'addReference'
> {
  const missing = missingIn(repository)
  const account = (login: string | undefined) => (login ? world.ensureAccount(login) : repository.owner)

  function issueAt(number: number): Issue {
    const issue = repository.issues.get(number)
    if (!issue) throw missing(`issue ${number}`)
    return issue
  }
  function commentAt(id: number): { issue: Issue; comment: Comment } {
    for (const issue of repository.issues.values()) {
      const comment = issue.comments.find((c) => c.id === id)
      if (comment) return { issue, comment }
    }
    throw missing(`comment ${id}`)
  }
  const apply = (issue: Issue, fields: IssueFields) => setFields(issue, fields, { repository, world, now })

  return {
    setIssues(count) {
      repository.issues.clear()
      repository.lastNumber = 0
      const seed = world.seed()
      for (let n = 0; n < count; n++) seedIssue(repository, seed, true)
    },
    addIssue(fields = {}) {
      const number = nextNumber(repository)
      const issue = newIssue(world.nextId(), number, account(fields.user), fields.title ?? `Issue ${number}`, now())
      apply(issue, fields)
      repository.issues.set(number, issue)
      return number
    },
    editIssue(number, fields) {
      apply(issueAt(number), fields)
    },
    removeIssue(number) {
      issueAt(number)
      repository.issues.delete(number)
    },
    addComment(number, { body = 'A comment', user } = {}) {
      const issue = issueAt(number)
      const comment = newComment(world.nextId(), account(user), body, now())
      issue.comments.push(comment)
      issue.updatedAt = iso(now())
      return comment.id
    },
    editComment(id, body) {
      const { comment, issue } = commentAt(id)
      comment.body = body
      comment.updatedAt = issue.updatedAt = iso(now())
    },
    removeComment(id) {
      const { comment, issue } = commentAt(id)
      issue.comments.splice(issue.comments.indexOf(comment), 1)
      issue.updatedAt = iso(now())
    },
    addReference(number, from) {
      const other = world.repository(from.repository)
      if (!other?.issues.has(from.number)) throw missing(`reference from ${from.repository}#${from.number}`)
      const reference = { repositoryId: other.id, number: from.number, createdAt: iso(now()) }
      const issue = issueAt(number)
      issue.references = [...(issue.references ?? []), reference]
    }
  }
}
