import { type Emit, eventTypes, type MeshEvents } from '../events.ts'
import type { LocalMesh } from './local-mesh.ts'
import { type Calls, type Message, type Question, readMessage, type State, sendError, toldEvents } from './messages.ts'

export interface Leader {
  /** Does what a follower asks; the value can be copied to it. */
  perform<K extends keyof Calls>(call: K, args: Calls[K], signal?: AbortSignal): Promise<unknown>
  /** From now on questions are taken for the next leader. */
  leave(): void
}

/** Followers learn how things stand with an event, but not with each of many. */
const stateEveryMs = 100

/** Questions under way at once; more are not taken, for any page of the origin can ask. */
const maxQuestions = 1000

/** The side of the tab that holds the mesh: answers the other tabs, and tells them what happens. */
export function createLeader(channel: BroadcastChannel, mesh: LocalMesh, emit: Emit): Leader {
  const underWay = new Map<string, AbortController>()
  let leaving = false
  let toldAt = Number.NEGATIVE_INFINITY
  const post = (message: Message) => channel.postMessage(message)

  function state(): State {
    toldAt = performance.now()
    const { peerId, addresses } = mesh
    const [stats, group] = [mesh.stats(), mesh.stats({ group: true })]
    const clockOffsetMs = mesh.clockOffsetMs()
    return { peerId, addresses, stats, group, peers: mesh.peers(), relays: mesh.relays(), clockOffsetMs }
  }
  const stateIfDue = () => (performance.now() - toldAt > stateEveryMs ? state() : undefined)

  const perform: { [K in keyof Calls]: (args: Calls[K], signal?: AbortSignal) => Promise<unknown> } = {
    seek: ([key, after]) => mesh.seek(key, after),
    ended: async ([key, how]) => mesh.ended(key, how),
    told: ([key, isNew]) => mesh.told(key, isNew),
    holders: ([key, hash]) => mesh.holdersOf(key, hash),
    get: ([name], signal) => mesh.get(name, { signal }),
    set: ([name, value, ttlMs], signal) => mesh.set(name, value, { ttlMs, signal }),
    delete: ([name], signal) => mesh.delete(name, { signal }),
    purge: ([targets]) => mesh.tellPurged(targets),
    hidden: async ([names]) => mesh.hidden(names),
    async clear() {
      post({ kind: 'cleared' })
      await mesh.clear()
    },
    look: async () => undefined
  }

  async function answer<K extends keyof Calls>({ tab, id, call, args }: Question<K>): Promise<void> {
    const name = `${tab} ${id}`
    if (!Object.hasOwn(perform, call) || underWay.size >= maxQuestions) return
    const control = new AbortController()
    underWay.set(name, control)
    post({ kind: 'taken', tab, id })
    if (leaving) return
    try {
      const value = await perform[call](args, control.signal)
      if (!leaving) post({ kind: 'answer', tab, id, value, state: call === 'look' ? state() : stateIfDue() })
    } catch (error) {
      // What fails because this tab goes is the next one's to answer.
      if (!leaving) post({ kind: 'answer', tab, id, error: sendError(error) })
    } finally {
      underWay.delete(name)
    }
  }

  channel.addEventListener('message', ({ data }) => {
    const message = readMessage(data)
    if (message?.kind === 'question') void answer(message)
    else if (message?.kind === 'abort') underWay.get(`${message.tab} ${message.id}`)?.abort()
    else if (message?.kind === 'event' && message.type === 'purged')
      // Of what members purge only this tab hears, so no other can say it.
      mesh.purged({ ...(message.detail as MeshEvents['purged']), peerId: '' })
  })
  for (const type of eventTypes) {
    mesh.addEventListener(type, ({ detail }) => {
      emit(type, detail)
      const isTold = (toldEvents as readonly string[]).includes(type)
      // What another tab made stale it has told to all tabs itself.
      if (isTold && !leaving && (detail as { peerId?: string }).peerId !== '')
        post({
          kind: 'event',
          type: type as (typeof toldEvents)[number],
          detail: type === 'warning' ? sendError(detail) : detail,
          // Followers look nothing up for members while there are none.
          state: type.startsWith('peer:') ? state() : stateIfDue()
        })
    })
  }
  post({ kind: 'leads', state: state() })

  return {
    perform: (call, args, signal) => perform[call](args, signal),
    leave: () => {
      leaving = true
    }
  }
}
