import { LRU } from 'tiny-lru'
import { hex } from '../bytes.ts'
import { withAnswer } from '../confirmations.ts'
import type { Group, TokenGroup } from '../group/group.ts'
import type { MemberRecords } from '../peers/member-records.ts'
import type { ResponseTimes } from '../peers/response-times.ts'
import type { Roster } from '../peers/roster.ts'
import { type AcceptOptions, createAccept } from './accept.ts'
import type { LeaseNewsDesk } from './lease-news.ts'
import type { Leases } from './leases.ts'
import { createLookup, type Lookup, type LookupOptions } from './lookup.ts'
import type { PeerRequests } from './request.ts'
import type { OfToken } from './respond.ts'
import { createSeek, type SeekOptions } from './seek.ts'
import { type createLook, createTokenAnswers, type TokenAnswersOptions } from './token-answers.ts'

/** What those that hold a token need of the rest of this member. */
export interface HeldTokenOptions
  extends TokenAnswersOptions,
    Pick<AcceptOptions, 'counters' | 'emit' | 'check' | 'unasked'>,
    Pick<LookupOptions, 'visits' | 'providers'>,
    Pick<SeekOptions, 'self'> {
  group: Pick<Group, 'ofToken'>
  responseTimes: ResponseTimes
  requests: PeerRequests
  leases: Leases
  news: LeaseNewsDesk
  roster: Pick<Roster, 'list' | 'known' | 'isMember' | 'leasing'>
  records: Pick<MemberRecords, 'holds'>
  /** This page is hidden, and so too slow to be waited for. */
  isHidden(): boolean
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
  const { cache, roster, reputation, self, believes } = options
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

  return {
    viewer,
    group,
    proof,
    members,
    keys,
    lookup,
    ofToken: createTokenAnswers(options, { viewer, group }, (wireName) => keys.get(wireName), lookup.pull, isClean)
  }
}
