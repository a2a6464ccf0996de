import type { Links } from './data/links.ts'
import { newComment, newIssue, nextNumber, seedIssue } from './data/new-issue.ts'
import { newCommit, toBytes } from './data/new-repository.ts'
import { fullRepositoryJson } from './data/repository.ts'
import type { Comment, Issue, Repository } from './model.ts'
import type { IssueFields, RepositoryControl } from './repository-controls.ts'
import { iso } from './time.ts'
import type { World } from './world.ts'

/** JSON fields that the simulator keeps as data; all others are only shown. */
const dataFields: Record<string, keyof Repository> = {
  description: 'description',
  homepage: 'homepage',
  language: 'language',
  topics: 'topics',
  archived: 'archived',
  stargazers_count: 'stars',
  forks_count: 'forks',
  subscribers_count: 'subscribers'
}

/** The controls of one repository. */
export function controlRepository(
  repository: Repository,
  world: World,
  links: Links,
  now: () => number
): RepositoryControl {
  const missing = (what: string) => new TypeError(`${repository.fullName} has no ${what}`)
  const touch = () => {
    repository.updatedAt = iso(now())
  }
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
  function apply(issue: Issue, { title, body, state, labels }: IssueFields): void {
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
    issue.updatedAt = iso(now())
  }
  function commit(message: string): string {
    const made = newCommit(repository.files, repository.commits[0]?.sha, repository.owner, message, now())
    repository.commits.unshift(made)
    for (const b of repository.branches) if (b.name === repository.defaultBranch) b.sha = made.sha
    repository.pushedAt = iso(now())
    touch()
    return made.sha
  }

  const control: RepositoryControl = {
    id: repository.id,
    get fullName() {
      return repository.fullName
    },
    get issueNumbers() {
      return [...repository.issues.keys()]
    },
    update(fields, { keepEtag = false } = {}) {
      const view = { role: undefined, signedIn: false, cloneToken: '' }
      const before: Record<string, unknown> = fullRepositoryJson(repository, links, view)
      for (const [name, value] of Object.entries(fields)) {
        if (!keepEtag) delete repository.etagSees[name]
        else if (!(name in repository.etagSees)) repository.etagSees[name] = before[name]
        const kept = dataFields[name]
        if (kept) Object.assign(repository, { [kept]: value })
        else repository.overrides[name] = value
      }
      if (!keepEtag) touch()
    },
    rename(name) {
      world.rename(repository, name)
      touch()
    },
    setVisibility(visibility) {
      repository.visibility = visibility
      touch()
    },
    remove() {
      world.repositories.delete(repository.id)
    },
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
    },
    setFile(path, content) {
      const message = `${repository.files.has(path) ? 'Update' : 'Create'} ${path}`
      repository.files.set(path, toBytes(content))
      return commit(message)
    },
    removeFile(path) {
      if (!repository.files.delete(path)) throw missing(`file ${path}`)
      return commit(`Delete ${path}`)
    },
    addRun({ status = 'queued', conclusion = null, event = 'push' } = {}) {
      const head = repository.commits[0]
      if (!head) throw missing('commit')
      const number = Math.max(0, ...repository.runs.map((r) => r.number)) + 1
      const at = iso(now())
      const id = world.nextId() * 10
      const { sha, message: title, author: actor } = head
      repository.runs.unshift({
        id,
        number,
        sha,
        title,
        actor,
        event,
        status,
        conclusion,
        createdAt: at,
        updatedAt: at
      })
      return id
    },
    editRun(id, fields) {
      const run = repository.runs.find((r) => r.id === id)
      if (!run) throw missing(`run ${id}`)
      Object.assign(run, fields, { updatedAt: iso(now()) })
    },
    addDownloads(count = 1) {
      const asset = repository.releases[0]?.assets[0]
      if (!asset) throw missing('release asset')
      asset.downloads += count
    }
  }
  return control
}
