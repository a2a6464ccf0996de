import { LRU } from 'tiny-lru'
import type { Api } from '../github/api.ts'
import type { Limits } from '../limits.ts'
import { type Bucket, createBucket } from '../peers/bucket.ts'
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
 * What to tell of all that was made stale together: one message for each repository, so that nobody hears half of a write.
 * Members of an older version do not know `only`: they take all of the repository for stale, which costs them free 304s.
 */
export function purgesToTell(
  targets: readonly string[],
  { repositoryOf }: Pick<Api, 'repositoryOf'>
): Pick<PurgeMessage, 'target' | 'only'>[] {
  const byRepository = new Map<string, string[]>()
  for (const target of targets) {
    const name = (URL.canParse(target) ? repositoryOf(target) : undefined) ?? target
    byRepository.set(name, [...(byRepository.get(name) ?? []), target])
  }
  return [...byRepository].map(([name, parts]) => {
    const [first = name] = parts
    if (parts.length === 1) return { target: first }
    const isTooMuch = parts.length > maxPurgedAtOnce || parts.join('').length > maxPurgedText || parts.some(isTooLong)
    return isTooMuch || parts.includes(name) ? { target: name } : { target: name, only: parts }
  })
}

const maxPeers = 4096

/** How much members may make stale here: one that says it in any way must not make more stale in the long run than by gossip alone. */
export function createPurgeAllowances(
  limits: Pick<Limits, 'messagesPerSecond' | 'listPurges'>,
  localNow: () => number
): (peerId: string) => Pick<Bucket, 'take'> {
  const allowances = new LRU<Bucket>(maxPeers)
  return (peerId) => {
    const known = allowances.get(peerId) ?? createBucket(limits.messagesPerSecond, limits.listPurges, localNow)
    allowances.set(peerId, known)
    return known
  }
}
