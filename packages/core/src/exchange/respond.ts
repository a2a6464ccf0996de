import { equal, hex, plain } from '../bytes.ts'
import type { Cache } from '../cache/cache.ts'
import type { Purges } from '../cache/purges.ts'
import type { Entry } from '../entry.ts'
import type { TokenLimit } from '../github/rate-limit.ts'
import type { Group } from '../group/group.ts'
import type { Limits } from '../limits.ts'
import type { Reputation } from '../peers/reputation.ts'
import { deflate } from '../protocol/compress.ts'
import {
  type Answer,
  decodeQuestion,
  encodeAnswer,
  type PresenceMessage,
  protocolVersion,
  type Question,
  questionVersion,
  type ToldMember
} from '../protocol/wire.ts'
import { headOf } from './head.ts'
import type { createHome } from './home.ts'
import type { LeaseState } from './lease.ts'
import type { Leases } from './leases.ts'
import { createPeerCounts } from './peer-counts.ts'
import { valueHeadOf } from './publish.ts'
import type { ShareableIndex } from './shareable-index.ts'
import type { ToldPurge } from './told-purges.ts'

export interface RespondOptions {
  cache: Pick<Cache, 'find' | 'value'>
  shareable: Pick<ShareableIndex, 'keyOf' | 'newest'>
  limits: Limits
  mayShare(entry: Entry): boolean
  /** The group whose proof a peer has shown; members ask in the names of their own group. */
  groupOf(peerId: string): Group | undefined
  /** Takes a peer's proof; resolves to this member's own if it holds. */
  prove(peerId: string, proof: Uint8Array): Promise<Uint8Array | undefined>
  /** What this member tells of itself. */
  presence(): PresenceMessage
  /** What it tells of others. */
  members(): ToldMember[]
  /** The group that this member tells of purges: what it says of repositories is for nobody else. */
  group: Group
  purges: Pick<Purges, 'all'>
  reputation: Pick<Reputation, 'hears' | 'reject'>
  leases: Pick<Leases, 'ask'>
  /** Takes what a member says of a lease. False for what nobody waits for. */
  home: ReturnType<typeof createHome>
  /** What a member can have that has shown that it holds a token; undefined where this one does not hold it. */
  ofToken(from: string, proof: Uint8Array): Promise<OfToken | undefined>
}

/** What those who hold one token can have of this member. */
export interface OfToken {
  /** What the token sees behind a wire key (hex), newest first. */
  find(wireName: string): Promise<readonly Entry[]>
  home(from: string, said: Question & { type: 'lease' }): boolean
  /** GitHub refuses the token, or this is what is left to it. */
  limited(limit: TokenLimit): void
  /** Something that it sees is stale. */
  purged(from: string, what: ToldPurge): void
}

/** What arrives in one round trip however long it is: ten segments (RFC 6928). Making it smaller only takes time. */
const firstFlightBytes = 14_600

/** Characters of all purges in one answer: with a full list of keys it must fit into a frame. */
const maxPurgeText = 65_536

/** The newest of them, as many as there is room for. */
function told(purges: [string, number][], max: number): [string, number][] {
  let left = maxPurgeText
  const newest = purges.sort(([, a], [, b]) => b - a).slice(0, max)
  return newest.flatMap(([target, at]): [string, number][] => {
    left -= target.length
    return left < 0 ? [] : [[target, Math.round(at)]]
  })
}

/** Questions are short; anything longer is invalid. */
const maxQuestionBytes = 4096

type Get = Question & { type: 'get' }
type Encoding = Extract<Answer, { type: 'entry' }>['encoding']

/** The entry that is wanted, else the newest, and how its answer begins. */
function entryIn(entries: readonly Entry[], { wanted, others, hash: held }: Get) {
  const isMeant = ({ hash }: Entry) => (wanted ? hash === hex(wanted) : !others || !held || hash !== hex(held))
  const entry = entries.find(isMeant) ?? entries[0]
  if (!entry) return undefined
  const head = headOf(entry)
  const header = (encoding: Encoding, length: number, lease?: LeaseState): Answer => ({
    type: 'entry',
    entry: head,
    encoding,
    length,
    lease
  })
  return { asOf: entry.asOf, hash: head.hash, body: entry.body as Uint8Array, header }
}

/** The mirror: answers members' questions from what this member holds, and grants leases for what it does not hold. */
export function createRespond(options: RespondOptions): (from: string, bytes: Uint8Array) => AsyncIterable<Uint8Array> {
  const { cache, shareable, limits, mayShare, groupOf, prove, reputation, leases, home } = options
  const transfers = createPeerCounts()

  async function* answer(from: string, question: Question): AsyncGenerator<Uint8Array> {
    if (question.type === 'proof') {
      const proof = await prove(from, question.proof)
      // To a member, and nobody else.
      const presence = proof && options.presence()
      yield encodeAnswer(proof ? { type: 'proof', proof, presence } : { type: 'error', code: 'unproven' })
      return
    }
    const group = groupOf(from)
    if (!group) return yield encodeAnswer({ type: 'error', code: 'unproven' })
    if (question.type === 'list') {
      const purges = group === options.group ? told(options.purges.all(), limits.listPurges) : undefined
      return yield encodeAnswer({ type: 'keys', items: await shareable.newest(group), purges })
    }
    if (question.type === 'members') return yield encodeAnswer({ type: 'members', items: options.members() })
    const ofToken = question.holds && (await options.ofToken(from, question.holds))
    if (question.holds && !ofToken) return yield encodeAnswer({ type: 'none' })
    if (question.type === 'limited' || question.type === 'purge') {
      if (question.type === 'limited') ofToken?.limited(question)
      else ofToken?.purged(from, question)
      return yield encodeAnswer({ type: 'ok' })
    }
    if (question.type === 'lease') {
      const isExpected = ofToken ? ofToken.home(from, question) : home(from, group, question)
      return yield encodeAnswer({ type: isExpected ? 'ok' : 'none' })
    }
    const wireName = hex(question.key)
    const found = ofToken ? entryIn(await ofToken.find(wireName), question) : await find(wireName, question)
    const { after } = question
    const isWanted = after !== undefined && (found?.asOf ?? 0) <= after
    const lease = isWanted ? leases.ask(wireName, from) : undefined
    if (!found) return yield encodeAnswer({ type: 'none', lease })
    if (question.hash && equal(question.hash, found.hash)) return yield encodeAnswer(found.header('held', 0, lease))
    const compressed = found.body.byteLength > firstFlightBytes ? await deflate(plain(found.body)) : found.body
    const [encoding, body] =
      compressed.byteLength < found.body.byteLength
        ? (['deflate-raw', compressed] as const)
        : (['identity', found.body] as const)
    yield encodeAnswer(found.header(encoding, body.byteLength, lease))
    for (let at = 0; at < body.byteLength; at += limits.frameBytes) yield body.subarray(at, at + limits.frameBytes)
  }

  /** The body under a wire key that is wanted, else the newest that may be given away, and how its answer begins. */
  async function find(wireName: string, question: Get) {
    const key = shareable.keyOf(wireName)
    if (key === undefined) return undefined
    const entry = entryIn((await cache.find(key))?.entries.filter(mayShare) ?? [], question)
    if (entry) return entry
    const value = await cache.value(key)
    if (!value) return undefined
    const head = await valueHeadOf(value)
    const header = (encoding: Encoding, length: number): Answer => ({ type: 'value', value: head, encoding, length })
    return { asOf: value.at, hash: head.hash, body: value.json, header }
  }

  return async function* (from, bytes) {
    if (!reputation.hears(from)) return
    const question = bytes.byteLength <= maxQuestionBytes ? decodeQuestion(bytes) : undefined
    if (!question) {
      const later =
        bytes.byteLength <= maxQuestionBytes && (questionVersion(bytes) ?? protocolVersion) > protocolVersion
      if (!later) reputation.reject(from, 'malformed')
      yield encodeAnswer({ type: 'error', code: later ? 'version' : 'malformed' })
      return
    }
    if (transfers.of(from) >= limits.transfersPerPeer) return yield encodeAnswer({ type: 'error', code: 'busy' })
    transfers.add(from)
    try {
      yield* answer(from, question)
    } finally {
      transfers.remove(from)
    }
  }
}
