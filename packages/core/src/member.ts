import { within } from './abort.ts'
import { createAdmit } from './admit.ts'
import { createAudit } from './audit.ts'
import type { Bytes } from './bytes.ts'
import { createCache } from './cache/cache.ts'
import { createPurge } from './cache/purge.ts'
import { createPurges } from './cache/purges.ts'
import type { Discovery } from './discovery/discovery.ts'
import type { Entry } from './entry.ts'
import { MeshError } from './errors.ts'
import { createEvents, type Emit } from './events.ts'
import { createClock } from './github/clock.ts'
import { createEtagScheme } from './github/etag.ts'
import { tellableLinks } from './github/links.ts'
import { createOrigin } from './github/origin.ts'
import { type ApiRequest, anonymous, apiPath, createTargets } from './github/request.ts'
import { createRoutes, repositoryOf } from './github/routes.ts'
import { createViewerHeaders } from './github/viewer-headers.ts'
import { createVisibility, isOpen } from './github/visibility.ts'
import type { Group } from './group/group.ts'
import { createGuard } from './members/guard.ts'
import { createMirror } from './members/mirror.ts'
import { createNetwork, type Network } from './members/network.ts'
import type { readOptions } from './options.ts'
import { createPublicity } from './publicity.ts'
import { createRequests, type Token } from './requests.ts'
import { type Flow, type Outcome, resolve } from './resolve.ts'
import { createResponder } from './response.ts'
import { createSharing } from './sharing.ts'
import { createFlights } from './single-flight.ts'
import { createCounters, type MeshStats } from './stats.ts'
import type { Store } from './store/store.ts'
import type { Peer, Transport } from './transport/transport.ts'
import { createValidators } from './validators.ts'
import { createValues } from './values.ts'
import type { Judgement } from './verify.ts'
import { createViewers } from './viewers.ts'
import { createWrites } from './writes.ts'

/** The tab that holds the connections, for one that does not: members are asked and told by it. Nothing here rejects. */
export interface LeadingTab {
  /** Asks members for what answers everybody's request; what they have is in the store afterwards. */
  seek(key: string): Promise<void>
  /** An own entry is in the store, new or seen current, and is for members. */
  told(key: string, isNew: boolean): void
  purge(target: string): Promise<void>
  holders(key: string, hash: string): Promise<Peer[]>
}

/** What a member is put together from, once options and platform are known. */
export interface MemberParts {
  options: ReturnType<typeof readOptions>
  name: string
  version: string
  store: Store
  machineKey: Bytes
  seesRedirects: boolean
  groups: readonly Group[]
  transport?: Transport
  discovery: readonly Discovery[]
  /** Browser: another tab has the connections; then there is no `transport`. */
  leader?: LeadingTab
  /** The user's token. */
  token: Token
  /** Calls when things may be better than before; returns what ends that. */
  onWake(wake: () => void): () => void
  /** Lets go of what the platform holds for this mesh. */
  release(): Promise<void>
}

/** A member's parts, each knowing of the others no more than it needs. */
export function createMember(parts: MemberParts) {
  const { options, groups, transport, leader } = parts
  const { limits, share = 'public', trust = 'group', logger } = options
  const localNow = options.now ?? Date.now
  const random = options.random ?? Math.random
  const apiUrl = new URL(options.apiUrl ?? 'https://api.github.com')
  const { target: events, emit: dispatch } = createEvents()
  const emit: Emit = (type, detail) => {
    if (type === 'warning') logger?.warn(`ghmesh: ${(detail as MeshError).message}`)
    dispatch(type, detail)
  }
  const counters = createCounters()
  const { monotonicNow = options.now ? undefined : () => performance.now() } = options
  const clock = createClock(localNow, limits.maxHeardClockMs, monotonicNow)
  const purges = createPurges(apiUrl)
  const cache = createCache(parts.store, limits, clock.now, purges, {
    warning: (error) => emit('warning', error),
    evicted: counters.evicted,
    read: (entry) => publicity.recall(entry)
  })
  const routeOf = createRoutes(options.routes)
  const viewers = createViewers(parts.machineKey)
  const isAlone = !(transport && groups[0]) && !leader
  const visibility = createVisibility({
    ...limits,
    recentMs: isAlone ? limits.visibilityMs : limits.visibilityRecentMs,
    now: clock.now,
    isOpen: isOpen(apiUrl),
    hidden: (names) => void hide(names).catch(() => {})
  })
  const publicity = createPublicity({ apiUrl, visibility, limits })
  const targets = createTargets({
    apiUrl,
    routeOf,
    repositoryName: visibility.nameOf,
    aliasMs: limits.aliasMs,
    now: localNow
  })
  const requests = createRequests({ apiUrl, targets, viewers, token: parts.token })
  const etags = createEtagScheme(clock.now, () => emit('warning', new MeshError('ERR_PROTOCOL', driftMessage)))
  const isHidden = (repository: string | undefined) => repository !== undefined && visibility.isHidden(repository)
  function mayShare(entry: Pick<Entry, 'url' | 'public' | 'local' | 'headers'>): boolean {
    if (entry.local) return false
    const url = new URL(entry.url)
    const isForAll = share === 'group' || (entry.public && !isHidden(repositoryOf(apiPath(url, apiUrl) ?? '')))
    // Without its `Link` a page would seem to be the whole list.
    return isForAll && tellableLinks(entry.headers.link, url) !== undefined
  }
  // What the parts share; each takes of it what its own options name.
  const shared = {
    limits,
    apiUrl,
    localNow,
    random,
    clock,
    now: clock.now,
    emit,
    counters,
    cache,
    routeOf,
    purges,
    visibility,
    targets,
    requests,
    etags,
    mayShare
  }
  const viewerHeaders = createViewerHeaders(clock.now)
  const origin = createOrigin({
    ...shared,
    viewerHeaders,
    localNow: clock.local,
    fetch: options.fetch,
    answeredAfter: (ms) => network?.githubTook(ms),
    maxBytes: limits.entryBytes,
    seesRedirects: parts.seesRedirects
  })

  const purge = createPurge(shared)
  /** What is held of repositories that are not public any more is for nobody but those whose tokens see it, now and later. */
  async function hide(names: readonly string[]): Promise<void> {
    for (const key of await cache.below(names))
      await cache.touch(key, (entry) => (entry.public ? { ...entry, public: false, publicAt: undefined } : entry))
  }
  const network: Network | undefined =
    transport && groups[0]
      ? createNetwork({
          ...shared,
          groups: [groups[0], ...groups.slice(1)],
          transport,
          discovery: parts.discovery,
          relays: options.relays ?? [],
          name: parts.name,
          version: parts.version,
          check: () => ({ apiUrl, routeOf, limits, now: clock.now() }),
          purged: (target, asOf, from) => purge([target], Math.min(asOf, clock.now()), from),
          ownStats: () => stats(),
          expired(key) {
            counters.expired()
            void cache.delete(key)
          }
        })
      : undefined
  const guard = network?.guard ?? createGuard(limits, counters, localNow, () => {})
  const trusts = (peerId: string | undefined) => trust === 'group' && (peerId === undefined || guard.trusts(peerId))
  const sharing = createSharing({
    ...shared,
    isAlone,
    ask: (request) => resolve(flow, request),
    announce: (key, entry) => (network ? network.announce(key, entry) : leader?.told(key, true)),
    touched: (key, entry) => (network ? network.touched(key, entry) : leader?.told(key, false))
  })
  const validators = createValidators({ ...shared, trusts })
  const admit = createAdmit({
    ...shared,
    validators,
    publicity,
    narrow: typeof share === 'function' ? share : undefined,
    share: sharing.share,
    doubt: sharing.doubt
  })
  const audit = createAudit({
    oneIn: limits.auditOneIn,
    now: clock.now,
    random,
    guard,
    recheck: (request) => again(request, request.url.href, request)
  })
  const flow: Flow = {
    ...shared,
    ...admit,
    conditionFor: validators.conditionFor,
    origin,
    flights: createFlights<Outcome>({ ...limits, now: localNow, patienceMs: limits.membersBudgetMs }),
    patienceMs: limits.membersBudgetMs,
    respond: createResponder({ now: clock.now, etagFor: validators.etagFor, viewerHeaders }),
    staleIfErrorMs: options.staleIfErrorMs ?? defaultStaleIfErrorMs,
    judgement,
    remembered: (request) => admit.remembered(request, purges.at(request.canonical)),
    async askMembers(request, verdict) {
      const how = { held: verdict?.entry, nobodyElse: request.mode === 'only-if-cached' }
      if (request.shareable) await (network ? network.ask(request.key, how) : leader?.seek(request.key))
      return leader ? cache.reload(request.key) : cache.find(request.key)
    },
    served(request, entry) {
      network?.used(request.key)
      audit(request, entry)
    }
  }
  const writes = createWrites({
    ...shared,
    async changed(targets, asOf) {
      admit.forgetMissing()
      await Promise.all([purge(targets, asOf), ...targets.map((target) => (network ?? leader)?.purge(target, asOf))])
    },
    async recheck(targets, by) {
      const names = targets.flatMap((target) => purges.normalise(target) ?? [])
      for (const key of [...(await cache.below(names))].slice(0, mostRechecked)) {
        const entry = (await cache.find(key))?.entries[0]
        if (entry) await again(by, entry.url, entry).catch(() => {})
      }
    }
  })
  const values =
    network?.values ??
    createValues({
      ...shared,
      guard,
      mirror: createMirror({ ...shared, groups: [] }),
      peerId: () => '',
      tell: nobody,
      ask: nobody
    })

  function judgement(request: ApiRequest): Judgement {
    const { ttlMs } = options
    return {
      viewer: request.viewer,
      anonymous: request.viewer === anonymous,
      now: clock.now(),
      freshMs: typeof ttlMs === 'function' ? ttlMs(request.url) : ttlMs,
      purgedAt: purges.at(request.canonical),
      revokedAt: admit.revokedAt(request),
      hidden: isHidden(request.repository),
      isOpen: visibility.isOpen,
      trusts,
      limits
    }
  }

  /** Asks GitHub once more, in the background; resolves to the status of its answer. */
  async function again(
    by: Pick<ApiRequest, 'authorization' | 'viewer'>,
    url: string,
    { accept, apiVersion }: Pick<Entry, 'accept' | 'apiVersion'>
  ) {
    const request = stopped ? undefined : await requests.like(by, url, { accept, apiVersion, mode: 'no-cache' })
    const response = request && (await resolve(flow, request))
    return Number(/fwd-status=(\d+)/.exec(response?.headers.get('cache-status') ?? '')?.[1])
  }

  function stats(): MeshStats {
    return counters.now({ ...cache.size, connectedPeers: network?.peers().length ?? 0, peerId: network?.peerId })
  }

  const sleep = network && parts.onWake(network.wake)

  let stopped = false
  return {
    ...shared,
    events,
    origin,
    network,
    flow,
    values,
    viewers,
    writes,
    purge,
    judgement,
    stats,
    clear() {
      admit.forgetMissing()
      return cache.clear()
    },
    async stop(): Promise<void> {
      stopped = true
      sleep?.()
      await within(writes.stop(), limits.stopMs)
      if (network?.peers().length) await within(sharing.idle(), limits.stopMs)
      try {
        await network?.stop()
      } finally {
        flow.flights.stop()
        await cache.close()
        await parts.release()
      }
    }
  }
}

/** A write to a large repository must not ask for all of it again. */
const mostRechecked = 50
const driftMessage =
  "GitHub's ETags cannot be recomputed any more; members' answers are fetched anew when stale until they can"
const defaultStaleIfErrorMs = 86_400_000
const nobody = async () => {}
