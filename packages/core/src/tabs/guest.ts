import { abortable } from '../abort.ts'
import type { Emit, MeshEvents } from '../events.ts'
import type { Host } from './host.ts'
import { type Calls, type Message, type Question, receiveError, type SentError, type State } from './messages.ts'

/** No tab that holds the mesh has taken a question in time. */
export class NoHolder extends Error {}

export interface GuestOptions {
  channel: BroadcastChannel
  emit: Emit
  /** A question that no tab takes within this is given up, in ms. */
  answerMs: number
  /** Another tab has begun to hold the mesh. */
  onHolder(): void
}

interface Waiting {
  question: Question
  timer?: ReturnType<typeof setTimeout>
  resolve(value: unknown): void
  reject(error: Error): void
}

/** The side of a tab that does not hold the mesh: asks the one that does, and asks the next one again when it has gone. */
export function createGuest({ channel, emit, answerMs, onHolder }: GuestOptions) {
  const tab = crypto.randomUUID()
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let state: State | undefined
  let looking = false
  let here: Host | undefined
  const post = (message: Message) => channel.postMessage(message)

  function ask<K extends keyof Calls>(call: K, args: Calls[K], signal?: AbortSignal | null): Promise<unknown> {
    signal?.throwIfAborted()
    if (here) return here.perform(call, args, signal ?? undefined)
    const id = ++lastId
    const answered = new Promise((resolve, reject) => {
      const one: Waiting = { question: { kind: 'question', tab, id, call, args }, resolve, reject }
      waiting.set(id, one)
      put(one)
    })
    const abort = () => {
      settle(id)
      post({ kind: 'abort', tab, id })
    }
    signal?.addEventListener('abort', abort, { once: true })
    return abortable(answered, signal).finally(() => signal?.removeEventListener('abort', abort))
  }

  function put(one: Waiting): void {
    clearTimeout(one.timer)
    one.timer = setTimeout(() => settle(one.question.id)?.reject(new NoHolder()), answerMs)
    try {
      post(one.question)
    } catch (error) {
      settle(one.question.id)?.reject(error as Error) // what cannot be copied, as a value
    }
  }

  function askAgain(): void {
    for (const one of waiting.values()) put(one)
  }

  function settle(id: number): Waiting | undefined {
    const one = waiting.get(id)
    waiting.delete(id)
    clearTimeout(one?.timer)
    return one
  }

  function receive({ data }: MessageEvent<Message>): void {
    if ('state' in data && data.state) state = data.state
    if (data.kind === 'holds') {
      askAgain()
      onHolder()
    } else if (data.kind === 'event') {
      const detail = data.type === 'warning' ? receiveError(data.detail as SentError) : data.detail
      emit(data.type, detail as MeshEvents[typeof data.type])
    } else if (data.kind === 'taken' && data.tab === tab) {
      clearTimeout(waiting.get(data.id)?.timer)
    } else if (data.kind === 'answer' && data.tab === tab) {
      const one = settle(data.id)
      if (data.error) one?.reject(receiveError(data.error))
      else one?.resolve(data.value)
    }
  }
  channel.addEventListener('message', receive)

  return {
    ask,
    /** Puts all that waits once more, for whoever has taken it has gone. */
    askAgain,
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
    moveTo(host: Host): void {
      here = host
      channel.removeEventListener('message', receive)
      for (const { question } of [...waiting.values()]) {
        const one = settle(question.id)
        void host.perform(question.call, question.args).then(one?.resolve, one?.reject)
      }
    },
    /** Nobody will answer any more. */
    end(error: Error): void {
      channel.removeEventListener('message', receive)
      for (const id of [...waiting.keys()]) settle(id)?.reject(error)
    }
  }
}
