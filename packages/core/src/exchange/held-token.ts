import { LRU } from 'tiny-lru'
import { hex } from '../bytes.ts'
import type { Cache } from '../cache/cache.ts'
import type { Purge } from '../cache/purge.ts'
import { confirmedAt, withAnswer } from '../confirmations.ts'
import type { Entry } from '../entry.ts'
import { holdsToken } from '../github/inspect.ts'
import { isJson } from '../github/key.ts'
import { tellableLinks } from '../github/links.ts'
import { isResource, type Quota } from '../github/rate-limit.ts'
import { type Refusal, refusalFrom } from '../github/refusal.ts'
import type { Group, TokenGroup } from '../group/group.ts'
import type { Limits } from '../limits.ts'
import type { MemberRecords } from '../peers/member-records.ts'
import type { Reputation } from '../peers/reputation.ts'
import type { ResponseTimes } from '../peers/response-times.ts'
import type { Roster } from '../peers/roster.ts'
import { type AcceptOptions, createAccept } from './accept.ts'
import { createHome } from './home.ts'
import type { LeaseNewsDesk } from './lease-news.ts'
import type { Leases } from './leases.ts'
import { createLookup, type Lookup, type LookupOptions } from './lookup.ts'
import type { PeerRequests } from './request.ts'
import type { OfToken } from './respond.ts'
import { createSeek, type SeekOptions } from './seek.ts'
import { type createPurgeAllowances, targetsIn } from './told-purges.ts'

/** What those that hold a token need of the rest of this member. */
export interface HeldTokenOptions
  extends Pick<AcceptOptions, 'counters' | 'emit' | 'check' | 'unasked'>,
    Pick<LookupOptions, 'visits' | 'providers'>,
    Pick<SeekOptions, 'self'> {
  group: Pick<Group, 'ofToken'>
  cache: Cache
  limits: Limits
  reputation: Reputation
  responseTimes: ResponseTimes
  requests: PeerRequests
  leases: Leases
  news: LeaseNewsDesk
  roster: Pick<Roster, 'list' | 'known' | 'isMember' | 'leasing'>
  records: Pick<MemberRecords, 'holds'>
  /** This page is hidden, and so too slow to be waited for. */
  isHidden(): boolean
  githubNow(): number
  /** What another member with the token says counts: else only as a body that GitHub is asked about. */
  believes: boolean
  /** When an answer of GitHub last ended a viewer's right to a URL, ms; 0 for never. */
  revokedAt(viewer: string, url: string): number
  /** A member that holds a viewer's token says that GitHub refuses it. */
  limitedElsewhere(viewer: string, resource: string | undefined, refusal: Refusal): void
  /** It says what is left of one of the token's limits. */
  spentElsewhere(viewer: string, resource: string, quota: Quota): void
  /** A member has made something stale that the token sees. */
  purged: Purge
  purgeAllowance: ReturnType<typeof createPurgeAllowances>
  /** The user's own narrowing. */
  mayGive(entry: Entry): boolean
  /** Members need to know that another token is used here. */
  changed(): void
}

/** One token that is used here. */
export interface HeldToken {
  viewer: string
  group: TokenGroup
  /** What shows that this member holds it. */
  proof: Uint8Array
  /** Members that have shown that they hold it. */
  members: Set<string>
  /** The keys behind wire keys (hex). */
  keys: LRU<string>
  lookup: Lookup
  ofToken: OfToken
}

const maxKeys = 10_000

/** What this member asks those that hold a token, and answers them. */
export function createHeldToken(
  options: HeldTokenOptions,
  token: Pick<HeldToken, 'viewer' | 'group' | 'proof'>,
  isClean: ReturnType<typeof createLook>
): HeldToken {
  const { cache, roster, reputation, limits, leases, self, githubNow, believes } = options
  const { viewer, group, proof } = token
  const members = new Set<string>()
  const keys = new LRU<string>(maxKeys)
  const hasIt = (peerId: string) => members.has(peerId)

  const requests: PeerRequests = {
    ...options.requests,
    get: (peerId, key, how) => options.requests.get(peerId, key, { ...how, holds: proof }),
    lease: (peerId, key, what) => options.requests.lease(peerId, key, what, proof)
  }
  const takeEntry = createAccept({
    cache,
    reputation,
    counters: options.counters,
    emit: options.emit,
    unasked: options.unasked,
    check: () => ({ ...options.check(), viewer }),
    seen: (entry, asOf) =>
      believes && (entry.from === undefined || reputation.trusts(entry.from))
        ? { ...entry, confirmed: withAnswer(entry.confirmed, viewer, asOf) }
        : entry,
    // None of it goes to others.
    shareable: { add: async () => {} },
    mayShare: () => false
  })
  const lookup = createLookup({
    ...options,
    group,
    requests,
    roster: {
      list: () => roster.list().filter(({ id }) => hasIt(id)),
      known: () => roster.known().filter(hasIt),
      isMember: (peerId) => hasIt(peerId) && roster.isMember(peerId)
    },
    leasing: () => [...(options.isHidden() ? [] : [self()]), ...roster.leasing().filter(hasIt)],
    seek: createSeek({ ...options, requests }),
    shelf: undefined,
    async accept(told) {
      const result = await takeEntry(told)
      if (result.how === 'stored' || result.how === 'known') keys.set(hex(told.wireKey), result.key)
      return result
    },
    acceptValue: async () => false
  })

  /** What the token's own answers showed within the hour, as of when it did. */
  async function find(wireName: string): Promise<Entry[]> {
    const key = keys.get(wireName)
    const entries = key === undefined ? [] : ((await cache.find(key))?.entries ?? [])
    const found: Entry[] = []
    for (const entry of entries) {
      if (entry.from !== undefined && !reputation.trusts(entry.from)) continue
      const own = confirmedAt(entry.confirmed, viewer) ?? 0
      if (own <= options.revokedAt(viewer, entry.url) || githubNow() - own >= limits.confirmationMs) continue
      if (await mayGive(options, entry, isClean))
        found.push({ ...entry, asOf: Math.min(own, entry.asOf), public: false, anonymous: false })
    }
    return found.sort((a, b) => b.asOf - a.asOf)
  }

  // What of an entry these members can have is known by its wire key only.
  const home = createHome({
    leases,
    news: options.news,
    pull: lookup.pull,
    shareable: { keyOf: (wireName) => wireName },
    cache: { find: async (wireName) => ({ key: wireName, entries: await find(wireName) }) },
    mayShare: () => true
  })
  return {
    viewer,
    group,
    proof,
    members,
    keys,
    lookup,
    ofToken: {
      find,
      home: (from, said) => home(from, group, said),
      purged(from, what) {
        const targets = targetsIn(what, options.purgeAllowance(from))
        void options.purged(targets, what.asOf, from, false).catch(() => {})
      },
      limited({ resource, until, quota }) {
        // A member that holds the token could use it up as well.
        if (!believes || (resource !== undefined && !isResource(resource))) return
        const refusal = refusalFrom({ resource, until }, githubNow())
        if (refusal) options.limitedElsewhere(viewer, resource, refusal)
        if (resource && quota) options.spentElsewhere(viewer, resource, quota)
      }
    }
  }
}

/** Not what carries a token, has links that cannot be told, or the user keeps here. */
export const mayGive = async (
  { mayGive }: Pick<HeldTokenOptions, 'mayGive'>,
  entry: Entry,
  isClean: (entry: Entry) => Promise<boolean>
): Promise<boolean> =>
  tellableLinks(entry.headers.link, new URL(entry.url)) !== undefined && mayGive(entry) && (await isClean(entry))

/** Whether a body carries no token, and is of the type that members take it for. */
export function createLook(): (entry: Entry) => Promise<boolean> {
  const seen = new LRU<Promise<boolean>>(1000)
  return async ({ hash, body, accept, headers }) => {
    if (isJson(accept) !== isJson(headers['content-type'] ?? '')) return false
    const looked = seen.get(hash) ?? holdsToken(body).then((holds) => !holds)
    seen.set(hash, looked)
    return looked
  }
}
