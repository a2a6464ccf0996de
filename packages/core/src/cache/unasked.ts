import type { Cache } from './cache.ts'

/** What members sent without being asked and nobody here has used yet: it has a bounded share of the cache. */
export interface Unasked {
  /** A member has sent this. */
  add(key: string, peerId: string, byteLength: number): void
  /** It was used here, and counts as this member's own from now on. */
  used(key: string): void
}

export interface UnaskedOptions {
  maxBytes: number
  maxEntries: number
  /** Removes one for which there is no room. */
  evict(key: string): void
}

interface Share {
  bytes: number
  /** By key, the oldest first. */
  entries: Map<string, number>
}

/**
 * Where its share is full, the oldest goes of the member that has sent most. So a member that sends without end displaces
 * what it sent itself, and of what was used here only that of which it told a newer body; nothing that was fetched here.
 */
export function createUnasked({ maxBytes, maxEntries, evict }: UnaskedOptions): Unasked {
  const shares = new Map<string, Share>()
  const senders = new Map<string, string>()
  let bytes = 0

  function remove(key: string): void {
    const peerId = senders.get(key)
    const share = peerId === undefined ? undefined : shares.get(peerId)
    if (peerId === undefined || !share) return
    const byteLength = share.entries.get(key) ?? 0
    share.entries.delete(key)
    share.bytes -= byteLength
    bytes -= byteLength
    senders.delete(key)
    if (share.entries.size === 0) shares.delete(peerId)
  }

  function fullest(size: (share: Share) => number): Share | undefined {
    let found: Share | undefined
    for (const share of shares.values()) if (!found || size(share) > size(found)) found = share
    return found
  }

  function makeRoom(): void {
    while (bytes > maxBytes || senders.size > maxEntries) {
      const share = fullest(bytes > maxBytes ? (one) => one.bytes : ({ entries }) => entries.size)
      const [oldest] = share?.entries.keys() ?? []
      if (oldest === undefined) return
      remove(oldest)
      evict(oldest)
    }
  }

  return {
    add(key, peerId, byteLength) {
      remove(key)
      const share = shares.get(peerId) ?? { bytes: 0, entries: new Map() }
      shares.set(peerId, share)
      share.entries.set(key, byteLength)
      share.bytes += byteLength
      bytes += byteLength
      senders.set(key, peerId)
      makeRoom()
    },
    used: remove
  }
}

/** Removes an entry for which there is no room, unless GitHub has shown it to this member meanwhile. */
export async function evictUnused(cache: Pick<Cache, 'find' | 'delete'>, key: string): Promise<void> {
  const entries = (await cache.find(key))?.entries ?? []
  if (entries.every(({ from, confirmed }) => from !== undefined && Object.values(confirmed).every((at) => at <= 0)))
    await cache.delete(key)
}
