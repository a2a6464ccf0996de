import { type Emit, eventTypes } from '../events.ts'
import type { LocalMesh } from '../mesh.ts'
import {
  type Calls,
  type Message,
  type Question,
  type RequestParts,
  type State,
  sendError,
  sendResponse
} from './messages.ts'

export interface Host {
  /** Does what a tab asks; the value can be copied to it. */
  perform<K extends keyof Calls>(call: K, args: Calls[K], signal?: AbortSignal): Promise<unknown>
  /** From now on questions are taken for whoever holds the mesh next. */
  leave(): void
}

/** Other tabs learn how things stand with an event, but not with each of many. */
const stateEveryMs = 100

/** The side of the tab that holds the mesh: answers the other tabs, and tells them what happens. */
export function createHost(channel: BroadcastChannel, mesh: LocalMesh, emit: Emit): Host {
  const underWay = new Map<string, AbortController>()
  let leaving = false
  let toldAt = Number.NEGATIVE_INFINITY
  const post = (message: Message) => channel.postMessage(message)

  function state(): State {
    toldAt = performance.now()
    const { peerId, addresses } = mesh
    const [stats, group] = [mesh.stats(), mesh.stats({ group: true })]
    return { peerId, addresses, stats, group, peers: mesh.peers(), relays: mesh.relays() }
  }
  const stateIfDue = () => (performance.now() - toldAt > stateEveryMs ? state() : undefined)

  const request = ({ url, init }: RequestParts, signal?: AbortSignal) => [url, { ...init, signal }] as const
  const perform: { [K in keyof Calls]: (args: Calls[K], signal?: AbortSignal) => Promise<unknown> } = {
    fetch: async ([parts], signal) => sendResponse(await mesh.fetch(...request(parts, signal))),
    peek: async ([parts]) => sendResponse(await mesh.peek(...request(parts))),
    holders: ([parts]) => mesh.holders(...request(parts)),
    get: ([name], signal) => mesh.get(name, { signal }),
    set: ([name, value, ttlMs], signal) => mesh.set(name, value, { ttlMs, signal }),
    delete: ([name], signal) => mesh.delete(name, { signal }),
    purge: ([urlOrRepository], signal) => mesh.purge(urlOrRepository, { signal }),
    clear: () => mesh.clear(),
    wrote: ([urls, authorization]) => mesh.wrote(urls, authorization),
    look: async () => undefined
  }

  async function answer<K extends keyof Calls>({ tab, id, call, args }: Question<K>): Promise<void> {
    const name = `${tab} ${id}`
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

  channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
    if (data.kind === 'question') void answer(data)
    else if (data.kind === 'abort') underWay.get(`${data.tab} ${data.id}`)?.abort()
  })
  for (const type of eventTypes) {
    mesh.addEventListener(type, ({ detail }) => {
      emit(type, detail)
      if (!leaving)
        post({ kind: 'event', type, detail: type === 'warning' ? sendError(detail) : detail, state: stateIfDue() })
    })
  }
  post({ kind: 'holds', state: state() })

  return {
    perform: (call, args, signal) => perform[call](args, signal),
    leave: () => {
      leaving = true
    }
  }
}
