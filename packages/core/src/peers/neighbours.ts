import { rendezvousScore } from '../rendezvous.ts'

/**
 * How near two members are, the same for both: the nearest connect. As good as drawn at random, so the group stays one, and
 * two halves that have found each other grow together again; yet a member keeps its neighbours while others come and go.
 */
export const nearness = (one: string, other: string): number =>
  one < other ? rendezvousScore(one, other) : rendezvousScore(other, one)

/** It is less than this, and any such number is as likely as another. */
export const mostNearness = 2 ** 32

/** The `n` of some members that are nearest to one. */
export function nearestOf(peerId: string, members: Iterable<string>, n: number): Set<string> {
  const scored = [...members].map((id) => ({ id, score: nearness(peerId, id) }))
  scored.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
  return new Set(scored.slice(0, n).map(({ id }) => id))
}
