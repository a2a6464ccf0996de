import type { Account, Release, Visibility } from './model.ts'
import type { Role, Token } from './tokens.ts'

const roles: readonly Role[] = ['pull', 'triage', 'push', 'maintain', 'admin']

/** The part of a repository that decides who sees it. */
export interface Guarded {
  id: number
  owner: Account
  visibility: Visibility
}

/** The caller's role, or undefined when the repository does not exist for this caller (GitHub answers 404). */
export function roleOf(repository: Guarded, viewer: Token | undefined): Role | undefined {
  const everyone = repository.visibility === 'public' ? 'pull' : undefined
  if (!viewer) return everyone
  const given = viewer.roles.get(repository.id)
  if (given !== undefined) return given === 'none' ? everyone : given
  const { owner } = repository
  if (owner.login === viewer.login) return 'admin'
  if (repository.visibility === 'internal' && owner.members.has(viewer.login)) return 'pull'
  return everyone
}

/** Whether a role includes another one. */
export function includes(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed)
}

/** The `permissions` object of a repository. */
export function permissionsOf(role: Role) {
  return {
    admin: includes(role, 'admin'),
    maintain: includes(role, 'maintain'),
    push: includes(role, 'push'),
    triage: includes(role, 'triage'),
    pull: true
  }
}

/** Drafts show to those only who may push (https://docs.github.com/rest/releases/releases#list-releases). */
export const releasesFor = (role: Role, releases: readonly Release[]): Release[] =>
  releases.filter(({ draft }) => !draft || includes(role, 'push'))
