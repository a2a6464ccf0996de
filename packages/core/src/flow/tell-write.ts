import type { Purges } from '../cache/purges.ts'
import { graphqlPath } from '../github/api.ts'
import type { ApiRequest } from '../github/request.ts'
import { elsewhere, isNumbered, repositoryOf } from '../github/routes.ts'
import type { Visibility } from '../github/visibility.ts'
import type { Members } from '../members.ts'
import type { Announce } from './announce.ts'

export type Writer = Pick<ApiRequest, 'authorization' | 'viewer'>

export interface TellWriteOptions {
  visibility: Pick<Visibility, 'isHidden' | 'wasPublic' | 'namesOf'>
  purges: Pick<Purges, 'normalise'>
  /** Makes URLs and repositories stale at every member, or at those that hold a token. */
  members: Pick<Members, 'purge' | 'sameToken' | 'canTell'>
  /** The group shares private repositories too. */
  sharesAll: boolean
  /** Looks up whether everybody can read a repository, where that is not known. */
  isPublic: Announce['isPublic']
}

interface Told {
  /** URLs and repositories that a write made stale. */
  targets: readonly string[]
  by: Writer
  asOf: number
  /** It shows only to those that hold the writer's token. */
  isForOne: boolean
}

/** Tells members of a write, each of them no more than what it can hold. */
export function createTellWrite({ visibility, purges, members, sharesAll, isPublic }: TellWriteOptions) {
  async function isForMembers(target: string, by: Writer): Promise<boolean> {
    if (sharesAll) return true
    const name = purges.normalise(target) ?? ''
    if (name === elsewhere || name === graphqlPath) return true
    const repository = name.startsWith('/') ? repositoryOf(name) : name
    if (repository === undefined || visibility.isHidden(repository)) return false
    if (visibility.wasPublic(repository)) return true
    return members.canTell && isPublic(by, repository)
  }

  /** Members may know a repository by its name alone, which the look at it has shown. */
  const namesOf = (target: string): readonly string[] => (isNumbered(target) ? visibility.namesOf(target) : [target])

  return async ({ targets, by, asOf, isForOne }: Told): Promise<void> => {
    const holders = [members.sameToken?.purge(by, targets, asOf)]
    const told: string[] = []
    for (const target of isForOne ? [] : targets) if (await isForMembers(target, by)) told.push(...namesOf(target))
    if (told.length > 0) await members.purge(told, asOf)
    const shown = targets.flatMap(namesOf).filter((name) => !targets.includes(name))
    if (shown.length > 0) holders.push(members.sameToken?.purge(by, shown, asOf))
    await Promise.all(holders)
  }
}
