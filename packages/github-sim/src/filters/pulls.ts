import type { Issue, Pull, Repository } from '../model.ts'
import { dayMs } from '../time.ts'
import { asksFor, inOrder, isAscending } from './query.ts'
import { showsState } from './state.ts'

const monthMs = 30 * dayMs

type Listed = { issue: Issue; pull: Pull }

/**
 * `head` names an owner and a branch. GitHub ignores one without an owner, as recorded in
 * https://github.com/github/docs/pull/16647.
 */
function hasHead(query: URLSearchParams, { headRef }: Pull, owner: string): boolean {
  const [, user, ref] = /^([^:]*):(.*)$/.exec(query.get('head') ?? '') ?? []
  return user === undefined || (user.toLowerCase() === owner.toLowerCase() && ref === headRef)
}

/** Open for more than a month, with activity within the last one. */
const isLongRunning = ({ state, createdAt, updatedAt }: Issue, now: number) =>
  state === 'open' && now - Date.parse(createdAt) > monthMs && now - Date.parse(updatedAt) < monthMs

/** The pull requests that a list asks for, in its order: https://docs.github.com/rest/pulls/pulls#list-pull-requests */
export function filterPulls(repository: Repository, query: URLSearchParams, now: number): Listed[] {
  const sort = query.get('sort') || 'created'
  const pulls = [...repository.issues.values()].flatMap((issue) => (issue.pull ? [{ issue, pull: issue.pull }] : []))
  const kept = pulls.filter(
    ({ issue, pull }) =>
      showsState(query, issue.state) &&
      hasHead(query, pull, repository.owner.login) &&
      asksFor(query, 'base', repository.defaultBranch) &&
      (sort !== 'long-running' || isLongRunning(issue, now))
  )
  // Numbers go up with time, whatever clock a test injects.
  const numbered = inOrder(kept, true, ({ issue }) => issue.number)
  return inOrder(numbered, isAscending(query, sort !== 'created'), ({ issue }) =>
    sort === 'popularity' ? issue.comments.length : sort === 'updated' ? issue.updatedAt : issue.number
  )
}
