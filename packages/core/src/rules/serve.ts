import { confirmedAt } from '../confirmations.ts'
import type { Entry, Holding } from '../entry.ts'
import type { CacheMode } from '../web-types.ts'
import { type FreshnessAsker, isFresh, isWithin } from './fresh.ts'

/** The caller, and what this member believes: everything that decides whether an entry may be served. */
export interface Asker extends FreshnessAsker {
  anonymous: boolean
  /** When an answer of GitHub last ended this viewer's right to the repository, or to everything; ms, 0 for never. */
  revokedAt: number
  /** An own answer shows the repository to be private now, whatever its entries say. */
  hidden: boolean
  /** This API shows what is public to those without a token too; see `mayRead`. */
  isOpen: boolean
}

export interface Assessment {
  entry: Entry
  /** The asker may get it without asking GitHub first. */
  permitted: boolean
  /** It is young enough to be served without asking GitHub again. */
  fresh: boolean
  /** Viewers get different bodies under this key. */
  varies: boolean
  /** The other bodies under this key, newest first. */
  others: readonly Entry[]
}

/** GitHub's `Date` counts whole seconds, for this member and for the one that tells. */
const clocksMs = 2000

/** The entry of a holding that suits the asker best (permitted, else once confirmed, else newest), and what may be done with it. */
export function assess(holding: Holding | undefined, asker: Asker): Assessment | undefined {
  if (!holding) return undefined
  const varies = holding.entries.some(({ variant }) => variant)
  const assessments = holding.entries.map((entry) => ({
    entry,
    permitted: isPermitted(entry, varies, asker),
    fresh: isFresh(entry, asker),
    varies,
    others: holding.entries.filter((other) => other !== entry)
  }))
  const [newest, ...more] = assessments.filter(({ permitted }) => permitted)
  const seenAt = ({ entry }: Assessment) => confirmedAt(entry.confirmed, asker.viewer) ?? 0
  if (!newest) return assessments.find(seenAt) ?? assessments[0]
  // A member's word may have put one before what this viewer has seen since.
  const asNew = more.filter(({ entry }) => newest.entry.asOf - entry.asOf < clocksMs)
  return asNew.reduce((best, one) => (seenAt(one) > seenAt(best) ? one : best), newest)
}

/**
 * May this viewer get this body without an own answer? What varies, and what is not known to be public, only within the
 * hour of the viewer's own 200 or 304 for that very body; what came from a member, and no 304 has proven, while it is believed.
 */
function isPermitted(entry: Entry, varies: boolean, asker: Asker): boolean {
  if (entry.from !== undefined && !asker.trusts(entry.from)) return false
  const own = confirmedAt(entry.confirmed, asker.viewer)
  if (own !== undefined && own > asker.revokedAt && isWithin(own, asker.limits.confirmationMs, asker)) return true
  if (asker.revokedAt > entry.asOf || !mayRead(entry, asker)) return false
  return !varies || (entry.anonymous && asker.anonymous)
}

/**
 * May this viewer read what everybody may? On github.com that is what is public, with or without a token
 * (https://docs.github.com/repositories/creating-and-managing-repositories/about-repositories#about-repository-visibility).
 * GitHub Enterprise Server in private mode shows nothing without a sign-in, what it calls public included
 * (https://docs.github.com/enterprise-server/admin/configuring-settings/hardening-security-for-your-enterprise/enabling-private-mode).
 * So there a viewer without a token gets only what an answer without a token showed, until such an answer has shown
 * that the server is open. On github.com that would cost pages without a token most of their 60 calls an hour.
 */
function mayRead(entry: Entry, asker: Pick<Asker, 'viewer' | 'anonymous' | 'hidden' | 'isOpen'>): boolean {
  if (!entry.public || entry.local || asker.hidden || confirmedAt(entry.confirmed, asker.viewer) === 0) return false
  return !asker.anonymous || asker.isOpen || entry.anonymous
}

/** Whether `peek` may show it: to its viewer, or where everybody can read it and members could be told. */
export const mayPeek = ({ permitted, entry }: Assessment, asker: Asker, isShareable: boolean): boolean =>
  permitted || (isShareable && mayRead(entry, asker))

/** Stale but better than an error (RFC 9111, section 4.2.4; RFC 5861): how old it may be is the caller's setting. */
export function mayServeStale(assessment: Assessment | undefined, asker: Asker, staleIfErrorMs: number): boolean {
  if (!assessment || Math.max(0, asker.githubNow - assessment.entry.asOf) >= staleIfErrorMs) return false
  const { entry, permitted, varies } = assessment
  if (permitted) return true
  // GitHub cannot confirm it now, so the hour is waived, but not for what was shown to be private or differs between viewers.
  return (
    !isShownPrivate(entry) &&
    !asker.hidden &&
    !varies &&
    isPermitted(entry, varies, { ...asker, limits: { ...asker.limits, confirmationMs: staleIfErrorMs } })
  )
}

/** Of what nothing has shown whether it is private, each viewer's own look counts, and nobody else's: see `isPermitted`. */
const isShownPrivate = (entry: Entry): boolean =>
  !entry.public && (entry.publicAt !== undefined || entry.from !== undefined)

// What a caller's cache mode allows (Fetch standard, "cache mode").
const anyAge = new Set<CacheMode>(['force-cache', 'only-if-cached'])
const askOrigin = new Set<CacheMode>(['no-store', 'reload', 'no-cache'])

/** The entry that may be sent at once, without asking anybody. */
export function servable(mode: CacheMode, assessment: Assessment | undefined): Entry | undefined {
  const may = assessment?.permitted && !askOrigin.has(mode) && (assessment.fresh || anyAge.has(mode))
  return may ? assessment.entry : undefined
}
