import type { PeerCounts } from './peer-counts.ts'

/** All that were granted a lease and have said nothing. */
export interface LeaseHolders {
  /** It becomes the last one. */
  add(peerId: string): void
  remove(peerId: string): void
  clear(): void
  has(peerId: string): boolean
  /** Who was granted it last. */
  last(): string | undefined
}

/** `held`: how many leases each member holds. */
export function createLeaseHolders(held: PeerCounts): LeaseHolders {
  const holders = new Set<string>()

  function remove(peerId: string): void {
    if (holders.delete(peerId)) held.remove(peerId)
  }

  return {
    add(peerId) {
      remove(peerId)
      holders.add(peerId)
      held.add(peerId)
    },
    remove,
    clear: () => holders.forEach(remove),
    has: (peerId) => holders.has(peerId),
    last: () => [...holders].at(-1)
  }
}
