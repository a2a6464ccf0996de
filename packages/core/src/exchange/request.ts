import { fromHex } from '../bytes.ts'
import type { TokenLimit } from '../github/rate-limit.ts'
import type { Group } from '../group/group.ts'
import type { Limits } from '../limits.ts'
import type { ShownProof } from '../peers/handshake.ts'
import type { Reputation } from '../peers/reputation.ts'
import type { ResponseTimes } from '../peers/response-times.ts'
import {
  type Answer,
  decodeAnswer,
  encodeQuestion,
  protocolVersion,
  type Question,
  type ToldMember
} from '../protocol/wire.ts'
import type { Transport } from '../transport/transport.ts'
import { createFrames, drain } from './frames.ts'
import type { LeaseEnd, LeaseNews } from './lease.ts'
import { type GetAnswer, readAnswer } from './read-answer.ts'
import type { ToldPurge } from './told-purges.ts'

export interface PeerRequestsOptions {
  transport: Transport
  /** Reaches members that are not connected, too. */
  visits: Pick<Transport, 'request'>
  group: Group
  reputation: Reputation
  responseTimes: Pick<ResponseTimes, 'answered' | 'late'>
  limits: Limits
}

interface GetOptions {
  /** The hash of the body that is held: it is not sent again. */
  held?: Uint8Array | undefined
  /** The hash of the body that is meant; absent: the newest. */
  wanted?: Uint8Array | undefined
  /** Another body than the one that is held is meant. */
  others?: boolean | undefined
  /** A lease is asked for where the member holds nothing seen later than this, ms on GitHub's clock. */
  after?: number | undefined
  /** The wire key is one of those who hold a token: shows that this member does. */
  holds?: Uint8Array | undefined
  signal?: AbortSignal | undefined
}

/** This member's questions to others, each within its budget. */
export interface PeerRequests {
  /** One member's answer to `get`, or undefined: it is too slow, or broke the protocol. Never rejects. */
  get(peerId: string, wireKey: Uint8Array, how?: GetOptions): Promise<GetAnswer | undefined>
  /** Tells a home how a call ended, or one that waits how it stands. Resolves to whether it was expected. Never rejects. */
  lease(peerId: string, wireKey: Uint8Array, what: LeaseEnd | LeaseNews, holds?: Uint8Array): Promise<boolean>
  /** Tells a member that holds the same token that GitHub refuses it, or what is left. Never rejects. */
  limited(peerId: string, limit: TokenLimit, holds: Uint8Array): Promise<void>
  /** Tells a member that holds the same token what is stale. Never rejects. */
  purged(peerId: string, what: ToldPurge, holds: Uint8Array): Promise<void>
  /** Shows this member's proof (of another group than the first) and resolves to the peer's; `relay` where it is one. */
  proof(peerId: string, of?: Group): Promise<ShownProof | 'relay' | undefined>
  /** The members that a member knows. Only of one that has told its presence with its proof: others do not know the question. */
  members(peerId: string): Promise<ToldMember[]>
  /** The freshest keys of a member, and what it knows to be purged; undefined where it does not answer. */
  list(peerId: string): Promise<Pick<Answer & { type: 'keys' }, 'items' | 'purges'> | undefined>
}

export function createPeerRequests(options: PeerRequestsOptions): PeerRequests {
  const { transport, visits, group, reputation, responseTimes, limits } = options
  const send = createFrames({ transport: visits, reputation, responseTimes, limits })
  // No request waits for these, so a member that does not answer them delays nothing.
  const sendInBackground = createFrames({ transport: visits, reputation, responseTimes: { late() {} }, limits })
  // A connection begins with it.
  const sendProof = createFrames({ transport, reputation, responseTimes, limits })

  /** An answer of one frame. */
  async function ask<T extends Answer['type']>(
    peerId: string,
    question: Asked,
    types: readonly T[],
    { via = send, budgetMs = limits.proofMs } = {}
  ): Promise<(Answer & { type: T }) | undefined> {
    const frames = via(peerId, encode(question), budgetMs)
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
    { held, wanted, others, after, holds, signal }: GetOptions = {}
  ): Promise<GetAnswer | undefined> {
    const question = encode({ type: 'get', key, hash: held, wanted, others, after, holds })
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
  const tell = async (peerId: string, question: Asked): Promise<void> =>
    void (await safely(ask(peerId, question, ['ok', 'none'], { via: sendInBackground })))

  return {
    get: (peerId, key, how) => safely(get(peerId, key, how)),
    async lease(peerId, key, what, holds) {
      const told = what.state === 'stored' ? { hash: fromHex(what.hash), asOf: Math.round(what.asOf) } : {}
      const question: Asked = { type: 'lease', key, state: what.state, ...told, holds }
      return (await safely(ask(peerId, question, ['ok', 'none'], { budgetMs: limits.membersBudgetMs })))?.type === 'ok'
    },
    limited: (peerId, { resource, until, quota }, holds) =>
      tell(peerId, { type: 'limited', holds, resource, until: Math.round(until), quota }),
    purged: (peerId, what, holds) => tell(peerId, { type: 'purge', holds, ...what }),
    async proof(peerId, of = group) {
      const proof = await of.proofFor(transport.peerId)
      const answer = await safely(ask(peerId, { type: 'proof', proof }, ['proof', 'relay'], { via: sendProof }))
      return answer?.type === 'relay' ? 'relay' : answer
    },
    async members(peerId) {
      return (await safely(ask(peerId, { type: 'members' }, ['members'], { via: sendInBackground })))?.items ?? []
    },
    list: (peerId) => safely(ask(peerId, { type: 'list' }, ['keys'], { via: sendInBackground }))
  }
}

type Unversioned<Q> = Q extends unknown ? Omit<Q, 'version'> : never
/** A question without the version of the protocol, which is added to each. */
type Asked = Unversioned<Question>

const encode = (question: Asked): Uint8Array => encodeQuestion({ version: protocolVersion, ...question })
