import type { Known, Route } from './address-book.ts'

/**
 * The most rounds between two passes over a way's addresses; doubled after each failed pass up to this. A peer that was
 * reached before is probably soon back; one that never was may be invented.
 */
const maxRoundsBetween = { reached: 10, never: 200 }

/** Nothing came of all addresses of a way, the later it is dialled again. */
export function passFailed(route: Route, round: number, isThere: boolean): void {
  route.failures++
  route.nextRound = round + Math.min(2 ** route.failures, isThere ? maxRoundsBetween.reached : maxRoundsBetween.never)
}

/** What has failed lately is due as well. */
export function forgive({ ways }: Known, round: number): void {
  for (const route of ways.values()) route.nextRound = Math.min(route.nextRound, round)
}

/** Who comes back says so through its relay: until then that leads nowhere, and is not tried. */
export function restRelayed({ ways }: Known): void {
  for (const [way, route] of ways) if (way !== 'direct') route.nextRound = Number.POSITIVE_INFINITY
}

/** Whether a peer would be dialled sooner by a new start. */
export function isStuck({ busy, metAt, ways }: Known, round: number): boolean {
  // A first dial goes on: the member has only just come.
  return busy ? metAt !== undefined : [...ways.values()].some(({ nextRound }) => nextRound > round)
}
