/** How many of something each member has now. */
export interface PeerCounts {
  of(peerId: string): number
  add(peerId: string): void
  remove(peerId: string): void
}

export function createPeerCounts(): PeerCounts {
  const counts = new Map<string, number>()
  const of = (peerId: string) => counts.get(peerId) ?? 0
  return {
    of,
    add: (peerId) => void counts.set(peerId, of(peerId) + 1),
    remove(peerId) {
      const left = of(peerId) - 1
      if (left > 0) counts.set(peerId, left)
      else counts.delete(peerId)
    }
  }
}
