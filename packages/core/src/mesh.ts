/// <reference lib="esnext.disposable" preserve="true" />

import { type AbortOptions, abortable } from './abort.ts'
import { composeMember, type MemberParts } from './compose.ts'
import { MeshError, stoppedError } from './errors.ts'
import type { MeshEvents } from './events.ts'
import { resolve } from './flow/resolve.ts'
import type { Relay } from './peers/relays.ts'
import { ttlMs } from './rules/fresh.ts'
import { assess, mayPeek } from './rules/serve.ts'
import { type GroupStats, type MeshStats, sumStats } from './stats.ts'
import type { Json } from './store/store.ts'
import type { Peer } from './transport/transport.ts'
import type { FetchInput, ListenerOptions } from './web-types.ts'

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
  peek(input: FetchInput, init?: RequestInit): Promise<Response | undefined>
  /** Connected members that hold this member's stored body of a URL; a program can wait for them before it ends. */
  holders(input: FetchInput, init?: RequestInit): Promise<Peer[]>
  /** A value by name, from this member or another; undefined when nobody has it. */
  get<T extends Json>(name: string, options?: AbortOptions): Promise<T | undefined>
  /**
   * Shares small JSON under a name; the later of two wins. `ttlMs`: default 24 h.
   * @throws MeshError ERR_VALUE_TOO_LARGE above 64 KiB, ERR_INVALID_OPTION for a name or value that cannot be one.
   */
  set(name: string, value: Json, options?: AbortOptions & { ttlMs?: number | undefined }): Promise<void>
  /** Removes a value here and at every member; one that nobody has is no error. */
  delete(name: string, options?: AbortOptions): Promise<void>
  /**
   * Makes a URL (with any query), or all of one repository (`owner/repo`), stale here and at every member; nothing is
   * deleted. Resolves to how many entries here.
   * @throws MeshError ERR_INVALID_OPTION for anything else.
   */
  purge(urlOrRepository: string, options?: AbortOptions): Promise<number>
  /**
   * Removes all that this member keeps, from memory and the store: for signing out, or to begin anew. Its identity stays, and
   * so does what other members hold. A request under way may still store its answer.
   */
  clear(): Promise<void>
  /** What this member has saved since it was made. */
  stats(): MeshStats
  /** The same of all members connected now, as each of them tells. */
  stats(options: { group: true }): GroupStats
  /** Proven members connected now; in a large group only some of those that `stats().knownPeers` counts. */
  peers(): Peer[]
  /** The relays of the option `relays`, and how it stands with each. */
  relays(): Relay[]
  /** As of any EventTarget. What a listener throws never reaches the mesh. */
  addEventListener<K extends keyof MeshEvents>(
    type: K,
    listener: (event: CustomEvent<MeshEvents[K]>) => void,
    options?: ListenerOptions
  ): void
  /** As of any EventTarget. */
  removeEventListener<K extends keyof MeshEvents>(type: K, listener: (event: CustomEvent<MeshEvents[K]>) => void): void
  /**
   * Idempotent; nothing of the mesh keeps the process alive afterwards. Later calls reject with ERR_STOPPED. With a secret a
   * mesh listens, like any server, and a process does not end before this is called, or before the block ends that declared
   * it with `await using`. Without a secret a process may end without it.
   */
  stop(): Promise<void>
}

/** A mesh and the member behind it. */
export interface StartedMesh {
  mesh: Mesh
  member: ReturnType<typeof composeMember>
}

type Member = ReturnType<typeof composeMember>

/** Starts a member and gives it its public face. */
export async function startMesh(parts: MemberParts): Promise<StartedMesh> {
  const member = composeMember(parts)
  const { events, flow, members } = member
  const { values, peers, relays } = members

  let stopping: Promise<void> | undefined
  const running = () => {
    if (stopping) throw stoppedError()
  }

  const mesh: Mesh = {
    get peerId() {
      return members.peerId
    },
    get addresses() {
      return members.addresses
    },
    async fetch(input, init) {
      running()
      return answer(member, input, init)
    },
    async peek(input, init) {
      running()
      const found = await findHeld(member, input, init)
      if (!found) return undefined
      const { request, entry, ttlMs } = found
      return flow.respond.fromEntry(request, entry, { hit: true, detail: 'peek', ttlMs })
    },
    async holders(input, init) {
      running()
      const found = await findHeld(member, input, init)
      return found ? members.holders(found.request.key, found.entry.hash) : []
    },
    async get(name, how) {
      running()
      return abortable(values.get(name, how), how?.signal)
    },
    async set(name, value, how) {
      running()
      return abortable(values.set(name, value, how), how?.signal)
    },
    async delete(name, how) {
      running()
      return abortable(values.delete(name, how), how?.signal)
    },
    async purge(urlOrRepository, { signal } = {}) {
      running()
      signal?.throwIfAborted()
      return abortable(purgeEverywhere(member, urlOrRepository), signal)
    },
    async clear() {
      running()
      return member.clear()
    },
    stats: ((which?: { group: true }) => {
      const own = member.stats()
      return which?.group ? sumStats({ [parts.name]: own, ...members.stats() }) : own
    }) as Mesh['stats'],
    peers,
    relays,
    addEventListener: (type, listener, how) => events.addEventListener(type, listener as EventListener, how),
    removeEventListener: (type, listener) => events.removeEventListener(type, listener as EventListener),
    stop() {
      stopping ??= member.stop()
      return stopping
    },
    [Symbol.asyncDispose]: () => mesh.stop()
  }

  await members.start()
  await member.useToken()
  if (members.isAlone) sayWhyAlone(parts.options)
  return { mesh, member }
}

/** From the mesh where it is GitHub's API and can be, else as fetch would. */
async function answer({ classifier, flow, passOn }: Member, input: FetchInput, init?: RequestInit): Promise<Response> {
  const classified = await classifier.classify(input, init)
  if ('api' in classified) {
    classified.api.signal?.throwIfAborted()
    return resolve(flow, classified.api)
  }
  const { passed } = classified
  return passed
    ? passOn.toGitHub(classified.input, classified.init, passed)
    : passOn.elsewhere(classified.input, classified.init)
}

/** What is held and may be looked at, whatever its age. */
async function findHeld({ cache, classifier, flow, mayShare }: Member, input: FetchInput, init?: RequestInit) {
  const classified = await classifier.classify(input, init)
  if (!('api' in classified)) return undefined
  const { api } = classified
  await flow.rights.recall(api)
  const asker = flow.askerOf(api)
  const assessment = assess(await cache.find(api.key), asker)
  if (!assessment || !mayPeek(assessment, asker, mayShare(assessment.entry))) return undefined
  return { request: api, entry: assessment.entry, ttlMs: ttlMs(assessment.entry, asker) }
}

async function purgeEverywhere(member: Member, urlOrRepository: string): Promise<number> {
  const { api, cache, clock, members, purge, purges } = member
  const name = purges.normalise(urlOrRepository)
  if (name === undefined) {
    throw new MeshError(
      'ERR_INVALID_OPTION',
      `purge takes owner/repo or a URL below ${api.base}/; received ${JSON.stringify(urlOrRepository)}`
    )
  }
  const [{ size }] = await Promise.all([
    cache.below([name]),
    purge([urlOrRepository], clock.most()),
    // Members whose clocks are right must not take it for an older one.
    members.purge([urlOrRepository], clock.latest())
  ])
  return size
}

function sayWhyAlone({ networking, logger }: MemberParts['options']): void {
  const why = networking === false ? 'networking is off' : 'no secret'
  const how = networking === false ? '' : '; "ghmesh secret" makes one'
  logger?.info(`ghmesh: ${why}, so this member caches for itself alone${how}`)
}
