import { type AbortOptions, abortable } from './abort.ts'
import { createAdmit } from './admit.ts'
import { createAudit } from './audit.ts'
import type { Bytes } from './bytes.ts'
import { createCache } from './cache.ts'
import type { Discovery } from './discovery/discovery.ts'
import type { Entry } from './entry.ts'
import { MeshError } from './errors.ts'
import { createEvents, type MeshEvents } from './events.ts'
import { createClock } from './github/clock.ts'
import { createEtagScheme } from './github/etag.ts'
import { createOrigin } from './github/origin.ts'
import { type ApiRequest, anonymous, createTargets } from './github/request.ts'
import { createRoutes } from './github/routes.ts'
import { createVisibility } from './github/visibility.ts'
import type { Group } from './group/group.ts'
import { createGuard } from './guard.ts'
import { createMirror } from './mirror.ts'
import { createNetwork, type Network } from './network.ts'
import type { readOptions } from './options.ts'
import { createPurges } from './purges.ts'
import { createRequests } from './requests.ts'
import { type Flow, type Outcome, resolve } from './resolve.ts'
import { createResponder } from './response.ts'
import { createFlights } from './single-flight.ts'
import { createCounters, emptyStats, type GroupStats, type MeshStats, sumStats } from './stats.ts'
import type { Json, Store } from './store/store.ts'
import type { Peer, Transport } from './transport/transport.ts'
import { createValues } from './values.ts'
import { type Judgement, judge } from './verify.ts'
import { createViewers } from './viewers.ts'
import { createWrites } from './writes.ts'

/** A member: a `fetch` whose cache is shared. */
export interface Mesh extends AsyncDisposable {
  /** Undefined without a secret: then there is no networking. */
  readonly peerId: string | undefined
  /** Multiaddrs at which others can reach this member. */
  readonly addresses: string[]
  /** Bound: `const { fetch } = mesh` works. Fails as fetch does: TypeError, or `signal.reason`. */
  readonly fetch: typeof globalThis.fetch
  /**
   * The stored entry as a response, whatever its age or origin, or undefined; asks nobody, counts nothing. What is not
   * public shows only to a token that GitHub let see it within the hour; what varies may be another viewer's.
   */
  peek(input: RequestInfo | URL, init?: RequestInit): Promise<Response | undefined>
  /** Connected members that hold this member's stored body of a URL: whoever wants to leave can wait for them. */
  holders(input: RequestInfo | URL, init?: RequestInit): Promise<Peer[]>
  /** A value by name, from this member or another; undefined when nobody has it. */
  get<T extends Json>(name: string, options?: AbortOptions): Promise<T | undefined>
  /**
   * Shares small JSON under a name; the later of two wins. `ttlMs`: default 24 h.
   * @throws MeshError ERR_VALUE_TOO_LARGE above 64 KiB, ERR_INVALID_OPTION for a name or value that cannot be one.
   */
  set(name: string, value: Json, options?: AbortOptions & { ttlMs?: number }): Promise<void>
  delete(name: string, options?: AbortOptions): Promise<void>
  /**
   * Makes a URL (with any query), or all of one repository (`owner/repo`), stale here and at every member; nothing is
   * deleted. Resolves to how many entries here.
   * @throws MeshError ERR_INVALID_OPTION for anything else.
   */
  purge(urlOrRepository: string, options?: AbortOptions): Promise<number>
  stats(): MeshStats
  stats(options: { group: true }): GroupStats
  /** Proven members connected now. */
  peers(): Peer[]
  addEventListener<K extends keyof MeshEvents>(
    type: K,
    listener: (event: CustomEvent<MeshEvents[K]>) => void,
    options?: AddEventListenerOptions
  ): void
  removeEventListener<K extends keyof MeshEvents>(type: K, listener: (event: CustomEvent<MeshEvents[K]>) => void): void
  /** Idempotent; nothing of the mesh keeps the process alive afterwards. Later calls reject with ERR_STOPPED. */
  stop(): Promise<void>
}

/** What a mesh is put together from, once options and platform are known. */
export interface MeshParts {
  options: ReturnType<typeof readOptions>
  name: string
  version: string
  store: Store
  machineKey: Bytes
  seesRedirects: boolean
  groups: readonly Group[]
  transport?: Transport
  discovery: readonly Discovery[]
  /** The user's token, where neither option nor variable names one. */
  findToken(): Promise<string | undefined>
  /** Lets go of what the platform holds for this mesh. */
  release(): Promise<void>
}

export async function startMesh(parts: MeshParts): Promise<Mesh> {
  const { options, store, groups, transport } = parts
  const { limits, share = 'public', trust = 'group', logger } = options
  const localNow = options.now ?? Date.now
  const random = options.random ?? Math.random
  const apiUrl = new URL(options.apiUrl ?? 'https://api.github.com')
  const { target: eventTarget, emit } = createEvents()
  const warn = (error: MeshError) => {
    logger?.warn(`ghmesh: ${error.message}`)
    emit('warning', error)
  }
  const counters = createCounters()
  const clock = createClock(localNow)
  const cache = createCache(store, limits, { warning: warn, evicted: counters.evicted })
  const routeOf = createRoutes()
  const purges = createPurges(apiUrl)
  const viewers = createViewers(parts.machineKey)
  const flights = createFlights<Outcome>()
  const etags = createEtagScheme(clock.now, () =>
    warn(new MeshError('ERR_PROTOCOL', "GitHub's ETags cannot be recomputed any more; members' answers are fetched anew when stale until they can"))
  )
  const origin = createOrigin({
    fetch: options.fetch ?? ((...args) => globalThis.fetch(...args)),
    clock,
    localNow,
    counters,
    maxBytes: limits.entryBytes,
    seesRedirects: parts.seesRedirects
  })
  const visibility = createVisibility({ now: localNow, visibilityMs: limits.visibilityMs, aliasMs: limits.aliasMs })
  const targets = createTargets({ apiUrl, routeOf, repositoryName: visibility.nameOf })
  const requests = createRequests({ apiUrl, targets, viewers, token: createToken(options.token, parts.findToken) })
  const mayShare = ({ public: isPublic, local }: Pick<Entry, 'public' | 'local'>) => !local && (isPublic || share === 'group')

  const network: Network | undefined =
    transport && groups[0]
      ? createNetwork({
          groups: [groups[0], ...groups.slice(1)],
          transport,
          discovery: parts.discovery,
          cache,
          counters,
          limits,
          emit: (type, detail) => (type === 'warning' ? warn(detail as MeshError) : emit(type, detail)),
          name: parts.name,
          version: parts.version,
          localNow,
          now: clock.now,
          random,
          clock,
          check: () => ({ apiUrl, routeOf, limits, now: clock.now() }),
          mayShare,
          purged: async (target, asOf, from) => {
            await purgeHere(target, Math.min(asOf, clock.now()), from)
          },
          ownStats: () => stats(),
          expired: (key) => {
            counters.expired()
            void cache.delete(key)
          }
        })
      : undefined

  const admit = createAdmit({
    cache,
    etags,
    targets,
    visibility,
    limits,
    emit,
    now: clock.now,
    trusted: trust === 'group',
    mayShare: typeof share === 'function' ? share : undefined,
    share: (request, key, entry) => void shareLater(request, key, entry).catch(() => {}),
    touched: (key, entry) => network?.touched(key, entry)
  })
  const respond = createResponder({ now: clock.now, etagFor: admit.etagFor })
  const audit = createAudit({
    oneIn: limits.auditOneIn,
    random,
    guard: network?.guard ?? createGuard(limits, counters, localNow, () => {}),
    recheck: (request) => again(request, request.url.href)
  })

  const ttlOf = (url: URL) => (typeof options.ttlMs === 'function' ? options.ttlMs(url) : options.ttlMs)
  const judgement = (request: ApiRequest): Judgement => ({
    viewer: request.viewer,
    anonymous: request.viewer === anonymous,
    now: clock.now(),
    freshMs: ttlOf(request.url),
    purgedAt: purges.at(request.canonical),
    revokedAt: admit.revokedAt(request),
    trusts: (peerId) => trust === 'group' && (peerId === undefined || network?.guard.trusts(peerId) === true),
    limits
  })

  const flow: Flow = {
    cache,
    flights,
    origin,
    respond,
    counters,
    emit,
    staleIfErrorMs: options.staleIfErrorMs ?? 86_400_000,
    judgement,
    remembered: (request) => admit.remembered(request, purges.at(request.canonical)),
    async askMembers(request, verdict) {
      if (network && request.shareable) await network.ask(request.key, verdict?.entry)
      return cache.find(request.key)
    },
    conditionFor: admit.conditionFor,
    refresh: admit.refresh,
    admit: admit.admit,
    refused: admit.refused,
    served: audit
  }

  /** The same request to GitHub once more, in the background; resolves to the status of its answer. */
  async function again(request: Pick<ApiRequest, 'authorization' | 'viewer'> & Partial<ApiRequest>, href: string): Promise<number | undefined> {
    const { accept, apiVersion } = request
    const repeated = await requests.like(request, href, { accept, apiVersion, mode: 'no-cache' })
    if (!repeated || stopping) return undefined
    const response = await resolve(flow, repeated)
    return Number(/fwd-status=(\d+)/.exec(response.headers.get('cache-status') ?? '')?.[1])
  }

  /** Tells members of an entry, once its repository is known to be public or the group shares all. */
  async function shareLater(request: ApiRequest, key: string, entry: Entry): Promise<void> {
    let shared = entry
    if (!entry.public && request.repository) {
      const isPublic = await visibility.isPublic(request.repository, async () => {
        const root = new URL(`${apiUrl.href.replace(/\/$/, '')}/${/^repositories\//.test(request.repository ?? '') ? '' : 'repos/'}${request.repository}`)
        const question = await requests.like(request, root.href, { apiVersion: request.apiVersion })
        if (!question) return false
        const { private: hidden, visibility: named = 'public' } = await (await resolve(flow, question)).json()
        return hidden === false && named === 'public'
      })
      shared = { ...entry, public: isPublic }
      if (isPublic) await cache.touch(key, (held) => (held.hash === entry.hash ? { ...held, public: true } : held))
    }
    // What a write made stale while it was on its way is nobody else's.
    if (mayShare(shared) && shared.asOf > purges.at(shared.url)) network?.announce(key, shared)
  }

  async function purgeHere(target: string, asOf: number, peerId?: string): Promise<number> {
    const name = purges.normalise(target)
    if (name === undefined) return 0
    if (!purges.mark(name, asOf)) return 0
    emit('purged', peerId === undefined ? { target } : { target, peerId })
    let count = 0
    for await (const { key, url } of cache.summaries()) {
      if (!purges.covers(name, url)) continue
      count++
      await cache.touch(key, (entry) => (entry.asOf < asOf ? { ...entry, purgedAt: asOf } : entry))
    }
    return count
  }

  const writes = createWrites({
    apiUrl,
    recheckMs: limits.recheckMs,
    now: clock.now,
    repositoryName: visibility.nameOf,
    async changed(target, asOf) {
      await purgeHere(target, asOf)
      await network?.purge(target, asOf)
    },
    async recheck(targetsChanged, request) {
      for await (const { key, url } of cache.summaries()) {
        if (stopping) return
        if (!targetsChanged.some((target) => purges.covers(purges.normalise(target) ?? '', url))) continue
        const entry = (await cache.find(key))?.entries[0]
        if (entry) await again({ ...request, accept: entry.accept, apiVersion: entry.apiVersion }, url).catch(() => {})
      }
    }
  })

  const alone = network
    ? undefined
    : createValues({
        cache,
        mirror: createMirror({ cache, groups: [], limits, now: clock.now, mayShare }),
        guard: createGuard(limits, counters, localNow, () => {}),
        counters,
        limits,
        emit,
        now: clock.now,
        peerId: () => '',
        tell: async () => {},
        ask: async () => {}
      })
  const values = network?.values ?? (alone as NonNullable<typeof alone>)

  function stats(): MeshStats
  function stats(which: { group: true }): GroupStats
  function stats(which?: { group: true }): MeshStats | GroupStats {
    const own: MeshStats = {
      ...counters.figures,
      rejected: { ...counters.figures.rejected },
      quota: { ...counters.figures.quota },
      ...cache.size,
      hitRate: counters.figures.requests === 0 ? 0 : counters.figures.apiCallsSaved / counters.figures.requests,
      connectedPeers: network?.peers().length ?? 0,
      peerId: network?.peerId
    }
    if (!which?.group) return own
    const members: Record<string, MeshStats> = { [parts.name]: own }
    for (const [name, figures] of Object.entries(network?.stats() ?? {})) members[name] = { ...emptyStats(), ...figures }
    return sumStats(members)
  }

  let stopping: Promise<void> | undefined
  const running = () => {
    if (stopping) throw new MeshError('ERR_STOPPED', 'this mesh was stopped; make another one with createMesh')
  }

  async function fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    running()
    const classified = await requests.classify(input, init)
    if ('api' in classified) {
      classified.api.signal?.throwIfAborted()
      return resolve(flow, classified.api)
    }
    const response = await origin.pass(classified.input, classified.init)
    if (classified.write && response.ok) {
      const { url, authorization } = classified.write
      await writes.done(url, { authorization, viewer: await viewers.of(authorization) })
    }
    return response
  }

  async function peekEntry(input: RequestInfo | URL, init?: RequestInit) {
    running()
    const classified = await requests.classify(input, init)
    if (!('api' in classified)) return undefined
    const verdict = judge(await cache.find(classified.api.key), judgement(classified.api))
    const visible = verdict && (verdict.permitted || (verdict.entry.public && verdict.entry.confirmed[classified.api.viewer] !== 0))
    return visible ? { request: classified.api, entry: verdict.entry } : undefined
  }

  async function stop(): Promise<void> {
    writes.stop()
    await Promise.race([flights.idle(), network ? network.stop() : Promise.resolve()])
    await network?.stop()
    await cache.close()
    await parts.release()
  }

  const mesh: Mesh = {
    get peerId() {
      return network?.peerId
    },
    get addresses() {
      return network?.addresses ?? []
    },
    fetch,
    async peek(input, init) {
      const found = await peekEntry(input, init)
      return found && respond.fromEntry(found.request, found.entry, 'ghmesh; hit; detail=peek')
    },
    async holders(input, init) {
      const found = await peekEntry(input, init)
      return found && network ? network.holders(found.request.key, found.entry.hash) : []
    },
    async get(name, how) {
      running()
      return values.get(name, how)
    },
    async set(name, value, how) {
      running()
      return values.set(name, value, how)
    },
    async delete(name, how) {
      running()
      return values.delete(name, how)
    },
    async purge(urlOrRepository, { signal } = {}) {
      running()
      signal?.throwIfAborted()
      if (purges.normalise(urlOrRepository) === undefined) {
        throw new MeshError('ERR_INVALID_OPTION', `purge takes owner/repo or a URL below ${apiUrl.href}; received ${JSON.stringify(urlOrRepository)}`)
      }
      const asOf = clock.now()
      const purged = purgeHere(urlOrRepository, asOf)
      await abortable(network?.purge(urlOrRepository, asOf) ?? Promise.resolve(), signal)
      return abortable(purged, signal)
    },
    stats,
    peers: () => network?.peers() ?? [],
    addEventListener: (type, listener, how) => eventTarget.addEventListener(type, listener as EventListener, how),
    removeEventListener: (type, listener) => eventTarget.removeEventListener(type, listener as EventListener),
    stop() {
      stopping ??= stop()
      return stopping
    },
    [Symbol.asyncDispose]: () => mesh.stop()
  }

  if (network) await network.start()
  else logger?.info('ghmesh: no secret, so this member caches for itself alone; "ghmesh secret" makes one')
  return mesh
}

/** The member's token: as given, asked for each time, or looked for once. */
function createToken(option: string | (() => Promise<string | undefined>) | undefined, findToken: () => Promise<string | undefined>) {
  let found: Promise<string | undefined> | undefined
  if (typeof option === 'string') return () => option
  if (option) return option
  return () => {
    found ??= findToken()
    return found
  }
}
