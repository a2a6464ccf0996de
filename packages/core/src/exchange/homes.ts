import { rendezvousScore } from '../rendezvous.ts'

/** The members that are a key's home: the `n` highest by rendezvous hashing (Thaler and Ravishankar, 1998). */
export function homesOf(wireKey: string, members: readonly string[], n = 2): string[] {
  return members
    .map((peerId) => ({ peerId, score: rendezvousScore(peerId, wireKey) }))
    .sort((a, b) => b.score - a.score || (a.peerId < b.peerId ? -1 : 1))
    .slice(0, n)
    .map(({ peerId }) => peerId)
}
