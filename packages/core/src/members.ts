import type { Cache } from './cache/cache.ts'
import type { Purge } from './cache/purge.ts'
import type { Purges } from './cache/purges.ts'
import type { Entry, EntrySummary } from './entry.ts'
import type { Emit } from './events.ts'
import type { HeadCheck } from './exchange/head.ts'
import type { LookupHow } from './exchange/lookup.ts'
import type { SameToken } from './exchange/same-token.ts'
import type { Lease } from './exchange/seek.ts'
import type { Values } from './exchange/values.ts'
import type { Clock } from './github/clock.ts'
import type { Quota } from './github/rate-limit.ts'
import type { Refusal } from './github/refusal.ts'
import type { Limits } from './limits.ts'
import type { Relay } from './peers/relays.ts'
import type { Reputation } from './peers/reputation.ts'
import type { Counters, MeshStats } from './stats.ts'
import type { Peer } from './transport/transport.ts'

/** The other members, as the flow sees them. */
export interface Members {
  /** There is nobody to ask or tell. */
  readonly isAlone: boolean
  /** Another tab holds the connections: what it brings is found in the store, not in this tab's memory. */
  readonly isElsewhere: boolean
  readonly peerId: string | undefined
  readonly addresses: string[]
  /** Members that can be asked, connected or not. */
  readonly knownPeers: number
  readonly values: Values
  readonly reputation: Reputation
  /** Those that hold the same token; absent where nothing is shared with them. */
  readonly sameToken?: SameToken | undefined
  start(): Promise<void>
  /** Members and relays that are missing are dialled now. */
  retryNow(): void
  /**
   * Asks members for something newer than what is held; what they have is in the cache afterwards. Resolves to a lease where
   * this member is to ask GitHub for all that wait. Never rejects.
   */
  lookUp(key: string, how: LookupHow): Promise<Lease | undefined>
  /** GitHub answered after this long, ms. */
  githubTook(ms: number): void
  /** A member's entry was served here. */
  used(key: string): void
  /** A member is connected, or a relay that keeps what is told for those that come later. */
  readonly canTell: boolean
  /** Whether anybody would hear of an entry, if everybody can read it. `awaited`: a home of it waits for this member's answer. */
  hears(key: string, entry: Entry, awaited: boolean): boolean
  /** Held, and for members only if a look at its repository shows that everybody can read it: see `OwnSide.settle`. */
  unsettled(key: string, entry: Entry): void
  announce(key: string, entry: Entry): void
  /** Members hold this body, and it was seen current. */
  touched(key: string, entry: Entry): void
  purge(targets: readonly string[], asOf: number): Promise<void>
  /** Other tabs have this stale too; absent where all of them hear of it as an event. */
  tellTabs?(target: string, asOf: number): void
  /** These names of a repository turned out not to be public. */
  hidden(names: readonly string[]): void
  peers(): Peer[]
  relays(): Relay[]
  /** Connected members that hold this very body now. */
  holders(key: string, hash: string): Promise<Peer[]>
  /** Figures of members heard lately, by name. */
  stats(): Record<string, Partial<MeshStats>>
  stop(): Promise<void>
}

/** What the part with members needs of the rest of this one. */
export interface OwnSide {
  cache: Cache
  counters: Counters
  limits: Limits
  emit: Emit
  localNow: () => number
  githubNow: () => number
  random: () => number
  clock: Pick<Clock, 'now' | 'local' | 'fromOrigin' | 'hear'>
  check(): HeadCheck
  mayShare(entry: Pick<EntrySummary, 'url' | 'public' | 'local' | 'headers'>): boolean
  /** A member has made something stale. */
  purged: Purge
  purges: Pick<Purges, 'at' | 'normalise' | 'targetsOf' | 'all' | 'told'>
  ownStats(): MeshStats
  /** An entry is too old to be kept. */
  expired(key: string): void
  /** Finds out whether what is held is for members, where that is not known. Never rejects. */
  settle(key: string): Promise<void>
  /** Whether a member's word counts without an answer of GitHub's: with `trust: 'group'`. */
  believes: boolean
  /** When an answer of GitHub last ended a viewer's right to a URL, ms; 0 for never. */
  revokedAt(viewer: string, url: string): number
  /** A member that holds a viewer's token says that GitHub refuses it. */
  limited(viewer: string, resource: string | undefined, refusal: Refusal): void
  /** It says what is left of one of the token's limits. */
  spent(viewer: string, resource: string, quota: Quota): void
  /** The user's own narrowing of what leaves this member. */
  mayGive(entry: Entry): boolean
  /** Asks GitHub for what the mesh does for itself, within the limits of the token. */
  fetch: typeof globalThis.fetch
}

/** Nobody comes here to lose a reputation; what members sent before is believed as far as `trust` says. */
const reputation: Reputation = { hears: () => true, allows: () => true, reject() {}, mismatch() {}, trusts: () => true }

/** No group: this member caches for itself. */
export function alone({ cache, counters, limits, emit, githubNow }: OwnSide): Members {
  // Few use them without a group, so pages load them when they are used.
  const values = async () => {
    const { createValues } = await import('./exchange/values.ts')
    return createValues({
      cache,
      counters,
      limits,
      emit,
      githubNow,
      peerId: () => '',
      shareable: { add: async () => {} },
      publish: async () => {},
      lookUp: async () => {}
    })
  }
  return {
    isAlone: true,
    isElsewhere: false,
    peerId: undefined,
    addresses: [],
    knownPeers: 0,
    values: {
      get: async (name, how) => (await values()).get(name, how),
      set: async (name, value, how) => (await values()).set(name, value, how),
      delete: async (name, how) => (await values()).delete(name, how)
    },
    reputation,
    start: async () => {},
    retryNow() {},
    lookUp: async () => undefined,
    githubTook() {},
    used() {},
    canTell: false,
    hears: () => false,
    unsettled() {},
    announce() {},
    touched() {},
    purge: async () => {},
    hidden() {},
    peers: () => [],
    relays: () => [],
    holders: async () => [],
    stats: () => ({}),
    stop: async () => {}
  }
}
