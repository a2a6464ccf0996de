import { createHash } from 'node:crypto'
import { bodyOf, listReply, type RepositoryAsk, type RepositoryHandler } from '../ask.ts'
import { rawToken } from '../data/contents.ts'
import { releaseJson } from '../data/release.ts'
import { fullRepositoryJson } from '../data/repository.ts'
import { simpleUser } from '../data/user.ts'
import type { Account, Release } from '../model.ts'
import { elsewhere, failure, notFound, type Reply, requiresAuthentication } from '../reply.ts'
import type { Role } from '../tokens.ts'
import { includes, permissionsOf, releasesFor, roleOf } from '../visibility.ts'

function show(ask: RepositoryAsk): Reply {
  const { repository, role, viewer, world, links } = ask
  const cloneToken = viewer && repository.visibility !== 'public' ? rawToken(viewer.digest, repository.id, 'clone') : ''
  const view = { role: viewer && !world.omitPermissions ? role : undefined, signedIn: viewer !== undefined, cloneToken }
  const json = fullRepositoryJson(repository, links, view)
  return { json, etagJson: { ...json, ...repository.etagSees }, lastModified: repository.updatedAt }
}

const release = (ask: RepositoryAsk, found: Release | undefined): Reply => {
  const { repository: r, links } = ask
  if (!found) return notFound()
  return { json: releaseJson(found, r.fullName, r.defaultBranch, links), lastModified: found.publishedAt }
}

const roleName = (role: Role) =>
  ({ pull: 'read', triage: 'triage', push: 'write', maintain: 'maintain', admin: 'admin' })[role]

function collaborators(ask: RepositoryAsk): { account: Account; role: Role }[] {
  const found = new Map<string, { account: Account; role: Role }>()
  for (const token of ask.world.tokens.values()) {
    const account = ask.world.account(token.login)
    const role = token.roles.has(ask.repository.id) ? roleOf(ask.repository, token) : undefined
    if (account && role) found.set(account.login, { account, role })
  }
  return [...found.values()]
}

const archive =
  (kind: string) =>
  (ask: RepositoryAsk): Reply => {
    const ref = ask.params.ref || ask.repository.defaultBranch
    const secret =
      ask.repository.visibility === 'public'
        ? ''
        : `?token=${rawToken(ask.viewer?.digest ?? '', ask.repository.id, ref)}`
    return elsewhere(`${ask.links.files}/${ask.repository.fullName}/${kind}/${encodeURIComponent(ref)}${secret}`)
  }

/** Routes about a repository as a whole. */
export const repositoryRoutes: Record<string, RepositoryHandler> = {
  '': show,
  '/languages': ({ repository }) => ({ json: repository.languages }),
  '/topics': ({ repository }) => ({ json: { names: repository.topics } }),
  '/contributors': (ask) => {
    const byLogin = new Map<Account, number>()
    for (const { author } of ask.repository.commits) byLogin.set(author, (byLogin.get(author) ?? 0) + 1)
    const sorted = [...byLogin].sort((a, b) => b[1] - a[1])
    // GitHub's links drop `anon`, seen in hub4j/github-api's recording of `contributors?anon=true`.
    const linkQuery = new URLSearchParams(ask.query)
    linkQuery.delete('anon')
    return listReply(
      ask,
      sorted,
      ([account, contributions]) => ({ ...simpleUser(account, ask.links), contributions }),
      linkQuery
    )
  },
  '/collaborators': (ask) => {
    if (!ask.viewer) return requiresAuthentication()
    if (!includes(ask.role, 'push')) return failure(403, 'Must have push access to view repository collaborators.')
    return listReply(ask, collaborators(ask), ({ account, role }) => ({
      ...simpleUser(account, ask.links),
      permissions: permissionsOf(role),
      role_name: roleName(role)
    }))
  },
  '/subscription': ({ viewer, repository, links }) => {
    if (!viewer) return requiresAuthentication()
    const url = `${links.api}/repos/${repository.fullName}`
    // Differs by viewer, and some have none.
    const subscribed = Number.parseInt(createHash('sha1').update(viewer.login).digest('hex').slice(0, 2), 16) % 4 !== 0
    if (!subscribed) return notFound()
    return {
      json: {
        subscribed: true,
        ignored: false,
        reason: null,
        created_at: repository.createdAt,
        url: `${url}/subscription`,
        repository_url: url
      }
    }
  },
  '/releases': (ask) =>
    listReply(ask, releasesFor(ask.role, ask.repository.releases), (r) =>
      releaseJson(r, ask.repository.fullName, ask.repository.defaultBranch, ask.links)
    ),
  '/releases/latest': (ask) =>
    release(
      ask,
      ask.repository.releases.find((r) => !r.draft && !r.prerelease)
    ),
  '/releases/tags/:tag': (ask) =>
    release(
      ask,
      ask.repository.releases.find((r) => !r.draft && r.tag === ask.params.tag)
    ),
  '/releases/:id{[0-9]+}': (ask) =>
    release(
      ask,
      releasesFor(ask.role, ask.repository.releases).find((r) => String(r.id) === ask.params.id)
    ),
  '/tarball': archive('legacy.tar.gz'),
  '/tarball/:ref{.+}': archive('legacy.tar.gz'),
  '/zipball': archive('legacy.zip'),
  '/zipball/:ref{.+}': archive('legacy.zip')
}

/** `PATCH /repos/{owner}/{repo}`: description, homepage, archived, visibility and name, for admins. */
export const editRepository: RepositoryHandler = (ask) => {
  const { repository, role, world, viewer } = ask
  if (!viewer) return requiresAuthentication()
  if (!includes(role, 'admin')) return failure(403, 'Must have admin rights to Repository.')
  const { name, description, homepage, archived, visibility } = bodyOf(ask)
  if (typeof name === 'string' && name !== repository.name) world.rename(repository, name)
  if (typeof description === 'string') repository.description = description
  if (typeof homepage === 'string') repository.homepage = homepage
  if (typeof archived === 'boolean') repository.archived = archived
  if (visibility === 'public' || visibility === 'private' || visibility === 'internal')
    repository.visibility = visibility
  repository.updatedAt = new Date(ask.now).toISOString().replace(/\.\d+/, '')
  return show(ask)
}
