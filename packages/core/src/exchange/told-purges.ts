import type { Api } from '../github/api.ts'
import { elsewhere } from '../github/routes.ts'
import type { Bucket } from '../peers/bucket.ts'
import { type Gossip, maxOnlyText, maxPurgedAtOnce } from '../protocol/wire.ts'

type PurgeMessage = Extract<Gossip, { type: 'purge' }>

/** What was made stale, as a message names it, and when, ms on GitHub's clock. */
export type ToldPurge = Pick<PurgeMessage, 'target' | 'only' | 'asOf'>

/** All of a repository is one mark, however much of it a member names. */
export const targetsIn = (
  { target, only = [target] }: ToldPurge,
  allowance: Pick<Bucket, 'take'>
): readonly string[] => (allowance.take(only.length) ? only : [target])

/** Characters of all in one message: a question has room for 4 KiB. */
const maxPurgedText = 3000
const isTooLong = ({ length }: string) => length > maxOnlyText

/**
 * What to tell of all that was made stale together: one message for each repository and one for what is elsewhere, so that nobody
 * hears half of a write.
 * Members of an older version do not know `only`: they take all of that for stale, which costs them free 304s.
 */
export function purgesToTell(
  targets: readonly string[],
  { repositoryOf, urlOf }: Pick<Api, 'repositoryOf' | 'urlOf'>
): Pick<PurgeMessage, 'target' | 'only'>[] {
  const byRepository = new Map<string, string[]>()
  for (const target of targets) {
    const name = URL.canParse(target) ? (repositoryOf(target) ?? urlOf(elsewhere)) : target
    byRepository.set(name, [...(byRepository.get(name) ?? []), target])
  }
  return [...byRepository].map(([name, parts]) => {
    const [first = name] = parts
    if (parts.length === 1) return { target: first }
    const isTooMuch = parts.length > maxPurgedAtOnce || parts.join('').length > maxPurgedText || parts.some(isTooLong)
    return isTooMuch || parts.includes(name) ? { target: name } : { target: name, only: parts }
  })
}
