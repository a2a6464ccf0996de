/// <reference lib="esnext.disposable" preserve="true" />
import type { AbortOptions } from '../abort.ts'
import { MeshError } from '../errors.ts'
import { createEvents } from '../events.ts'
import type { LocalMesh, Mesh } from '../mesh.ts'
import { readRequest, type Token } from '../requests.ts'
import { emptyStats, type GroupStats, type MeshStats } from '../stats.ts'
import type { Json } from '../store/store.ts'
import type { Peer } from '../transport/transport.ts'
import { createGuest, NoHolder } from './guest.ts'
import { createHost } from './host.ts'
import { type Calls, type RequestParts, receiveResponse } from './messages.ts'

export interface TabsOptions {
  /** The same in all tabs that share one mesh, and in no others. */
  name: string
  /** Makes the member, once this tab is the one to hold it. */
  start(): Promise<LocalMesh>
  apiUrl: URL
  /** This tab's own token. */
  token: Token
  fetch: typeof globalThis.fetch
  /** When no tab takes a question within this, in ms, this one goes on without a mesh. */
  answerMs: number
}

/**
 * One mesh for all tabs of an origin: whoever has the Web Lock holds it, and the others use it through a BroadcastChannel.
 * When its tab goes, the next one starts it again and answers what others were waiting for. A tab that cannot start it
 * tries again only after another one has held it. A tab that the mesh does not answer asks GitHub itself.
 */
export async function meshOfTabs(options: TabsOptions): Promise<Mesh> {
  const { name, start, apiUrl, token, fetch: ask, answerMs } = options
  const { target: events, emit } = createEvents()
  const channel = new BroadcastChannel(name)
  const guest = createGuest({ channel, emit, answerMs, onHolder: () => inLine || standInLine().catch(notStarted) })
  const queue = new AbortController()
  let local: LocalMesh | undefined
  let stopping: Promise<void> | undefined
  let endHolding = () => {}
  const holding = new Promise<void>((resolve) => {
    endHolding = resolve
  })

  async function hold(started: () => void): Promise<void> {
    const mesh = await start().catch((error) => {
      inLine = false
      guest.askAgain()
      throw error
    })
    const host = createHost(channel, mesh, emit)
    local = mesh
    guest.moveTo(host)
    started()
    await holding
    host.leave()
    await mesh.stop()
    // Before the next one begins: what it asks is no longer this tab's to take.
    channel.close()
  }

  let inLine = false
  let lock: Promise<unknown> = Promise.resolve()
  /** Waits for this tab's turn; rejects when it cannot start the mesh then. */
  function standInLine(): Promise<void> {
    inLine = true
    return new Promise((resolve, reject) => {
      lock = navigator.locks.request(name, { signal: queue.signal }, () => hold(resolve))
      lock.catch(reject)
    })
  }
  function notStarted(error: unknown): void {
    if (!stopping) emit('warning', new MeshError('ERR_TRANSPORT', notStartedMessage, { cause: error }))
  }

  const started = standInLine()
  const answered = guest.ask('look', []).catch(() => {})
  try {
    await Promise.race([started, answered])
  } catch (error) {
    channel.close()
    throw error
  }
  started.catch(notStarted)

  const running = () => {
    if (stopping) throw new MeshError('ERR_STOPPED', 'this mesh was stopped; make another one with createMesh')
  }

  async function fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    running()
    if (local) return local.fetch(input, init)
    const read = await readRequest(input, init, apiUrl, token)
    if (!read) return ask(input, init)
    const { method, headers, url, authorization, redirect, integrity, signal } = read
    const asItIs = () => ask(input, { ...init, headers })
    const isWrite = method !== 'GET' && method !== 'HEAD'
    // Nobody would know what became of a write when the other tab closes half-way; the rest only `fetch` itself can fulfil.
    if (isWrite || init?.body != null || redirect !== 'follow' || integrity) {
      const response = await asItIs()
      if (isWrite && response.ok) void guest.ask('wrote', [[url.href, response.url], authorization]).catch(() => {})
      return response
    }
    try {
      return receiveResponse(await guest.ask('fetch', [partsOf(read)], signal)) as Response
    } catch (error) {
      if (error instanceof NoHolder) return asItIs()
      throw error
    }
  }

  async function call<K extends keyof Calls>(name: K, args: Calls[K], signal?: AbortSignal): Promise<unknown> {
    running()
    try {
      return await guest.ask(name, args, signal)
    } catch (error) {
      throw error instanceof NoHolder ? new MeshError('ERR_TRANSPORT', noAnswer) : error
    }
  }

  const partsIn = async (input: RequestInfo | URL, init?: RequestInit) => {
    const read = await readRequest(input, init, apiUrl, token)
    return read && partsOf(read)
  }

  const mesh: Mesh = {
    get peerId() {
      return (local ?? guest.state)?.peerId
    },
    get addresses() {
      return (local ?? guest.state)?.addresses ?? []
    },
    fetch,
    async peek(input, init) {
      const parts = await partsIn(input, init)
      return parts && receiveResponse(await call('peek', [parts], init?.signal ?? undefined))
    },
    async holders(input, init) {
      const parts = await partsIn(input, init)
      return parts ? ((await call('holders', [parts])) as Peer[]) : []
    },
    get: async <T extends Json>(name: string, how?: AbortOptions) =>
      (await call('get', [name], how?.signal)) as T | undefined,
    set: async (name, value, how) => void (await call('set', [name, value, how?.ttlMs], how?.signal)),
    delete: async (name, how) => void (await call('delete', [name], how?.signal)),
    purge: async (target, how) => (await call('purge', [target], how?.signal)) as number,
    clear: async () => void (await call('clear', [])),
    stats: ((which?: { group: true }): MeshStats | GroupStats => {
      if (local) return which ? local.stats(which) : local.stats()
      const state = guest.state
      if (which) return state?.group ?? { members: {}, total: emptyStats() }
      return state?.stats ?? emptyStats()
    }) as Mesh['stats'],
    peers: () => (local ? local.peers() : (guest.state?.peers ?? [])),
    relays: () => (local ? local.relays() : (guest.state?.relays ?? [])),
    addEventListener: (type, listener, how) => events.addEventListener(type, listener as EventListener, how),
    removeEventListener: (type, listener) => events.removeEventListener(type, listener as EventListener),
    stop() {
      stopping ??= (async () => {
        guest.end(new MeshError('ERR_STOPPED', 'this mesh was stopped while it was asked'))
        endHolding()
        queue.abort()
        await lock.catch(() => {})
        channel.close()
      })()
      return stopping
    },
    [Symbol.asyncDispose]: () => mesh.stop()
  }
  return mesh
}

const partsOf = ({
  url,
  method,
  headers,
  authorization,
  cache
}: NonNullable<Awaited<ReturnType<typeof readRequest>>>): RequestParts => ({
  url: url.href,
  init: {
    method,
    headers: [...headers],
    cache,
    // Without a token here, the other tab's is not taken either.
    credentials: authorization === undefined ? 'omit' : undefined
  }
})

const noAnswer = 'the tab that holds the mesh does not answer; close or reload it, and try again'
const notStartedMessage = 'this tab could not take over the mesh, and asks GitHub itself; reload it'
