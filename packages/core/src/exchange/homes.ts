/** FNV-1a with murmur3's finaliser, 32 bits: every member must come to the same order, see PROTOCOL.md. */
export function rendezvousScore(peerId: string, wireKey: string): number {
  let hash = 0x811c9dc5
  for (const unit of `${peerId}/${wireKey}`) hash = Math.imul(hash ^ unit.charCodeAt(0), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** The members that are a key's home: the `n` highest by rendezvous hashing (Thaler and Ravishankar, 1998). */
export function homesOf(wireKey: string, members: readonly string[], n = 2): string[] {
  return members
    .map((peerId) => ({ peerId, score: rendezvousScore(peerId, wireKey) }))
    .sort((a, b) => b.score - a.score || (a.peerId < b.peerId ? -1 : 1))
    .slice(0, n)
    .map(({ peerId }) => peerId)
}
