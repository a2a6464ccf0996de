import type { Account, Comment, Issue, Repository } from '../model.ts'
import { between, hex, pick, type Random } from '../seed.ts'
import { changeTitle, issueBody, issueTitle, remark } from '../text.ts'
import { dataTime, hourMs, iso } from '../time.ts'

/** What seeded issues are made with. */
export interface Seed {
  random: Random
  nextId: () => number
  people: Account[]
}

/** The next number that neither an issue nor a pull request has or had. */
export function nextNumber(repository: Repository): number {
  repository.lastNumber++
  return repository.lastNumber
}

export function newComment(id: number, user: Account, body: string, at: number): Comment {
  return { id, user, body, createdAt: iso(at), updatedAt: iso(at) }
}

/** An open issue without labels or comments. */
export function newIssue(id: number, number: number, user: Account, title: string, at: number): Issue {
  return {
    id,
    number,
    title,
    body: null,
    user,
    state: 'open',
    stateReason: null,
    labels: [],
    assignees: [],
    milestone: null,
    locked: false,
    createdAt: iso(at),
    updatedAt: iso(at),
    closedAt: null,
    comments: []
  }
}

/** Adds one issue with made-up text; higher numbers are younger. Every fourth is closed when `open` is not asked for. */
export function seedIssue(repository: Repository, { random, nextId, people }: Seed, open = false): Issue {
  const number = nextNumber(repository)
  const at = dataTime - Math.max(1, 2000 - number) * hourMs
  const issue = newIssue(nextId(), number, pick(random, people), issueTitle(random), at)
  issue.body = issueBody(random)
  issue.labels = random() < 0.6 ? [pick(random, repository.labels).name] : []
  if (random() < 0.3) issue.assignees = [pick(random, people)]
  if (random() < 0.2) issue.milestone = repository.milestones[0]?.number ?? null
  for (let n = between(random, 0, 2); n > 0; n--) {
    issue.comments.push(newComment(nextId(), pick(random, people), remark(random), at + 60_000 * (5 - n)))
  }
  if (!open && number % 4 === 0) {
    Object.assign(issue, { state: 'closed', stateReason: 'completed', closedAt: issue.updatedAt })
  }
  repository.issues.set(number, issue)
  return issue
}

/** Adds one pull request with a changed file and a review. Every third is merged. */
export function seedPull(repository: Repository, seed: Seed): Issue {
  const { random, nextId, people } = seed
  const issue = seedIssue(repository, seed, true)
  issue.title = changeTitle(random)
  const merged = issue.number % 3 === 0
  if (merged) Object.assign(issue, { state: 'closed', closedAt: issue.updatedAt })
  const head = repository.commits[0]?.sha ?? hex(random, 40)
  issue.pull = {
    id: nextId(),
    headRef: `patch-${issue.number}`,
    headSha: hex(random, 40),
    baseSha: head,
    draft: false,
    mergedAt: merged ? issue.updatedAt : null,
    changes: ['src/index.js', 'README.md'].map((path) => ({
      path,
      additions: between(random, 1, 9),
      deletions: between(random, 0, 4),
      blob: hex(random, 40)
    })),
    reviews: [
      { id: nextId(), user: pick(random, people), body: 'Looks good.', state: 'APPROVED', submittedAt: issue.updatedAt }
    ]
  }
  return issue
}
