import { LRU } from 'tiny-lru'

/** Who takes leases and then says nothing, and so is granted none for a while. */
export interface SilentHolders {
  /** It was silent for as long as a holder has. */
  add(peerId: string): void
  /** It has said how a call ended, in time or not. */
  remove(peerId: string): void
  has(peerId: string): boolean
}

/** Leases in a row. */
const silencesAllowed = 3
const maxPeers = 4096

export function createSilentHolders(forMs: number, localNow: () => number): SilentHolders {
  const silences = new LRU<{ count: number; until: number }>(maxPeers)
  return {
    add(peerId) {
      const count = (silences.get(peerId)?.count ?? 0) + 1
      silences.set(peerId, { count, until: count >= silencesAllowed ? localNow() + forMs : 0 })
    },
    remove: (peerId) => void silences.delete(peerId),
    has: (peerId) => (silences.get(peerId)?.until ?? 0) > localNow()
  }
}
