import { within } from './abort.ts'
import { fromHex } from './bytes.ts'
import { createUnasked, evictUnused } from './cache/unasked.ts'
import type { Discovery } from './discovery/discovery.ts'
import { createAccept } from './exchange/accept.ts'
import { createCatchUp } from './exchange/catch-up.ts'
import { createHome } from './exchange/home.ts'
import { createLeaseNews } from './exchange/lease-news.ts'
import { createLeases } from './exchange/leases.ts'
import { createLookup } from './exchange/lookup.ts'
import { createPrefetch } from './exchange/prefetch.ts'
import { createProviders } from './exchange/providers.ts'
import { createPublish } from './exchange/publish.ts'
import { createReceive } from './exchange/receive.ts'
import { createPeerRequests } from './exchange/request.ts'
import { createRespond } from './exchange/respond.ts'
import { createSeek } from './exchange/seek.ts'
import { createShareableIndex } from './exchange/shareable-index.ts'
import { createShelf } from './exchange/shelf.ts'
import { createUnsettled } from './exchange/unsettled.ts'
import { createValues } from './exchange/values.ts'
import { createProofCheck, type Group } from './group/group.ts'
import type { Members, OwnSide } from './members.ts'
import { createCompany } from './peers/company.ts'
import { createReputation } from './peers/reputation.ts'
import { createResponseTimes } from './peers/response-times.ts'
import type { Transport } from './transport/transport.ts'

/** What only a member of a group has. */
export interface NetworkParts {
  /** The first is the member's own; of the others it takes what they say. */
  groups: readonly [Group, ...Group[]]
  transport: Transport
  discovery: readonly Discovery[]
  /** Multiaddrs of relays, each ending in its peer id. */
  relays: readonly string[]
  name: string
  /** This page is hidden, and so too slow to be waited for. */
  isHidden(): boolean
}

/** Of the budget for members: a member that answers within that is not slow. */
const slowShare = 0.3

/** Puts together what this member is among the others. */
export function createNetwork(parts: NetworkParts, own: OwnSide): Members {
  const { groups, transport, name, isHidden } = parts
  const { cache, counters, limits, emit, localNow, githubNow, random, clock, mayShare } = own
  const [group] = groups
  const disconnect = (peerId: string) => void transport.disconnect(peerId)
  const reputation = createReputation(limits, counters, localNow, disconnect)
  const responseTimes = createResponseTimes({
    localNow,
    slowMs: limits.membersBudgetMs * slowShare,
    lateMs: limits.membersBudgetMs
  })
  const providers = createProviders(githubNow, limits.clockSkewMs)
  const shareable = createShareableIndex({ cache, groups, limits, githubNow, mayShare })
  const unsettled = createUnsettled({
    groups,
    cache,
    shareable,
    settle: own.settle,
    maxWaitMs: limits.membersBudgetMs
  })
  const unasked = createUnasked({
    maxBytes: limits.unaskedBytes,
    maxEntries: limits.unaskedEntries,
    evict: (key) => void evictUnused(cache, key).catch(() => {})
  })

  const publish = createPublish({ group, transport, limits, localNow, emit })
  const checkProof = createProofCheck(groups, localNow, limits.proofLifetimeMs)
  const company = createCompany({
    groups,
    transport,
    discovery: parts.discovery,
    relays: parts.relays,
    name,
    limits,
    emit,
    localNow,
    random,
    clock,
    reputation,
    ownStats: own.ownStats,
    leases: () => !isHidden(),
    checkProof,
    say: {
      presence: publish.presence,
      proof: (peerId, of) => requests.proof(peerId, of),
      members: (peerId) => requests.members(peerId)
    },
    joined: (peerId) => catchUp(peerId),
    accepted: (relayId) => shelf?.accepted(relayId),
    hasShelf: (relayId) => shelf?.has(relayId) ?? false,
    left(peerId) {
      leases.gone(peerId)
      shelf?.left(peerId)
    }
  })
  const { roster, visits, relays } = company
  const requests = createPeerRequests({ transport, visits, group, reputation, responseTimes, limits })
  const door = { cache, counters, emit, check: own.check, unasked, shareable, mayShare }
  const accept = createAccept({ ...door, reputation })
  const shelf =
    parts.relays.length === 0
      ? undefined
      : createShelf({
          group,
          relays: new Set(parts.relays.map((address) => address.split('/').at(-1))).size,
          transport,
          cache,
          limits,
          reputation,
          responseTimes,
          counters,
          // Who left it is only as sure as the relay's word, so nobody loses a reputation for it.
          accept: createAccept({
            ...door,
            reputation: { ...reputation, reject: (_from, why) => counters.rejected(why) }
          }),
          mayShare,
          purges: own.purges,
          settle: own.settle,
          localNow
        })
  const values = createValues({
    cache,
    shareable,
    reputation,
    counters,
    limits,
    emit,
    githubNow,
    peerId: () => transport.peerId,
    publish: publish.value,
    lookUp: async (key) => void (await lookup.find(key, { nobodyElse: true, isValue: true })),
    unasked
  })

  const news = createLeaseNews()
  const leases = createLeases({
    limits,
    localNow,
    tell: async (peerId, wireName, told) =>
      peerId === transport.peerId
        ? news.take(wireName, peerId, told)
        : await requests.lease(peerId, fromHex(wireName), told)
  })
  const seek = createSeek({ limits, self: () => transport.peerId, leases, news, requests, responseTimes })
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
    leasing: () => (isHidden() ? roster.leasing() : [transport.peerId, ...roster.leasing()]),
    seek,
    shelf,
    accept,
    acceptValue: values.take
  })
  const home = createHome({ cache, shareable, leases, news, pull: lookup.pull, mayShare })
  const prefetch = createPrefetch({
    limits,
    localNow,
    everybody: () => [transport.peerId, ...roster.known()],
    self: () => transport.peerId,
    pull: lookup.pull
  })
  const catchUp = createCatchUp({
    group,
    requests,
    providers,
    shareable,
    prefetch,
    limits,
    localNow,
    purged: own.purged
  })

  const respond = createRespond({
    cache: unsettled.cache,
    shareable: unsettled.shareable,
    limits,
    mayShare,
    groupOf: roster.groupOf,
    group,
    purges: own.purges,
    prove: company.prove,
    presence: company.presence,
    members: roster.told,
    reputation,
    leases,
    home
  })
  const receive = createReceive({
    cache,
    shareable,
    providers,
    reputation,
    counters,
    limits,
    localNow,
    githubNow,
    checkProof,
    accept,
    takeValue: values.take,
    wanted: (peerId, wireKey, named, hash) => prefetch.add({ peerId, wireKey, named, hash }),
    purged: own.purged,
    heardTime: clock.hear,
    present: company.present
  })

  let hasReadClock = false
  return {
    isAlone: false,
    isElsewhere: false,
    get peerId() {
      return transport.peerId
    },
    get addresses() {
      return transport.addresses
    },
    get knownPeers() {
      return roster.known().length
    },
    values,
    reputation,
    async start() {
      await transport.start(
        groups.map(({ topic }) => topic),
        {
          message: receive,
          request: respond,
          ...company.handlers
        }
      )
      void shareable.load(own.expired)
      company.start()
    },
    retryNow: company.retryNow,
    lookUp: lookup.find,
    githubTook(ms) {
      responseTimes.github(ms)
      if (hasReadClock || !clock.fromOrigin) return
      hasReadClock = true
      company.timeIsKnown()
    },
    used: unasked.used,
    get canTell() {
      return roster.list().length > 0 || (shelf?.isThere ?? false)
    },
    hears: (key, entry) => roster.list().length > 0 || (shelf?.wants(key, entry) ?? false),
    unsettled(key, entry) {
      unsettled.add(key)
      shelf?.unsettled(key, entry)
    },
    announce(key, entry) {
      void shareable.add(key, entry.hash, entry.asOf).then(() => publish.announce(key, entry))
      shelf?.leave(key, entry)
    },
    touched(key, entry) {
      if (!mayShare(entry)) return
      void shareable.add(key, entry.hash, entry.asOf)
      publish.touch(key, entry.hash, entry.asOf)
      shelf?.leave(key, entry)
    },
    purge(target, asOf) {
      shelf?.takeAway(target)
      return publish.purge(target, asOf)
    },
    hidden(names) {
      for (const name of names) shelf?.takeAway(name)
    },
    peers: roster.list,
    relays: relays.list,
    holders: lookup.holders,
    stats: () => roster.stats(name),
    async stop() {
      prefetch.stop()
      leases.stop()
      company.rest()
      await within(Promise.all([publish.flush(), shelf?.idle()]), limits.stopMs)
      shelf?.stop()
      publish.stop()
      await company.stop()
    }
  }
}
