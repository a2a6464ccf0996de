import { createAccounts, keyOf } from './accounts.ts'
import { firstYoungId } from './data/global-id.ts'
import { newRepository, type RepositoryOptions } from './data/new-repository.ts'
import type { Repository } from './model.ts'
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
  const repositories = new Map<number, Repository>()
  const formerNames = new Map<string, number>()
  const tokens = new Map<string, Token>()
  let lastId = 1_296_000 + between(random, 1, 9999)
  const nextId = () => {
    lastId += between(random, 1, 40)
    return lastId
  }

  const world = {
    ...createAccounts(nextId),
    repositories,
    tokens,
    nextId,
    /** What is made from now on is as young as what GitHub makes today. */
    endSeeding(): void {
      lastId = firstYoungId
    },
    random,
    /** Bodies that tests put in place of the real ones, by `/repositories/{id}/...` or plain path. */
    bodies: new Map<string, unknown>(),
    omitPermissions: false,

    repository(fullName: string): Repository | undefined {
      for (const r of repositories.values()) if (keyOf(r.fullName) === keyOf(fullName)) return r
      return undefined
    },
    /** The repository that had this name before it was renamed. */
    formerly(fullName: string): Repository | undefined {
      return repositories.get(formerNames.get(keyOf(fullName)) ?? -1)
    },
    /** What new objects of seeded data are made with. */
    seed() {
      return { random, nextId, people: [...world.accounts.values()].filter((a) => a.type === 'User') }
    },
    addRepository(options: RepositoryOptions): Repository {
      const [owner = '', name = ''] = options.fullName.split('/')
      if (!owner || !name) throw new TypeError(`fullName must be "owner/name", got "${options.fullName}"`)
      if (world.repository(options.fullName)) throw new TypeError(`repository ${options.fullName} already exists`)
      const account = world.ensureAccount(owner)
      formerNames.delete(keyOf(options.fullName))
      const repository = newRepository(nextId(), account, options, world.seed())
      repositories.set(repository.id, repository)
      return repository
    },
    rename(repository: Repository, name: string): void {
      const fullName = `${repository.owner.login}/${name}`
      const taken = world.repository(fullName)
      if (taken && taken !== repository) throw new TypeError(`repository ${fullName} already exists`)
      formerNames.set(keyOf(repository.fullName), repository.id)
      formerNames.delete(keyOf(fullName))
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
