import { fromHex } from '../bytes.ts'
import { createCatchUp } from '../exchange/catch-up.ts'
import type { HeldTokenOptions } from '../exchange/held-token.ts'
import { createHome } from '../exchange/home.ts'
import { createLeaseNews } from '../exchange/lease-news.ts'
import { createLeases } from '../exchange/leases.ts'
import { createLookup } from '../exchange/lookup.ts'
import { createPrefetch } from '../exchange/prefetch.ts'
import type { Publish } from '../exchange/publish.ts'
import { createPeerRequests } from '../exchange/request.ts'
import { createSameToken } from '../exchange/same-token.ts'
import { createSeek } from '../exchange/seek.ts'
import { createValues } from '../exchange/values.ts'
import type { Company } from '../peers/company.ts'
import type { Door } from './door.ts'
import type { Knowledge } from './knowledge.ts'
import type { Side } from './side.ts'

/** What this member asks others for, and who asks GitHub for all. */
export function createAsking(side: Side, knowledge: Knowledge, door: Door, company: Company, publish: Publish) {
  const { group, transport, isHidden, own } = side
  const { cache, counters, emit, limits, githubNow, mayShare } = own
  const { reputation, responseTimes, providers, shareable, unasked } = knowledge
  const { roster, visits } = company
  const self = () => transport.peerId
  const requests = createPeerRequests({ transport, visits, group, reputation, responseTimes, limits })
  const news = createLeaseNews()
  const leases = createLeases({
    limits,
    localNow: own.clock.local,
    tell: async (peerId, wireName, told) =>
      peerId === self() ? news.take(wireName, peerId, told) : await requests.lease(peerId, fromHex(wireName), told)
  })
  const values = createValues({
    cache,
    shareable,
    counters,
    limits,
    emit,
    githubNow,
    unasked,
    peerId: self,
    publish: publish.value,
    lookUp: async (key) => void (await lookup.find(key, { nobodyElse: true, isValue: true }))
  })
  const lookup = createLookup({
    group,
    cache,
    limits,
    roster,
    visits,
    reputation,
    responseTimes,
    providers,
    requests,
    leasing: () => (isHidden() ? roster.leasing() : [self(), ...roster.leasing()]),
    seek: createSeek({ limits, self, leases, news, requests, responseTimes }),
    shelf: door.shelf,
    accept: door.accept,
    acceptValue: door.acceptValue
  })
  const sameToken = side.sharesSameToken
    ? createForToken(side, knowledge, company, { requests, leases, news })
    : undefined
  const prefetch = createPrefetch({
    limits,
    allowance: knowledge.fetchAllowance,
    self,
    known: roster.known,
    pull: lookup.pull
  })
  return {
    requests,
    leases,
    values,
    lookup,
    sameToken,
    prefetch,
    home: createHome({
      cache,
      shareable,
      leases,
      news,
      pull: lookup.pull,
      self,
      fetchAllowance: knowledge.fetchAllowance,
      mayShare
    }),
    catchUp: createCatchUp({
      group,
      requests,
      providers,
      shareable,
      prefetch,
      purgeAllowance: knowledge.purgeAllowance,
      purged: knowledge.purges.purged
    })
  }
}

export type Asking = ReturnType<typeof createAsking>

/** The same among those that hold the same token. */
function createForToken(
  { group, transport, isHidden, own }: Side,
  { reputation, responseTimes, providers, unasked, purgeAllowance, fetchAllowance }: Knowledge,
  { roster, records, visits, changed }: Company,
  asking: Pick<HeldTokenOptions, 'requests' | 'leases' | 'news'>
) {
  return createSameToken({
    ...asking,
    group,
    cache: own.cache,
    counters: own.counters,
    emit: own.emit,
    check: own.check,
    limits: own.limits,
    unasked,
    reputation,
    responseTimes,
    providers,
    roster,
    records,
    visits,
    self: () => transport.peerId,
    isHidden,
    githubNow: own.githubNow,
    believes: own.believes,
    revokedAt: own.revokedAt,
    purged: own.purged,
    purgeAllowance,
    fetchAllowance,
    mayGive: own.mayGive,
    limitedElsewhere: own.limited,
    spentElsewhere: own.spent,
    changed
  })
}
