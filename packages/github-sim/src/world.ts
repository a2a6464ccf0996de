import { newRepository, type RepositoryOptions } from './data/new-repository.ts'
import { newAccount } from './data/user.ts'
import type { Account, Repository, Team } from './model.ts'
import { between, type Random } from './seed.ts'
import type { Role } from './tokens.ts'
import { digestOf, newToken, type Token, type TokenOptions } from './tokens.ts'
import { roleOf } from './visibility.ts'

/** An organization to make. */
export interface OrganizationOptions {
  login: string
  /** Logins of users who see its internal repositories. Default none. */
  members?: string[]
}

/** Everything the simulator knows: accounts, repositories, tokens, replaced bodies. */
export function createWorld(random: Random) {
  const accounts = new Map<string, Account>()
  const repositories = new Map<number, Repository>()
  const formerNames = new Map<string, number>()
  const teams: Team[] = []
  const tokens = new Map<string, Token>()
  let lastId = 1_296_000 + between(random, 1, 9999)
  const nextId = () => {
    lastId += between(random, 1, 40)
    return lastId
  }
  const key = (name: string) => name.toLowerCase()

  const world = {
    accounts,
    repositories,
    teams,
    tokens,
    nextId,
    random,
    /** Bodies that tests put in place of the real ones, by `/repositories/{id}/...` or plain path. */
    bodies: new Map<string, unknown>(),
    omitPermissions: false,

    account(login: string): Account | undefined {
      return accounts.get(key(login))
    },
    /** The account of that name, made when there is none. */
    ensureAccount(login: string, type: Account['type'] = 'User', members: string[] = []): Account {
      const found = accounts.get(key(login))
      if (found) return found
      const id = key(login) === 'octocat' ? 583231 : 1000 + accounts.size
      const account = newAccount(id, login, type, members)
      accounts.set(key(login), account)
      return account
    },
    /** Its members become members of the organization. */
    addTeam(login: string, name: string, members: readonly string[]): Team {
      const organization = world.ensureAccount(login, 'Organization')
      for (const member of members) organization.members.add(world.ensureAccount(member).login)
      const slug = name.toLowerCase().replaceAll(/[^\w]+/g, '-')
      const team = { id: nextId(), name, slug, organization, members: new Set(members) }
      teams.push(team)
      return team
    },
    /** @throws TypeError when there is no such team */
    team(organization: Account, slug: string): Team {
      const found = teams.find((team) => team.organization === organization && team.slug === slug)
      if (!found) throw new TypeError(`there is no team ${organization.login}/${slug}`)
      return found
    },
    repository(fullName: string): Repository | undefined {
      for (const r of repositories.values()) if (key(r.fullName) === key(fullName)) return r
      return undefined
    },
    /** The repository that had this name before it was renamed. */
    formerly(fullName: string): Repository | undefined {
      return repositories.get(formerNames.get(key(fullName)) ?? -1)
    },
    /** What new objects of seeded data are made with. */
    seed() {
      return { random, nextId, people: [...accounts.values()].filter((a) => a.type === 'User') }
    },
    addRepository(options: RepositoryOptions): Repository {
      const [owner = '', name = ''] = options.fullName.split('/')
      if (!owner || !name) throw new TypeError(`fullName must be "owner/name", got "${options.fullName}"`)
      if (world.repository(options.fullName)) throw new TypeError(`repository ${options.fullName} already exists`)
      const account = world.ensureAccount(owner)
      formerNames.delete(key(options.fullName))
      const repository = newRepository(nextId(), account, options, world.seed())
      repositories.set(repository.id, repository)
      return repository
    },
    rename(repository: Repository, name: string): void {
      const fullName = `${repository.owner.login}/${name}`
      const taken = world.repository(fullName)
      if (taken && taken !== repository) throw new TypeError(`repository ${fullName} already exists`)
      formerNames.set(key(repository.fullName), repository.id)
      formerNames.delete(key(fullName))
      Object.assign(repository, { name, fullName })
    },
    addToken(secret: string, options: TokenOptions): Token {
      const { login, label = login } = options
      world.ensureAccount(login)
      const roles: Token['roles'] = new Map()
      for (const [fullName, role] of Object.entries(options.permissions ?? {})) {
        const repository = world.repository(fullName)
        if (!repository) throw new TypeError(`token ${label} has permissions on ${fullName}, which does not exist`)
        roles.set(repository.id, role)
      }
      const token = newToken(secret, options, roles)
      tokens.set(token.digest, token)
      return token
    },
    token(secret: string): Token | undefined {
      return tokens.get(digestOf(secret))
    },
    /** The repositories this caller may see, oldest first. */
    visible(viewer: Token | undefined): { repository: Repository; role: Role }[] {
      return [...repositories.values()].flatMap((repository) => {
        const role = roleOf(repository, viewer)
        return role ? [{ repository, role }] : []
      })
    }
  }
  return world
}

export type World = ReturnType<typeof createWorld>
