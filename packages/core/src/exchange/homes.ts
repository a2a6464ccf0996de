import { rendezvousScore } from '../rendezvous.ts'

/** A key has so many homes. */
const homes = 2

/** The members that are a key's home: the `n` highest by rendezvous hashing (Thaler and Ravishankar, 1998). */
export function homesOf(wireKey: string, members: readonly string[], n = homes): string[] {
  return members
    .map((peerId) => ({ peerId, score: rendezvousScore(peerId, wireKey) }))
    .sort((a, b) => b.score - a.score || (a.peerId < b.peerId ? -1 : 1))
    .slice(0, n)
    .map(({ peerId }) => peerId)
}

/** Whether a member is one of a key's homes, beside the `others`: found without scoring all of them where it is not. */
export function isHomeOf(wireKey: string, peerId: string, others: readonly string[]): boolean {
  const own = rendezvousScore(peerId, wireKey)
  let before = 0
  for (const other of others) {
    const score = rendezvousScore(other, wireKey)
    if ((score > own || (score === own && other < peerId)) && ++before === homes) return false
  }
  return true
}
