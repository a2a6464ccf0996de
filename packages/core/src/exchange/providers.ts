import { LRU } from 'tiny-lru'

/** Which members hold which bodies, as they have announced. */
export interface Providers {
  /** A member has a body of this wire key (hex), last seen current at `asOf`. */
  add(wireKey: string, peerId: string, asOf: number): void
  /** A member has said that it has none. */
  remove(wireKey: string, peerId: string): void
  /** Members that have it, the one with the newest first. */
  of(wireKey: string): { peerId: string; asOf: number }[]
}

const maxKeys = 50_000
const maxProviders = 8

/** What claims to be ahead of GitHub's clock is not believed, or one liar would always be asked first. */
export function createProviders(githubNow: () => number, clockSkewMs: number): Providers {
  const known = new LRU<Map<string, number>>(maxKeys)
  return {
    add(wireKey, peerId, asOf) {
      if (asOf > githubNow() + clockSkewMs) return
      const providers = known.get(wireKey) ?? new Map<string, number>()
      if ((providers.get(peerId) ?? 0) <= asOf) {
        providers.delete(peerId)
        providers.set(peerId, asOf)
      }
      for (const oldest of providers.keys()) {
        if (providers.size <= maxProviders) break
        providers.delete(oldest)
      }
      known.set(wireKey, providers)
    },
    remove: (wireKey, peerId) => void known.get(wireKey)?.delete(peerId),
    of: (wireKey) =>
      [...(known.get(wireKey) ?? [])].map(([peerId, asOf]) => ({ peerId, asOf })).sort((a, b) => b.asOf - a.asOf)
  }
}
