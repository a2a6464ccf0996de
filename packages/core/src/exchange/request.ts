import type { Group } from '../group/group.ts'
import type { Limits } from '../limits.ts'
import type { Reputation } from '../peers/reputation.ts'
import type { ResponseTimes } from '../peers/response-times.ts'
import { type Answer, decodeAnswer, encodeQuestion, protocolVersion } from '../protocol/wire.ts'
import type { Transport } from '../transport/transport.ts'
import { firstAnswer } from './first-answer.ts'
import { createFrames, drain } from './frames.ts'
import { type PeerAnswer, readAnswer } from './read-answer.ts'

export interface PeerRequestsOptions {
  transport: Transport
  group: Group
  reputation: Reputation
  responseTimes: Pick<ResponseTimes, 'answered' | 'late'>
  limits: Limits
}

/** This member's questions to others, each within its budget. */
export interface PeerRequests {
  /** One member's answer to `get`, or undefined: it has none, is too slow, or broke the protocol. Never rejects. */
  get(peerId: string, wireKey: Uint8Array, held?: Uint8Array): Promise<PeerAnswer | undefined>
  /** The first of some members that has it, within `maxWaitMs`; the second is asked when the first is slow. */
  first(
    peerIds: readonly string[],
    wireKey: Uint8Array,
    options: { held?: Uint8Array | undefined; maxWaitMs: number }
  ): Promise<PeerAnswer | undefined>
  /** Shows this member's proof (of another group than the first) and resolves to the peer's; `relay` where it is one. */
  proof(peerId: string, of?: Group): Promise<Uint8Array | 'relay' | undefined>
  /** The freshest keys of a member: wire key, hash, asOf. */
  list(peerId: string): Promise<[Uint8Array, Uint8Array, number][]>
}

export function createPeerRequests(options: PeerRequestsOptions): PeerRequests {
  const { transport, group, reputation, responseTimes, limits } = options
  const send = createFrames({ transport, reputation, responseTimes, limits })

  /** An answer of one frame. */
  async function ask<T extends Answer['type']>(
    peerId: string,
    bytes: Uint8Array,
    types: readonly T[]
  ): Promise<(Answer & { type: T }) | undefined> {
    const frames = send(peerId, bytes, limits.proofMs)
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
    held?: Uint8Array,
    signal?: AbortSignal
  ): Promise<PeerAnswer | undefined> {
    const question = encodeQuestion({ version: protocolVersion, type: 'get', key, hash: held })
    const frames = send(peerId, question, limits.membersBudgetMs, signal)
    const startedAt = performance.now()
    const refuse = (reason: string) => void reputation.reject(peerId, reason)
    try {
      const answer = await readAnswer(frames, { from: peerId, held, limits, refuse })
      responseTimes.answered(peerId, performance.now() - startedAt)
      return answer
    } finally {
      drain(frames)
    }
  }

  const safely = <T>(work: Promise<T>): Promise<T | undefined> => work.catch(() => undefined)

  return {
    get: (peerId, key, held) => safely(get(peerId, key, held)),
    first: (peerIds, key, { held, maxWaitMs }) =>
      firstAnswer({
        peerIds,
        ask: (peerId, signal) => safely(get(peerId, key, held, signal)),
        hedgeMs: limits.hedgeMs,
        maxWaitMs,
        responseTimes
      }),
    async proof(peerId, of = group) {
      const proof = await of.proofFor(transport.peerId)
      const question = encodeQuestion({ version: protocolVersion, type: 'proof', proof })
      const answer = await safely(ask(peerId, question, ['proof', 'relay']))
      return answer?.type === 'relay' ? 'relay' : answer?.proof
    },
    async list(peerId) {
      const question = encodeQuestion({ version: protocolVersion, type: 'list' })
      return (await safely(ask(peerId, question, ['keys'])))?.items ?? []
    }
  }
}
