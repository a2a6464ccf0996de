/// <reference lib="esnext.disposable" preserve="true" />
import { type AbortOptions, unlessLate } from '../abort.ts'
import { MeshError } from '../errors.ts'
import { createEvents, eventTypes } from '../events.ts'
import type { Mesh } from '../mesh.ts'
import { emptyStats, type GroupStats, type MeshStats, sumStats } from '../stats.ts'
import type { Json } from '../store/store.ts'
import type { Peer } from '../transport/transport.ts'
import { createFollower, NoLeader } from './follower.ts'
import { createLeader } from './leader.ts'
import type { LocalMesh } from './local-mesh.ts'
import type { Calls, State } from './messages.ts'
import type { LeadingTab } from './through-leader.ts'

export interface TabsOptions {
  /** The same in all tabs that share one mesh, and in no others. */
  name: string
  /** Makes the member, once this tab leads. */
  start(): Promise<LocalMesh>
  /** Makes what answers this tab's own requests, with its own token, while another tab leads. */
  startFollower(leader: LeadingTab): Promise<LocalMesh>
  /** A question that no tab takes within this, in ms, is given up. */
  answerMs: number
  /** So is one that was taken and is not answered within this, in ms. */
  doneMs: number
  /** How long a request waits for members that the leader asks, in ms. */
  seekMs: number
}

/**
 * One member for all tabs of an origin: the tab that has the Web Lock leads, that is, it holds the connections; the others
 * follow. Each tab answers its own requests, with its own token, from the store that all share; a follower has members asked
 * and told by the leader, over a BroadcastChannel. When the leader goes, the next tab leads and answers what was waited for.
 * A tab that cannot start the member tries again only after another one has led.
 */
export async function meshOfTabs(options: TabsOptions): Promise<Mesh> {
  const { name, start, startFollower, answerMs, doneMs, seekMs } = options
  const { target: events, emit } = createEvents()
  const channel = new BroadcastChannel(name)
  const follower = createFollower({
    channel,
    emit,
    answerMs,
    doneMs,
    onLeader: () => inLine || standInLine().catch(notStarted),
    onPurged: (target) => own?.purged(target)
  })
  const queue = new AbortController()
  let leading: LocalMesh | undefined
  let own: LocalMesh | undefined
  let stopping: Promise<void> | undefined
  let endHolding = () => {}
  const holding = new Promise<void>((resolve) => {
    endHolding = resolve
  })

  async function hold(started: () => void): Promise<void> {
    const mesh = await start().catch((error) => {
      inLine = false
      follower.askAgain()
      throw error
    })
    const leader = createLeader(channel, mesh, emit)
    leading = mesh
    follower.moveTo(leader)
    void own?.stop() // what it is asked now it goes on with
    started()
    await holding
    leader.leave()
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

  const quietly = (work: Promise<unknown>) => work.then(() => {}).catch(() => {})
  const leader: LeadingTab = {
    async seek(key, after) {
      const granted = await unlessLate(follower.ask('seek', [key, after]), seekMs).catch(() => false)
      return granted === true ? { end: (how) => void quietly(follower.ask('ended', [key, how])) } : undefined
    },
    told: (key, isNew) => void quietly(follower.ask('told', [key, isNew])),
    purge: (targets) => quietly(follower.ask('purge', [targets])),
    holders: async (key, hash) => (await call('holders', [key, hash])) as Peer[],
    peers: () => follower.state?.peers ?? [],
    get hasShelf() {
      return follower.state?.relays.some(({ shelf }) => shelf) ?? false
    }
  }

  const started = standInLine()
  const answered = follower.ask('look', []).catch(() => {})
  try {
    await Promise.race([started, answered])
    if (!leading) {
      own = await startFollower(leader)
      for (const type of eventTypes) own.addEventListener(type, ({ detail }) => leading || emit(type, detail))
      if (leading) void own.stop()
    }
  } catch (error) {
    channel.close()
    throw error
  }
  started.catch(notStarted)

  const running = () => {
    if (stopping) throw new MeshError('ERR_STOPPED', 'this mesh was stopped; make another one with createMesh')
  }
  /** What answers this tab's own requests. */
  const mine = () => {
    running()
    return (leading ?? own) as LocalMesh
  }

  async function call<K extends keyof Calls>(name: K, args: Calls[K], signal?: AbortSignal): Promise<unknown> {
    running()
    try {
      return await follower.ask(name, args, signal)
    } catch (error) {
      throw error instanceof NoLeader ? new MeshError('ERR_TRANSPORT', noAnswer) : error
    }
  }

  const mesh: Mesh = {
    get peerId() {
      return (leading ?? follower.state)?.peerId
    },
    get addresses() {
      return (leading ?? follower.state)?.addresses ?? []
    },
    fetch: async (input, init) => mine().fetch(input, init),
    peek: async (input, init) => mine().peek(input, init),
    holders: async (input, init) => mine().holders(input, init),
    get: async <T extends Json>(name: string, how?: AbortOptions) =>
      (await call('get', [name], how?.signal)) as T | undefined,
    set: async (name, value, how) => void (await call('set', [name, value, how?.ttlMs], how?.signal)),
    delete: async (name, how) => void (await call('delete', [name], how?.signal)),
    purge: async (target, how) => mine().purge(target, how),
    async clear() {
      await Promise.all([mine().clear(), leading || call('clear', [])])
    },
    stats: ((which?: { group: true }): MeshStats | GroupStats => {
      if (leading) return which ? leading.stats(which) : leading.stats()
      const state = follower.state
      if (which) return state?.group ?? { members: {}, total: emptyStats() }
      return together(own?.stats() ?? emptyStats(), state)
    }) as Mesh['stats'],
    peers: () => (leading ? leading.peers() : (follower.state?.peers ?? [])),
    relays: () => (leading ? leading.relays() : (follower.state?.relays ?? [])),
    addEventListener: (type, listener, how) => events.addEventListener(type, listener as EventListener, how),
    removeEventListener: (type, listener) => events.removeEventListener(type, listener as EventListener),
    stop() {
      stopping ??= (async () => {
        await own?.stop()
        follower.end(new MeshError('ERR_STOPPED', 'this mesh was stopped while it was asked'))
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

/** A follower's own figures and its leader's; they count the same store. */
function together(own: MeshStats, state: State | undefined): MeshStats {
  if (!state) return own
  const { stats } = state
  return {
    ...sumStats({ own, leader: stats }).total,
    connectedPeers: stats.connectedPeers,
    knownPeers: stats.knownPeers,
    entries: Math.max(own.entries, stats.entries),
    bytes: Math.max(own.bytes, stats.bytes),
    peerId: stats.peerId,
    quota: { ...stats.quota, ...own.quota }
  }
}

const noAnswer = 'the tab that leads does not answer; close or reload it, and try again'
const notStartedMessage = 'this tab could not take over the mesh, and asks GitHub itself; reload it'
