import type { Limits } from './limits.ts'

/**
 * What each viewer's own answers last said of a body, ms on GitHub's clock: when a 200 or 304 showed it, or, as a negative
 * number, when an answer ended the viewer's right to it. Never leaves this machine.
 */
export type Confirmations = Readonly<Record<string, number>>

/** Stands for every viewer that is not named: ends that there was no more room for. No viewer is called so. */
const everybodyElse = '*'

/** Looks that are kept whatever their age: what was seen once is a better guess than what never was. */
const keptLooks = 8

/** The later of two answers; of two at the same time the one that ends the right. */
const later = (a: number, b: number): number =>
  Math.abs(a) === Math.abs(b) ? Math.min(a, b) : Math.abs(a) > Math.abs(b) ? a : b

/** With one more answer: `at` as in `Confirmations`. */
export const withAnswer = (known: Confirmations, viewer: string, at: number): Confirmations => ({
  ...known,
  [viewer]: later(known[viewer] ?? at, at)
})

/** What both say, in either order. */
export const uniteConfirmations = (a: Confirmations, b: Confirmations): Confirmations =>
  Object.entries(b).reduce<Confirmations>((all, [viewer, at]) => withAnswer(all, viewer, at), a)

/** When a viewer last saw the body; 0 after an answer that ended its right; undefined where neither is known. */
export function confirmedAt(known: Confirmations, viewer: string): number | undefined {
  const endedAt = Math.abs(known[everybodyElse] ?? 0)
  const own = known[viewer]
  if (own === undefined && endedAt === 0) return undefined
  return Math.max(0, own !== undefined && own > endedAt ? own : 0)
}

/**
 * Without what says nothing any more: looks that are too old to be served by, and ends that are older than anything that
 * could give the body to their viewers again. Of each kind only the newest stay. Looks may go at any time, for that costs a
 * free question of GitHub; for the ends that go, everybody who has not looked since has to ask. The same object where all stays.
 */
export function pruneConfirmations(
  known: Confirmations,
  githubNow: number,
  { confirmationMs, visibilityMs, viewersPerBody }: Pick<Limits, 'confirmationMs' | 'visibilityMs' | 'viewersPerBody'>
): Confirmations {
  const all = Object.entries(known)
  if (all.length <= keptLooks) return known
  const newestFirst = all.sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
  const looks = newestFirst.filter(([, at]) => at > 0)
  const ends = newestFirst.filter(([viewer, at]) => at <= 0 && viewer !== everybodyElse)
  const forgotten = ends[viewersPerBody]?.[1] ?? 0
  const kept = [
    ...looks.filter(([, at], i) => i < keptLooks || githubNow - at < confirmationMs).slice(0, viewersPerBody),
    // A body that was public stays so for a day after it was last looked at, which is once an hour.
    ...[...ends.slice(0, viewersPerBody), [everybodyElse, later(known[everybodyElse] ?? 0, forgotten)] as const].filter(
      ([, at]) => at < 0 && githubNow + at < visibilityMs + confirmationMs
    )
  ]
  return kept.length === all.length && forgotten === 0 ? known : Object.fromEntries(kept)
}
