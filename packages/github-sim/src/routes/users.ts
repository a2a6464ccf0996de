import { type Ask, type Handler, listReply, sinceReply } from '../ask.ts'
import { repositoryJson } from '../data/repository.ts'
import { teamJson } from '../data/team.ts'
import { fullUser, organization, ownUser, simpleUser } from '../data/user.ts'
import {
  collaborates,
  filterOfOrganization,
  filterOfUser,
  filterOwn,
  refusedOwn,
  type Seen
} from '../filters/repositories.ts'
import type { Account, Repository } from '../model.ts'
import { failure, notFound, type Reply, requiresAuthentication } from '../reply.ts'

const ownedBy = (ask: Ask, account: Account) =>
  ask.world.visible(ask.viewer).filter((v) => v.repository.owner === account)

const publicCount = (ask: Ask, account: Account) =>
  ownedBy(ask, account).filter((v) => v.repository.visibility === 'public').length

function repositoryList(ask: Ask, seen: Seen[], canonicalPath: string): Reply {
  const shown = ask.viewer && !ask.world.omitPermissions
  return listReply({ ...ask, canonicalPath }, seen, ({ repository, role }) =>
    repositoryJson(repository, ask.links, shown ? role : undefined)
  )
}

const byId = (ask: Ask) => [...ask.world.accounts.values()].find((a) => String(a.id) === ask.params.id)
const named = (ask: Ask) => ask.world.account(ask.params.login ?? '')

const profile = (ask: Ask, account: Account | undefined): Reply =>
  account
    ? {
        json: fullUser(account, ask.links, publicCount(ask, account), ask.viewer !== undefined),
        lastModified: account.updatedAt
      }
    : notFound()

const orgOf = (account: Account | undefined) => (account?.type === 'Organization' ? account : undefined)

/** Whether a repository of somebody else has an account among its collaborators. */
const isMemberOf = (ask: Ask, { login }: Account, repository: Repository) =>
  repository.owner.login !== login &&
  [...ask.world.tokens.values()].some((token) => token.login === login && collaborates(token, repository))

// Lists go on under the numeric id, as a repository's do.
function reposOf(ask: Ask, account: Account | undefined): Reply {
  if (!account) return notFound()
  const seen = ask.world.visible(ask.viewer)
  const found =
    account.type === 'User'
      ? filterOfUser(seen, ask.query, {
          owner: ({ owner }) => owner === account,
          member: (repository) => isMemberOf(ask, account, repository)
        })
      : filterOfOrganization(ownedBy(ask, account), ask.query)
  return repositoryList(ask, found, `/${account.type === 'User' ? 'user' : 'organizations'}/${account.id}/repos`)
}

/** Routes about users and organizations. */
export const userRoutes: Record<string, Handler> = {
  '/repositories': (ask) =>
    sinceReply(
      ask,
      [...ask.world.repositories.values()].filter(({ visibility }) => visibility === 'public'),
      (repository) => repositoryJson(repository, ask.links, undefined)
    ),
  '/user': (ask) => {
    const account = ask.viewer && ask.world.account(ask.viewer.login)
    if (!account) return requiresAuthentication()
    const isPublic = publicCount(ask, account)
    const hidden = ownedBy(ask, account).length - isPublic
    return { json: ownUser(account, ask.links, isPublic, hidden), lastModified: account.updatedAt }
  },
  '/user/repos': (ask) => {
    const { viewer } = ask
    if (!viewer) return requiresAuthentication()
    const mine = filterOwn(ask.world.visible(viewer), ask.query, viewer)
    return refusedOwn(ask.query) ?? repositoryList(ask, mine, '/user/repos')
  },
  // Of all organizations; the scopes, and that others are refused: https://docs.github.com/rest/teams/teams
  '/user/teams': (ask) => {
    const { viewer, links } = ask
    if (!viewer) return requiresAuthentication()
    if (!/\b(?:user|repo|read:org)\b/.test(viewer.scopes)) {
      return failure(403, 'You need at least read:org scope or user scope or repo scope to list your teams.')
    }
    const mine = ask.world.teams.filter(({ members }) => members.has(viewer.login))
    return listReply(ask, mine, (team) => ({
      ...teamJson(team, links),
      members_count: team.members.size,
      organization: organization(team.organization, links, publicCount(ask, team.organization))
    }))
  },
  '/user/:id{[0-9]+}': (ask) => profile(ask, byId(ask)),
  '/user/:id{[0-9]+}/repos': (ask) => reposOf(ask, byId(ask)),
  '/users': (ask) => sinceReply(ask, [...ask.world.accounts.values()], (account) => simpleUser(account, ask.links)),
  '/users/:login': (ask) => profile(ask, named(ask)),
  '/users/:login/repos': (ask) => reposOf(ask, named(ask)),
  '/orgs/:login': (ask) => {
    const org = orgOf(named(ask))
    if (!org) return notFound()
    return { json: organization(org, ask.links, publicCount(ask, org)), lastModified: org.updatedAt }
  },
  '/orgs/:login/repos': (ask) => reposOf(ask, orgOf(named(ask))),
  '/organizations/:id{[0-9]+}/repos': (ask) => reposOf(ask, orgOf(byId(ask)))
}
