import type { Ask } from '../ask.ts'
import { isGlobalId } from '../data/global-id.ts'
import type { Issue, Repository } from '../model.ts'
import type { Role } from '../tokens.ts'
import type { NodeContext } from './discussion.ts'
import { FieldError } from './execute.ts'
import { userNode } from './user.ts'

/** What the nodes of a repository need of a request. */
export const contextOf = ({ world, viewer, links }: Ask, { id }: Repository): NodeContext => ({
  links,
  login: viewer?.login,
  bodyAt: (path) => world.bodies.get(`/repositories/${id}${path}`),
  userNode: (account) => userNode(account, links)
})

/** The issue or pull request with a node's id, where the caller may see it. */
export function findDiscussion(
  { world, viewer }: Ask,
  id: unknown
): { issue: Issue; repository: Repository; role: Role } | undefined {
  const names = ({ pull, ...issue }: Issue, home: number) =>
    pull ? isGlobalId(id, 'PullRequest', home, pull.id) : isGlobalId(id, 'Issue', home, issue.id)
  for (const { repository, role } of world.visible(viewer))
    for (const issue of repository.issues.values()) if (names(issue, repository.id)) return { issue, repository, role }
  return undefined
}

export const unresolved = (id: unknown) =>
  new FieldError('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`)
