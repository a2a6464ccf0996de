import { confirmedAt } from '../confirmations.ts'
import type { Entry } from '../entry.ts'
import type { Limits } from '../limits.ts'

/** By whose clock and whose word freshness is measured. */
export interface FreshnessAsker {
  /** Local fingerprint of the asker's token, or `anonymous`. */
  viewer: string
  /** GitHub's clock, ms. */
  githubNow: number
  /** How long an answer is fresh, ms, where the user says so instead of GitHub's `max-age`. */
  freshMs?: number | undefined
  /** What is older than this was made stale by a write or purge; ms on GitHub's clock. */
  purgedAt: number
  /** Whether a member's word is enough: with `trust: 'group'`, and while that member has not lost it. */
  trusts(peerId: string | undefined): boolean
  limits: Pick<Limits, 'confirmationMs' | 'clockSkewMs' | 'freshMs'>
}

/** Young enough to be served without asking GitHub again (RFC 9111, section 4.2). */
export function isFresh(entry: Entry, asker: FreshnessAsker): boolean {
  const seenAt = lastSeenAt(entry, asker)
  return (
    isWithin(seenAt, asker.freshMs ?? entry.maxAgeMs, asker) &&
    // A write or purge makes stale whatever is older than itself (RFC 9111, section 4.4).
    seenAt > asker.purgedAt &&
    isLookedAt(entry, asker)
  )
}

/** How long an entry stays fresh, ms; negative once it is stale (RFC 9211, section 2.5). */
export function ttlMs(entry: Entry, asker: FreshnessAsker): number {
  const seenAt = lastSeenAt(entry, asker)
  const ends = [seenAt + (asker.freshMs ?? entry.maxAgeMs)]
  if (seenAt <= asker.purgedAt) ends.push(asker.purgedAt)
  if (!isOwnLook(entry)) ends.push(lookedAt(entry) + asker.limits.confirmationMs)
  const left = Math.min(...ends) - asker.githubNow
  return isFresh(entry, asker) ? left : Math.min(left, 0)
}

/**
 * When somebody whose word counts last saw the body. Where members are not believed, their touches do not count: only what the
 * asker's own token saw.
 */
const lastSeenAt = (entry: Entry, { trusts, viewer }: FreshnessAsker): number =>
  trusts(entry.from) ? entry.asOf : (confirmedAt(entry.confirmed, viewer) ?? 0)

/** Once an hour this member checks with a token of its own, even if other members keep the entry fresh. */
function isLookedAt(entry: Entry, asker: FreshnessAsker): boolean {
  return isOwnLook(entry) || isWithin(lookedAt(entry), asker.limits.confirmationMs, asker)
}

/** Nobody but this member has kept it fresh. */
const isOwnLook = (entry: Entry): boolean => entry.from === undefined && entry.asOf <= lookedAt(entry)

/** When a token of this member last saw the body, or it was taken from a member. */
const lookedAt = ({ takenAt, confirmed }: Entry): number => Math.max(takenAt ?? 0, ...Object.values(confirmed))

/** Less than `ms` ago, and not ahead of GitHub's clock: what is, a wrong clock has written, and nobody knows how old it is. */
export const isWithin = (
  at: number,
  ms: number,
  { githubNow, limits }: Pick<FreshnessAsker, 'githubNow' | 'limits'>
): boolean => githubNow - at < ms && at - githubNow <= limits.clockSkewMs
