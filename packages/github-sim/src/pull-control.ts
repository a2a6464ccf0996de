import { newIssue, nextNumber } from './data/new-issue.ts'
import { missingIn } from './issue-control.ts'
import type { Issue, Pull, Repository } from './model.ts'
import type { PullControl, PullFields } from './repository-controls.ts'
import { hex } from './seed.ts'
import { iso } from './time.ts'
import type { World } from './world.ts'

export function controlPulls(repository: Repository, world: World, now: () => number): PullControl {
  function pullAt(number: number): { issue: Issue; pull: Pull } {
    const issue = repository.issues.get(number)
    if (!issue?.pull) throw missingIn(repository)(`pull request ${number}`)
    return { issue, pull: issue.pull }
  }

  function apply(issue: Issue, pull: Pull, fields: PullFields): void {
    const { title, body, headRef, draft, requestedReviewers, requestedTeams, reviews, mergeable, size, headSha } =
      fields
    const { createdAt, updatedAt } = fields
    issue.updatedAt = updatedAt ?? iso(now())
    if (createdAt !== undefined) issue.createdAt = createdAt
    if (title !== undefined) issue.title = title
    if (body !== undefined) issue.body = body
    if (headRef !== undefined) pull.headRef = headRef
    if (draft !== undefined) pull.draft = draft
    if (mergeable !== undefined) pull.mergeable = mergeable
    if (headSha !== undefined) pull.headSha = headSha
    if (size) pull.changes = [{ path: 'src/index.js', ...size, blob: hex(world.random, 40) }]
    if (requestedReviewers) pull.requestedReviewers = requestedReviewers.map((login) => world.ensureAccount(login))
    if (requestedTeams) pull.requestedTeams = requestedTeams.map((slug) => world.team(repository.owner, slug))
    if (reviews) {
      pull.reviews = reviews.map(({ user, state }) => ({
        id: world.nextId(),
        user: world.ensureAccount(user),
        body: '',
        state,
        submittedAt: issue.updatedAt
      }))
    }
  }

  return {
    addPull(fields = {}) {
      const number = nextNumber(repository)
      const user = fields.user === undefined ? repository.owner : world.ensureAccount(fields.user)
      const issue = newIssue(world.nextId(), number, user, fields.title ?? `Pull request ${number}`, now())
      const pull: Pull = {
        id: world.nextId(),
        headRef: `patch-${number}`,
        headSha: hex(world.random, 40),
        baseSha: repository.commits[0]?.sha ?? hex(world.random, 40),
        draft: false,
        mergedAt: null,
        changes: [{ path: 'src/index.js', additions: 1, deletions: 0, blob: hex(world.random, 40) }],
        reviews: []
      }
      issue.pull = pull
      apply(issue, pull, fields)
      repository.issues.set(number, issue)
      return number
    },
    editPull(number, fields) {
      const { issue, pull } = pullAt(number)
      apply(issue, pull, fields)
    },
    headOf: (number) => pullAt(number).pull.headSha
  }
}
