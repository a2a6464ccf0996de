import { newAccount } from './data/user.ts'
import type { Account, Team } from './model.ts'

/** GitHub takes names that differ only in case for the same. */
export const keyOf = (name: string): string => name.toLowerCase()

/** Users and organizations, and the teams of these. */
export function createAccounts(nextId: () => number) {
  const accounts = new Map<string, Account>()
  const teams: Team[] = []

  /** The account of that name, made when there is none. */
  function ensureAccount(login: string, type: Account['type'] = 'User', members: string[] = []): Account {
    const found = accounts.get(keyOf(login))
    if (found) return found
    const id = keyOf(login) === 'octocat' ? 583231 : 1000 + accounts.size
    const account = newAccount(id, login, type, members)
    accounts.set(keyOf(login), account)
    return account
  }

  return {
    accounts,
    teams,
    ensureAccount,
    account: (login: string): Account | undefined => accounts.get(keyOf(login)),
    /** Its members become members of the organization. */
    addTeam(login: string, name: string, members: readonly string[]): Team {
      const organization = ensureAccount(login, 'Organization')
      for (const member of members) organization.members.add(ensureAccount(member).login)
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
    }
  }
}
