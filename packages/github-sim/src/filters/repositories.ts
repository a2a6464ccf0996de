import type { Repository } from '../model.ts'
import { failure, type Reply } from '../reply.ts'
import type { Role, Token } from '../tokens.ts'
import { inOrder, isAscending, isBefore, isSince } from './query.ts'

/** A repository and what a caller may do in it. */
export interface Seen {
  repository: Repository
  role: Role
}

const sorts = {
  created: ({ createdAt }: Repository) => createdAt,
  updated: ({ updatedAt }: Repository) => updatedAt,
  pushed: ({ pushedAt }: Repository) => pushedAt,
  full_name: ({ fullName }: Repository) => fullName.toLowerCase()
}

/** In the order that a list asks for: by name ascending by default, by time descending. */
function sortRepositories(seen: Seen[], query: URLSearchParams, byDefault: keyof typeof sorts): Seen[] {
  const asked = query.get('sort') ?? ''
  const sort = asked in sorts ? (asked as keyof typeof sorts) : byDefault
  return inOrder(seen, isAscending(query, sort === 'full_name'), ({ repository }) => sorts[sort](repository))
}

const isPublic = ({ visibility }: Repository) => visibility === 'public'

/** Whether a token was given a role in a repository. */
export const collaborates = ({ roles }: Token, { id }: Repository) => (roles.get(id) ?? 'none') !== 'none'

function affiliationsOf(repository: Repository, viewer: Token): string[] {
  const { owner } = repository
  if (owner.login === viewer.login) return ['owner']
  return [
    ...(collaborates(viewer, repository) ? ['collaborator'] : []),
    ...(owner.members.has(viewer.login) ? ['organization_member'] : [])
  ]
}

/** Recorded with `GET /user/repos?affiliation=owner&type=all` */
export function refusedOwn(query: URLSearchParams): Reply | undefined {
  if (!query.has('type') || !(query.has('visibility') || query.has('affiliation'))) return undefined
  return failure(422, 'If you specify visibility or affiliation, you cannot specify type.')
}

/** `GET /user/repos`: https://docs.github.com/rest/repos/repos#list-repositories-for-the-authenticated-user */
export function filterOwn(seen: Seen[], query: URLSearchParams, viewer: Token): Seen[] {
  const type = query.get('type')
  const asked = (query.get('affiliation') || 'owner,collaborator,organization_member').split(',')
  const kept = seen.filter(({ repository: r }) => {
    const affiliations = affiliationsOf(r, viewer)
    const visibility = query.get('visibility') ?? type
    if (visibility === (isPublic(r) ? 'private' : 'public')) return false
    if (type === 'owner' || type === 'member') {
      if (affiliations.length === 0 || affiliations.includes('owner') !== (type === 'owner')) return false
    }
    return (
      asked.some((one) => affiliations.includes(one)) && isSince(query, r.updatedAt) && isBefore(query, r.updatedAt)
    )
  })
  return sortRepositories(kept, query, 'full_name')
}

/** `GET /orgs/{org}/repos`; nothing here is a fork: https://docs.github.com/rest/repos/repos#list-organization-repositories */
export function filterOfOrganization(seen: Seen[], query: URLSearchParams): Seen[] {
  const type = query.get('type')
  const kept = seen.filter(
    ({ repository }) => type !== 'forks' && type !== (isPublic(repository) ? 'private' : 'public')
  )
  return sortRepositories(kept, query, 'created')
}

/** `GET /users/{username}/repos`: https://docs.github.com/rest/repos/repos#list-repositories-for-a-user */
export function filterOfUser(
  seen: Seen[],
  query: URLSearchParams,
  is: Record<'owner' | 'member', (repository: Repository) => boolean>
): Seen[] {
  const type = query.get('type') ?? 'owner'
  const kept = seen.filter(
    ({ repository }) => (type !== 'member' && is.owner(repository)) || (type !== 'owner' && is.member(repository))
  )
  return sortRepositories(kept, query, 'full_name')
}
