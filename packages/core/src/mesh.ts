/// <reference lib="esnext.disposable" preserve="true" />
import { type AbortOptions, abortable, within } from './abort.ts'
import { createAdmit } from './admit.ts'
import { createAudit } from './audit.ts'
import type { Bytes } from './bytes.ts'
import { createCache } from './cache/cache.ts'
import { createPurge } from './cache/purge.ts'
import { createPurges } from './cache/purges.ts'
import type { Discovery } from './discovery/discovery.ts'
import type { Entry } from './entry.ts'
import { MeshError } from './errors.ts'
import { createEvents, type Emit, type MeshEvents } from './events.ts'
import { createClock } from './github/clock.ts'
import { createEtagScheme } from './github/etag.ts'
import { createOrigin } from './github/origin.ts'
import { type ApiRequest, anonymous, apiPath, createTargets } from './github/request.ts'
import { createRoutes, repositoryOf } from './github/routes.ts'
import { createVisibility } from './github/visibility.ts'
import type { Group } from './group/group.ts'
import { createGuard } from './members/guard.ts'
import { createMirror } from './members/mirror.ts'
import { createNetwork, type Network } from './members/network.ts'
import type { readOptions } from './options.ts'
import { createRequests } from './requests.ts'
import { type Flow, type Outcome, resolve } from './resolve.ts'
import { createResponder } from './response.ts'
import { createSharing } from './sharing.ts'
import { createFlights } from './single-flight.ts'
import { createCounters, type GroupStats, type MeshStats, sumStats } from './stats.ts'
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
  const { options, groups, transport } = parts
  const { limits, share = 'public', trust = 'group', logger } = options
  const localNow = options.now ?? Date.now
  const random = options.random ?? Math.random
  const apiUrl = new URL(options.apiUrl ?? 'https://api.github.com')
  const { target: eventTarget, emit: dispatch } = createEvents()
  const emit: Emit = (type, detail) => {
    if (type === 'warning') logger?.warn(`ghmesh: ${(detail as MeshError).message}`)
    dispatch(type, detail)
  }
  const counters = createCounters()
  const clock = createClock(localNow)
  const cache = createCache(parts.store, limits, {
    warning: (error) => emit('warning', error),
    evicted: counters.evicted
  })
  const routeOf = createRoutes(options.routes)
  const purges = createPurges(apiUrl)
  const viewers = createViewers(parts.machineKey)
  const visibility = createVisibility({ ...limits, now: localNow })
  const targets = createTargets({ apiUrl, routeOf, repositoryName: visibility.nameOf, now: localNow })
  const requests = createRequests({ apiUrl, targets, viewers, token: createToken(options.token, parts.findToken) })
  const etags = createEtagScheme(clock.now, () =>
    emit(
      'warning',
      new MeshError(
        'ERR_PROTOCOL',
        "GitHub's ETags cannot be recomputed any more; members' answers are fetched anew when stale until they can"
      )
    )
  )
  const isHidden = (repository: string | undefined) =>
    repository !== undefined && visibility.known(repository) === false
  const mayShare = ({ url, public: isPublic, local }: Pick<Entry, 'url' | 'public' | 'local'>) =>
    !local && (share === 'group' || (isPublic && !isHidden(repositoryOf(apiPath(new URL(url), apiUrl) ?? ''))))
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
  const origin = createOrigin({
    ...shared,
    fetch: options.fetch ?? ((...args) => globalThis.fetch(...args)),
    maxBytes: limits.entryBytes,
    seesRedirects: parts.seesRedirects
  })

  const purge = createPurge(shared)
  const network: Network | undefined =
    transport && groups[0]
      ? createNetwork({
          ...shared,
          groups: [groups[0], ...groups.slice(1)],
          transport,
          discovery: parts.discovery,
          name: parts.name,
          version: parts.version,
          check: () => ({ apiUrl, routeOf, limits, now: clock.now() }),
          purged: async (target, asOf, from) => void (await purge(target, Math.min(asOf, clock.now()), from)),
          ownStats: () => stats(),
          expired(key) {
            counters.expired()
            void cache.delete(key)
          }
        })
      : undefined
  const guard = network?.guard ?? createGuard(limits, counters, localNow, () => {})
  const sharing = createSharing({
    ...shared,
    ask: async (request) => resolve(flow, request),
    announce: (key, entry) => network?.announce(key, entry)
  })
  const admit = createAdmit({
    ...shared,
    trusted: trust === 'group',
    narrow: typeof share === 'function' ? share : undefined,
    share: sharing.share,
    touched: (key, entry) => network?.touched(key, entry)
  })
  const flow: Flow = {
    ...shared,
    ...admit,
    origin,
    flights: createFlights<Outcome>(),
    respond: createResponder({ now: clock.now, etagFor: admit.etagFor }),
    staleIfErrorMs: options.staleIfErrorMs ?? defaultStaleIfErrorMs,
    judgement,
    remembered: (request) => admit.remembered(request, purges.at(request.canonical)),
    async askMembers(request, verdict) {
      if (network && request.shareable) await network.ask(request.key, verdict?.entry)
      return cache.find(request.key)
    },
    served: createAudit({
      oneIn: limits.auditOneIn,
      now: clock.now,
      random,
      guard,
      recheck: (request) => again(request, request.url.href, request)
    })
  }
  const writes = createWrites({
    ...shared,
    async changed(target, asOf) {
      admit.forgetMissing()
      await purge(target, asOf)
      await network?.purge(target, asOf)
    },
    async recheck(targets, by) {
      for (const { key, url } of (await purge.covered(targets)).slice(0, mostRechecked)) {
        const entry = (await cache.find(key))?.entries[0]
        if (entry) await again(by, url, entry).catch(() => {})
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
      trusts: (peerId) => trust === 'group' && (peerId === undefined || guard.trusts(peerId)),
      limits
    }
  }

  /** Asks GitHub once more, in the background; resolves to the status of its answer. */
  async function again(
    by: Pick<ApiRequest, 'authorization' | 'viewer'>,
    url: string,
    { accept, apiVersion }: Pick<Entry, 'accept' | 'apiVersion'>
  ) {
    const request = stopping ? undefined : await requests.like(by, url, { accept, apiVersion, mode: 'no-cache' })
    const response = request && (await resolve(flow, request))
    return Number(/fwd-status=(\d+)/.exec(response?.headers.get('cache-status') ?? '')?.[1])
  }

  function stats(): MeshStats
  function stats(which: { group: true }): GroupStats
  function stats(which?: { group: true }): MeshStats | GroupStats {
    const own = counters.now({ ...cache.size, connectedPeers: network?.peers().length ?? 0, peerId: network?.peerId })
    return which?.group ? sumStats({ [parts.name]: own, ...network?.stats() }) : own
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
    if (classified.write && response.ok) await writes.done(classified.write.url, classified.write)
    return response
  }

  async function peekEntry(input: RequestInfo | URL, init?: RequestInit) {
    running()
    const classified = await requests.classify(input, init)
    if (!('api' in classified)) return undefined
    const { api } = classified
    const verdict = judge(await cache.find(api.key), judgement(api))
    const visible =
      verdict &&
      (verdict.permitted ||
        (verdict.entry.public && mayShare(verdict.entry) && verdict.entry.confirmed[api.viewer] !== 0))
    return visible ? { request: api, entry: verdict.entry } : undefined
  }

  async function stop(): Promise<void> {
    writes.stop()
    purge.stop()
    if (network?.peers().length) await within(sharing.idle(), limits.stopMs)
    await network?.stop()
    origin.stop()
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
      return found && respondTo(found)
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
        throw new MeshError(
          'ERR_INVALID_OPTION',
          `purge takes owner/repo or a URL below ${apiUrl.href}; received ${JSON.stringify(urlOrRepository)}`
        )
      }
      const asOf = clock.now()
      const [count] = await abortable(
        Promise.all([purge(urlOrRepository, asOf), network?.purge(urlOrRepository, asOf)]),
        signal
      )
      return count
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
  const respondTo = ({ request, entry }: { request: ApiRequest; entry: Entry }) =>
    flow.respond.fromEntry(request, entry, 'ghmesh; hit; detail=peek')

  if (network) await network.start()
  else logger?.info('ghmesh: no secret, so this member caches for itself alone; "ghmesh secret" makes one')
  return mesh
}

/** A write to a large repository must not ask for all of it again. */
const mostRechecked = 50
const defaultStaleIfErrorMs = 86_400_000
const nobody = async () => {}

/** The member's token: as given, asked for each time, or looked for once. */
function createToken(
  option: string | (() => Promise<string | undefined>) | undefined,
  findToken: () => Promise<string | undefined>
) {
  let found: Promise<string | undefined> | undefined
  if (typeof option === 'string') return () => option
  return option ?? (() => (found ??= findToken()))
}
