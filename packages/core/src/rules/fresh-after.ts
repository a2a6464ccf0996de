import type { Entry } from '../entry.ts'
import type { FreshnessAsker } from './fresh.ts'

/** How long an answer is fresh for the asker, ms; `entry` is what is held of it, if anything. */
export const lifetimeMs = (entry: Entry | undefined, { freshMs, limits }: FreshnessAsker): number =>
  freshMs ?? entry?.maxAgeMs ?? limits.freshMs

/** An answer that GitHub was asked for later than this is fresh for the asker, ms. */
export const freshAfter = (entry: Entry | undefined, asker: FreshnessAsker): number =>
  Math.floor(Math.max(asker.purgedAt, asker.githubNow - lifetimeMs(entry, asker)))
