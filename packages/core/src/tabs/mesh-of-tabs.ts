/// <reference lib="esnext.disposable" preserve="true" />
import { unlessLate } from '../abort.ts'
import { MeshError } from '../errors.ts'
import { createEvents, eventTypes } from '../events.ts'
import type { Mesh } from '../mesh.ts'
import type { Peer } from '../transport/transport.ts'
import { createFollower, type Follower } from './follower.ts'
import { createLeader } from './leader.ts'
import { createLeadership } from './leadership.ts'
import type { LocalMesh } from './local-mesh.ts'
import type { Calls, Message, State } from './messages.ts'
import { type TabState, tabMesh } from './tab-mesh.ts'
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
    onLeader: () => leadership.isInLine || leadership.standInLine().catch(notStarted),
    onState: hearClock,
    onPurged: (what) => tab.own?.purged(what),
    onCleared: () => void tab.own?.clear().catch(() => {}) // it has been stopped
  })
  const tab: TabState = {}
  // Only the tab that leads hears of members what time it is, and all tabs read what each of them stores.
  function hearClock(state: State | undefined): void {
    if (state) tab.own?.heardClockOffset(state.clockOffsetMs)
  }
  function tellTabs(target: string, asOf: number): void {
    const detail = { target, asOf }
    channel.postMessage({ kind: 'event', type: 'purged', detail } satisfies Message)
    // It was written before this tab took over.
    tab.leading?.purged(detail)
  }

  const leadership = createLeadership(name, async () => {
    const mesh = await start().catch((error) => {
      follower.askAgain()
      throw error
    })
    const leader = createLeader(channel, mesh, emit)
    tab.leading = mesh
    follower.moveTo(leader)
    void tab.own?.stop() // what it is asked now it goes on with
    return async () => {
      leader.leave()
      await mesh.stop()
      // Before the next one begins: what it asks is no longer this tab's to take.
      channel.close()
    }
  })
  function notStarted(error: unknown): void {
    if (!tab.stopping) emit('warning', new MeshError('ERR_TRANSPORT', notStartedMessage, { cause: error }))
  }

  async function leave(): Promise<void> {
    await tab.own?.stop()
    follower.end(new MeshError('ERR_STOPPED', 'this mesh was stopped while it was asked'))
    await leadership.leave()
    channel.close()
  }

  const started = leadership.standInLine()
  const answered = follower.ask('look', []).catch(() => {})
  try {
    await Promise.race([started, answered])
    if (!tab.leading) {
      tab.own = await startFollower(leadingTab(follower, seekMs, tellTabs))
      hearClock(follower.state)
      for (const type of eventTypes) tab.own.addEventListener(type, ({ detail }) => tab.leading || emit(type, detail))
      if (tab.leading) void tab.own.stop()
    }
  } catch (error) {
    await leave().catch(() => {}) // what went wrong first is told
    throw error
  }
  started.catch(notStarted)

  return tabMesh(tab, follower, events, leave)
}

/** The tab that leads, asked by the follower here. */
function leadingTab(follower: Follower, seekMs: number, tellTabs: LeadingTab['tellTabs']): LeadingTab {
  const tell = async <K extends keyof Calls>(call: K, ...args: Calls[K]): Promise<void> =>
    void (await follower.ask(call, args).catch(() => {}))
  return {
    async seek(key, after) {
      const granted = await unlessLate(follower.ask('seek', [key, after]), seekMs).catch(() => false)
      return granted === true ? { end: (how) => void tell('ended', key, how) } : undefined
    },
    told: (key, isNew) => void tell('told', key, isNew),
    purge: (targets) => tell('purge', targets),
    tellTabs,
    hidden: (names) => void tell('hidden', names),
    holders: async (key, hash) => (await follower.ask('holders', [key, hash])) as Peer[],
    peers: () => follower.state?.peers ?? [],
    get hasShelf() {
      return follower.state?.relays.some(({ shelf }) => shelf) ?? false
    }
  }
}

const notStartedMessage = 'this tab could not take over the mesh, and asks GitHub itself; reload it'
