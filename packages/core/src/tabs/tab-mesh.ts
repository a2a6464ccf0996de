import type { AbortOptions } from '../abort.ts'
import { stoppedError } from '../errors.ts'
import type { Mesh } from '../mesh.ts'
import { emptyStats, type GroupStats, type MeshStats, sumStats } from '../stats.ts'
import type { Json } from '../store/store.ts'
import type { Follower } from './follower.ts'
import type { LocalMesh } from './local-mesh.ts'
import type { Calls, State } from './messages.ts'

/** What answers a tab's requests. */
export interface TabState {
  /** The mesh that all tabs share, while this one leads. */
  leading?: LocalMesh
  /** The tab's own, from when another one leads. */
  own?: LocalMesh
  stopping?: Promise<void>
}

/** The mesh of all tabs, as one of them shows it to its page. */
export function tabMesh(tab: TabState, follower: Follower, events: EventTarget, end: () => Promise<void>): Mesh {
  const running = () => {
    if (tab.stopping) throw stoppedError()
  }
  const mine = () => {
    running()
    return (tab.leading ?? tab.own) as LocalMesh
  }
  function call<K extends keyof Calls>(name: K, args: Calls[K], signal?: AbortSignal): Promise<unknown> {
    running()
    return follower.ask(name, args, signal)
  }
  const stop = () => {
    tab.stopping ??= end()
    return tab.stopping
  }

  return {
    get peerId() {
      return (tab.leading ?? follower.state)?.peerId
    },
    get addresses() {
      return (tab.leading ?? follower.state)?.addresses ?? []
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
      // The leader tells the others.
      await Promise.all([tab.leading || mine().clear(), call('clear', [])])
    },
    stats: ((which?: { group: true }): MeshStats | GroupStats => {
      const { leading, own } = tab
      if (leading) return which ? leading.stats(which) : leading.stats()
      const { state } = follower
      if (which) return state?.group ?? { members: {}, total: emptyStats() }
      return together(own?.stats() ?? emptyStats(), state)
    }) as Mesh['stats'],
    peers: () => (tab.leading ? tab.leading.peers() : (follower.state?.peers ?? [])),
    relays: () => (tab.leading ? tab.leading.relays() : (follower.state?.relays ?? [])),
    addEventListener: (type, listener, how) => events.addEventListener(type, listener as EventListener, how),
    removeEventListener: (type, listener) => events.removeEventListener(type, listener as EventListener),
    stop,
    [Symbol.asyncDispose]: stop
  }
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
    // Of this tab's token; the leader may have another.
    quota: own.quota
  }
}
