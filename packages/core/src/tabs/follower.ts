import { abortable } from '../abort.ts'
import type { Emit, MeshEvents } from '../events.ts'
import type { Leader } from './leader.ts'
import { type Calls, type Message, readMessage, receiveError, type SentError, type State } from './messages.ts'
import { createPendingQuestions } from './pending-questions.ts'

export interface FollowerOptions {
  channel: BroadcastChannel
  emit: Emit
  /** A question that no tab takes within this is given up, in ms. */
  answerMs: number
  /** A question that a tab has taken is given up after this, in ms: any page of the origin can say that it has. */
  doneMs: number
  /** Another tab leads now. */
  onLeader(): void
  /** The leader has said how things stand. */
  onState(state: State): void
  /** Another tab has made this stale, or the leader has heard that it is. */
  onPurged(what: MeshEvents['purged']): void
  /** What all tabs keep is removed. */
  onCleared(): void
}

export type Follower = ReturnType<typeof createFollower>

/** The side of a tab that does not hold the mesh: asks the one that does, and asks the next one again when it has gone. */
export function createFollower(options: FollowerOptions) {
  const { channel, emit, answerMs, doneMs, onLeader, onState, onPurged, onCleared } = options
  const tab = crypto.randomUUID()
  const post = (message: Message) => channel.postMessage(message)
  const pending = createPendingQuestions(post, answerMs, doneMs)
  let lastId = 0
  let state: State | undefined
  let looking = false
  let here: Leader | undefined

  function ask<K extends keyof Calls>(call: K, args: Calls[K], signal?: AbortSignal | null): Promise<unknown> {
    signal?.throwIfAborted()
    if (here) return here.perform(call, args, signal ?? undefined)
    const id = ++lastId
    const answered = pending.ask({ kind: 'question', tab, id, call, args })
    const abort = () => {
      pending.settle(id)
      post({ kind: 'abort', tab, id })
    }
    signal?.addEventListener('abort', abort, { once: true })
    return abortable(answered, signal).finally(() => signal?.removeEventListener('abort', abort))
  }

  function receive({ data }: MessageEvent): void {
    const message = readMessage(data)
    if (!message) return
    if ('state' in message && message.state) {
      state = message.state
      onState(state)
    }
    if (message.kind === 'leads') {
      pending.askAgain()
      onLeader()
    } else if (message.kind === 'cleared') {
      onCleared()
    } else if (message.kind === 'event') {
      const { type, detail } = message
      if (type === 'purged') onPurged(detail as MeshEvents['purged'])
      else
        emit(type, (type === 'warning' ? receiveError(detail as SentError) : detail) as MeshEvents[typeof type] & Error)
    } else if (message.kind === 'taken' && message.tab === tab) {
      pending.taken(message.id)
    } else if (message.kind === 'answer' && message.tab === tab) {
      const one = pending.settle(message.id)
      if (message.error) one?.reject(receiveError(message.error))
      else one?.resolve(message.value)
    }
  }
  channel.addEventListener('message', receive)

  return {
    ask,
    /** Sends all pending questions again, because the tab that took them has gone. */
    askAgain: pending.askAgain,
    /** How things stood when they were last told; asks how they stand now. */
    get state(): State | undefined {
      if (!looking) {
        looking = true
        void ask('look', [])
          .catch(() => {})
          .finally(() => {
            looking = false
          })
      }
      return state
    },
    /** This tab holds the mesh itself now: what waits is answered here, and nobody else is heard. */
    moveTo(leader: Leader): void {
      here = leader
      channel.removeEventListener('message', receive)
      for (const { question, resolve, reject } of pending.settleAll())
        void leader.perform(question.call, question.args).then(resolve, reject)
    },
    /** Nobody will answer any more. */
    end(error: Error): void {
      channel.removeEventListener('message', receive)
      for (const { reject } of pending.settleAll()) reject(error)
    }
  }
}
