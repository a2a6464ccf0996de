import { confirmedAt } from './confirmations.ts'
import type { Entry, Holding } from './entry.ts'
import type { Limits } from './limits.ts'

/** Who asks, and what this member believes: all that decides whether an entry may be served. */
export interface Judgement {
  /** Local fingerprint of the asker's token, or `anonymous`. */
  viewer: string
  anonymous: boolean
  /** GitHub's clock, ms. */
  now: number
  /** How long an answer is fresh, ms, where the user says so instead of GitHub's `max-age`. */
  freshMs?: number
  /** What is older than this was made stale by a write or purge; ms on GitHub's clock. */
  purgedAt: number
  /** When an answer of GitHub last ended this viewer's right to the repository, or to everything; ms, 0 for never. */
  revokedAt: number
  /** An own answer shows the repository to be private now, whatever its entries say. */
  hidden: boolean
  /** This API shows what is public to those without a token too; see `mayRead`. */
  isOpen: boolean
  /** Whether a member's word is enough: with `trust: 'group'`, and while that member has not lost it. */
  trusts(peerId: string | undefined): boolean
  limits: Pick<Limits, 'confirmationMs' | 'clockSkewMs'>
}

export interface Verdict {
  entry: Entry
  /** The asker may get it without asking GitHub first. */
  permitted: boolean
  /** It is young enough to be served without asking GitHub again. */
  fresh: boolean
  /** Viewers get different bodies under this key. */
  varies: boolean
}

/** The entry of a holding that suits the asker best (permitted, else once confirmed, else newest), and what may be done with it. */
export function judge(holding: Holding | undefined, by: Judgement): Verdict | undefined {
  if (!holding) return undefined
  const varies = holding.entries.some(({ variant }) => variant)
  const verdicts = holding.entries.map((entry) => ({
    entry,
    permitted: isPermitted(entry, varies, by),
    fresh: isFresh(entry, by),
    varies
  }))
  return (
    verdicts.find(({ permitted }) => permitted) ??
    verdicts.find(({ entry }) => confirmedAt(entry.confirmed, by.viewer)) ??
    verdicts[0]
  )
}

/**
 * May this viewer get this body without an own answer? What varies, and what is not known to be public, only within the
 * hour of the viewer's own 200 or 304 for that very body; what came from a member, while members are believed.
 */
function isPermitted(entry: Entry, varies: boolean, by: Judgement): boolean {
  const own = confirmedAt(entry.confirmed, by.viewer)
  if (own !== undefined && own > by.revokedAt && isWithin(own, by.limits.confirmationMs, by)) return true
  if (by.revokedAt > entry.asOf || !mayRead(entry, by)) return false
  if (varies && !(entry.anonymous && by.anonymous)) return false
  return entry.from === undefined || by.trusts(entry.from)
}

/**
 * May this viewer read what everybody may? On github.com that is what is public, with or without a token
 * (https://docs.github.com/repositories/creating-and-managing-repositories/about-repositories#about-repository-visibility).
 * GitHub Enterprise Server in private mode shows nothing without a sign-in, what it calls public included
 * (https://docs.github.com/enterprise-server/admin/configuring-settings/hardening-security-for-your-enterprise/enabling-private-mode).
 * So there a viewer without a token gets only what an answer without a token showed, until such an answer has shown
 * that the server is open. On github.com that would cost pages without a token most of their 60 calls an hour.
 */
export function mayRead(entry: Entry, by: Pick<Judgement, 'viewer' | 'anonymous' | 'hidden' | 'isOpen'>): boolean {
  if (!entry.public || entry.local || by.hidden || confirmedAt(entry.confirmed, by.viewer) === 0) return false
  return !by.anonymous || by.isOpen || entry.anonymous
}

function isFresh(entry: Entry, by: Judgement): boolean {
  const lookedAt = Math.max(entry.takenAt ?? 0, ...Object.values(entry.confirmed))
  // Where members are not believed, their touches do not count: only what the asker's own token saw.
  const seen = by.trusts(entry.from) ? entry.asOf : (confirmedAt(entry.confirmed, by.viewer) ?? 0)
  return (
    isWithin(seen, by.freshMs ?? entry.maxAgeMs, by) &&
    seen > by.purgedAt &&
    // What others keep fresh is looked at with an own token all the same, once an hour.
    ((entry.from === undefined && entry.asOf <= lookedAt) || isWithin(lookedAt, by.limits.confirmationMs, by))
  )
}

/** Less than `ms` ago, and not ahead of GitHub's clock: what is, a wrong clock has written, and nobody knows how old it is. */
const isWithin = (at: number, ms: number, { now, limits }: Pick<Judgement, 'now' | 'limits'>): boolean =>
  now - at < ms && at - now <= limits.clockSkewMs

/** Stale but better than an error: how long an answer may be old is the caller's setting. */
export function mayServeStale(verdict: Verdict | undefined, by: Judgement, staleIfErrorMs: number): boolean {
  if (!verdict || Math.max(0, by.now - verdict.entry.asOf) >= staleIfErrorMs) return false
  const { entry, permitted, varies } = verdict
  if (permitted) return true
  // GitHub cannot confirm it now, so the hour is waived, but not for what is private or differs between viewers.
  return (
    entry.public &&
    !by.hidden &&
    !varies &&
    isPermitted(entry, varies, { ...by, limits: { ...by.limits, confirmationMs: staleIfErrorMs } })
  )
}
