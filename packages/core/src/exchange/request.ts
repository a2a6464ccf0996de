import { concat, equal } from '../bytes.ts'
import type { Group } from '../group/group.ts'
import type { Limits } from '../limits.ts'
import type { Reputation } from '../peers/reputation.ts'
import type { ResponseTimes } from '../peers/response-times.ts'
import { inflate } from '../protocol/compress.ts'
import {
  type Answer,
  decodeAnswer,
  type EntryHead,
  encodeQuestion,
  protocolVersion,
  type ValueHead
} from '../protocol/wire.ts'
import type { Transport } from '../transport/transport.ts'
import { createPerPeerLimit } from './per-peer-limit.ts'

/** What a member answered to `get`: its head, and the body unless the asker already holds it. */
export type PeerAnswer =
  | { kind: 'entry'; head: EntryHead; body?: Uint8Array; from: string }
  | { kind: 'value'; head: ValueHead; body?: Uint8Array; from: string }

export interface PeerRequestsOptions {
  transport: Transport
  group: Group
  reputation: Reputation
  responseTimes: Pick<ResponseTimes, 'answered' | 'late'>
  limits: Limits
}

export interface PeerRequests {
  /** One member's answer to `get`, or undefined: it has none, is too slow, or broke the protocol. Never rejects. */
  get(peerId: string, wireKey: Uint8Array, held?: Uint8Array): Promise<PeerAnswer | undefined>
  /** The first of some members that has it, within `maxWaitMs`; the second is asked when the first is slow. */
  first(
    peerIds: readonly string[],
    wireKey: Uint8Array,
    options: { held?: Uint8Array; maxWaitMs: number }
  ): Promise<PeerAnswer | undefined>
  /** Shows this member's proof (of another group than the first) and resolves to the peer's; `relay` where it is one. */
  proof(peerId: string, of?: Group): Promise<Uint8Array | 'relay' | undefined>
  /** The freshest keys of a member: wire key, hash, asOf. */
  list(peerId: string): Promise<[Uint8Array, Uint8Array, number][]>
}

/** How long a body may take once its head has come, where nobody waits for it or nobody else can be asked. */
export const transferMs = 5000
/** A timer that fires so much later than it should shows that something else held the thread. */
const busyMs = 50
/** Between two frames of a body. */
const silenceMs = 1000

/** This member's questions to others, each within its budget. */
export function createPeerRequests({
  transport,
  group,
  reputation,
  responseTimes,
  limits
}: PeerRequestsOptions): PeerRequests {
  // As many as a member answers at once; it would refuse the rest.
  const places = createPerPeerLimit(limits.transfersPerPeer)

  /** The frames of an answer: the first within the budget, the others without long silence and within `transferMs` together. */
  async function* question(
    peerId: string,
    bytes: Uint8Array,
    budgetMs: number,
    signal?: AbortSignal
  ): AsyncGenerator<Uint8Array, void, void> {
    const late = new AbortController()
    const control = signal ? AbortSignal.any([signal, late.signal]) : late.signal
    let timer: ReturnType<typeof setTimeout> | undefined
    const wait = (ms: number) => {
      clearTimeout(timer)
      const dueAt = performance.now() + ms
      timer = setTimeout(() => {
        if (performance.now() <= dueAt + busyMs) responseTimes.late(peerId)
        late.abort(new Error('no answer in time'))
      }, ms)
    }
    wait(budgetMs)
    let end: number | undefined
    let done = () => {}
    try {
      done = await places.take(peerId, control)
      for await (const frame of transport.request(peerId, bytes, { signal: control })) {
        end ??= performance.now() + transferMs
        wait(Math.min(silenceMs, end - performance.now()))
        if (frame.byteLength === 0 || frame.byteLength > limits.frameBytes) return reputation.reject(peerId, 'size')
        yield frame
      }
    } finally {
      clearTimeout(timer)
      done()
    }
  }

  /** Takes the answer's end in the background, so that its stream can carry the next question. */
  const drain = (frames: AsyncGenerator<Uint8Array, void>) =>
    void frames.next().then(
      ({ done }) => void (done || frames.return()),
      () => {}
    )

  async function ask<T extends Answer['type']>(
    peerId: string,
    bytes: Uint8Array,
    types: readonly T[],
    budgetMs: number
  ): Promise<(Answer & { type: T }) | undefined> {
    const frames = question(peerId, bytes, budgetMs)
    const { value: frame } = await frames.next()
    if (!frame) return undefined
    drain(frames)
    const answer = decodeAnswer(frame)
    if (answer && (types as readonly string[]).includes(answer.type)) return answer as Answer & { type: T }
    if (!answer) reputation.reject(peerId, 'malformed')
    return undefined
  }

  async function get(
    peerId: string,
    key: Uint8Array,
    hash?: Uint8Array,
    signal?: AbortSignal
  ): Promise<PeerAnswer | undefined> {
    const frames = question(
      peerId,
      encodeQuestion({ version: protocolVersion, type: 'get', key, hash }),
      limits.membersBudgetMs,
      signal
    )
    const startedAt = performance.now()
    try {
      const answer = await readAnswer(peerId, frames, hash)
      responseTimes.answered(peerId, performance.now() - startedAt)
      return answer
    } finally {
      drain(frames)
    }
  }

  async function readAnswer(
    peerId: string,
    frames: AsyncGenerator<Uint8Array, void>,
    hash?: Uint8Array
  ): Promise<PeerAnswer | undefined> {
    const refuse = (reason: string) => void reputation.reject(peerId, reason)
    const header = await frames.next()
    if (!header.value) return undefined
    const answer = decodeAnswer(header.value)
    if (!answer) return refuse('malformed')
    if (answer.type !== 'entry' && answer.type !== 'value') return undefined
    const found: PeerAnswer =
      answer.type === 'entry'
        ? { kind: 'entry', head: answer.entry, from: peerId }
        : { kind: 'value', head: answer.value, from: peerId }
    const { length, encoding } = answer
    if (encoding === 'held') return hash && equal(hash, found.head.hash) ? found : refuse('hash')
    const { size } = found.head
    if (size > (found.kind === 'value' ? limits.valueBytes : limits.entryBytes) || length > size + 1024)
      return refuse('size')
    const parts: Uint8Array[] = []
    let received = 0
    while (received < length) {
      const frame = await frames.next()
      if (!frame.value) return refuse('size')
      received += frame.value.byteLength
      parts.push(frame.value)
    }
    if (received > length) return refuse('size')
    const sent = concat(...parts)
    const body = encoding === 'identity' ? sent : await inflate(sent, size)
    return body ? { ...found, body } : refuse('size')
  }

  const safely = <T>(work: Promise<T>): Promise<T | undefined> => work.catch(() => undefined)

  const self: PeerRequests = {
    get: (peerId, key, held) => safely(get(peerId, key, held)),
    first(peerIds, key, { held, maxWaitMs }) {
      return new Promise((resolve) => {
        const begunAt = performance.now()
        let open = peerIds.length
        let next = 0
        let hedge: ReturnType<typeof setTimeout> | undefined
        const underWay = new Map<string, { control: AbortController; startedAt: number }>()
        const settle = (answer: PeerAnswer | undefined) => {
          clearTimeout(hedge)
          clearTimeout(giveUp)
          const now = performance.now()
          // A thread that was busy all the time has heard nobody.
          const wasBusy = now - begunAt > maxWaitMs + busyMs
          for (const [peerId, { control, startedAt }] of underWay) {
            // As long as that at least, and perhaps it would never have come.
            if (answer) responseTimes.answered(peerId, now - startedAt)
            else if (!wasBusy && now - startedAt > maxWaitMs / 2) responseTimes.late(peerId)
            control.abort(new Error('nobody waits any more'))
          }
          underWay.clear()
          resolve(answer)
        }
        const giveUp = setTimeout(() => settle(undefined), maxWaitMs)
        const start = () => {
          clearTimeout(hedge)
          const peerId = peerIds[next++]
          if (peerId === undefined) return
          if (next < peerIds.length) hedge = setTimeout(start, limits.hedgeMs)
          const control = new AbortController()
          const startedAt = performance.now()
          underWay.set(peerId, { control, startedAt })
          void safely(get(peerId, key, held, control.signal)).then((answer) => {
            if (!underWay.delete(peerId)) return
            open--
            if (answer) settle(answer)
            else if (open === 0) settle(undefined)
            else start()
          })
        }
        if (open === 0) settle(undefined)
        else start()
      })
    },
    async proof(peerId, of = group) {
      const bytes = encodeQuestion({
        version: protocolVersion,
        type: 'proof',
        proof: await of.proofFor(transport.peerId)
      })
      const answer = await safely(ask(peerId, bytes, ['proof', 'relay'], limits.proofMs))
      return answer?.type === 'relay' ? 'relay' : answer?.proof
    },
    async list(peerId) {
      const bytes = encodeQuestion({ version: protocolVersion, type: 'list' })
      return (await safely(ask(peerId, bytes, ['keys'], limits.proofMs)))?.items ?? []
    }
  }
  return self
}
