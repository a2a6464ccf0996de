import { within } from './abort.ts'
import { fromHex } from './bytes.ts'
import { createUnasked, evictUnused } from './cache/unasked.ts'
import type { Discovery } from './discovery/discovery.ts'
import { staticPeers } from './discovery/static.ts'
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
import { createUnsettled } from './exchange/unsettled.ts'
import { createValues } from './exchange/values.ts'
import { createProofCheck, type Group } from './group/group.ts'
import type { Members, OwnSide } from './members.ts'
import { createAcquaintance } from './peers/acquaintance.ts'
import { createConnections } from './peers/connections.ts'
import { createDialler } from './peers/dialler.ts'
import { createHandshake } from './peers/handshake.ts'
import { createPresence } from './peers/presence.ts'
import { createRelays } from './peers/relays.ts'
import { createReputation } from './peers/reputation.ts'
import { createResponseTimes } from './peers/response-times.ts'
import { createRoster } from './peers/roster.ts'
import { createVisits } from './peers/visits.ts'
import type { Transport } from './transport/transport.ts'
import { version } from './version.ts'

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

  const roster = createRoster({
    ownId: () => transport.peerId,
    limits,
    localNow,
    transport,
    emit,
    mayStay: (peerId) => relays.has(peerId),
    unproven: disconnect
  })
  const { isConnected } = roster
  const visits = createVisits({
    transport,
    roster,
    limits,
    localNow,
    isBusy: () => dialler.isBusy(),
    dial: (peerId, signal) => dialler.visit(peerId, signal),
    isNeighbour: (peerId) => dialler.isWanted(peerId)
  })

  const publish = createPublish({ group, transport, limits, localNow, emit })
  const requests = createPeerRequests({ transport, visits, group, reputation, responseTimes, limits })
  const accept = createAccept({
    cache,
    reputation,
    counters,
    emit,
    check: own.check,
    unasked,
    shareable,
    mayShare
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
    lookUp: async (key) => void (await lookup.find(key, { nobodyElse: true })),
    unasked
  })

  const presence = createPresence({
    publish,
    transport,
    limits,
    name,
    version,
    clock,
    localNow,
    random,
    ownStats: own.ownStats,
    leases: () => !isHidden(),
    known: () => roster.known().length
  })
  const relays = createRelays({
    relays: parts.relays,
    transport,
    requests,
    groups,
    isConnected,
    reserved: presence.greet
  })
  const discovery = [...parts.discovery, ...(parts.relays.length > 0 ? [staticPeers([...parts.relays])] : [])]
  const dialler = createDialler({
    transport,
    discovery,
    limits,
    emit,
    name,
    localNow,
    random,
    isConnected,
    isPresent: roster.isPresent,
    isVisited: visits.has,
    isRelay: relays.has,
    ticked() {
      relays.tick()
      visits.tick()
      // Its answer to our proof may have been lost.
      for (const peerId of roster.halfKnown()) void handshake.introduce(peerId)
      for (const peerId of roster.beyond(limits.maxMembers)) if (!dialler.isNamed(peerId)) disconnect(peerId)
    }
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
  const catchUp = createCatchUp({ group, requests, providers, shareable, prefetch })

  const checkProof = createProofCheck(groups, localNow, limits.proofLifetimeMs)
  const handshake = createHandshake({
    group,
    ownId: () => transport.peerId,
    checkProof,
    roster,
    reputation,
    exchangeProofs: (peerId) => requests.proof(peerId),
    joined(peerId, told) {
      if (told) {
        connections.present(peerId, told)
        acquaintance.met(peerId)
        presence.joined()
      } else presence.greet() // An older member hears it no other way.
      return catchUp(peerId)
    }
  })
  const connections = createConnections({
    transport,
    reputation,
    roster,
    dialler,
    relays,
    handshake,
    clock
  })
  const acquaintance = createAcquaintance({
    ask: requests.members,
    told: connections.told,
    roster,
    limits,
    random
  })
  const respond = createRespond({
    cache: unsettled.cache,
    shareable: unsettled.shareable,
    limits,
    mayShare,
    groupOf: roster.groupOf,
    prove: handshake.prove,
    presence: presence.own,
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
    wanted: (peerId, wireKey, named) => prefetch.add({ peerId, wireKey, named }),
    purged: own.purged,
    present: connections.present
  })

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
          connect: connections.connect,
          disconnect(peer) {
            visits.ended(peer.id)
            acquaintance.lost(peer.id)
            connections.disconnect(peer)
            leases.gone(peer.id)
          },
          probed: (from) => roster.groupOf(from) && name
        }
      )
      void shareable.load(own.expired)
      dialler.start()
      presence.start()
    },
    retryNow: dialler.retryNow,
    lookUp: lookup.find,
    githubTook: responseTimes.github,
    used: unasked.used,
    unsettled: unsettled.add,
    announce(key, entry) {
      void shareable.add(key, entry.hash, entry.asOf).then(() => publish.announce(key, entry))
    },
    touched(key, entry) {
      if (!mayShare(entry)) return
      void shareable.add(key, entry.hash, entry.asOf)
      publish.touch(key, entry.hash, entry.asOf)
    },
    purge: publish.purge,
    peers: roster.list,
    relays: relays.list,
    holders: lookup.holders,
    stats: () => roster.stats(name),
    async stop() {
      prefetch.stop()
      presence.stop()
      leases.stop()
      acquaintance.stop()
      await within(publish.flush(), limits.stopMs)
      publish.stop()
      visits.stop()
      await within(dialler.stop(), limits.stopMs)
      await transport.stop()
      roster.stop()
    }
  }
}
