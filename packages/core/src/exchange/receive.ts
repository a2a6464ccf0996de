import { hex } from '../bytes.ts'
import type { Cache } from '../cache/cache.ts'
import { mayHaveGrown } from '../github/links.ts'
import type { Group } from '../group/group.ts'
import type { CheckedProof } from '../group/proof.ts'
import { createReplayWindow } from '../group/replay.ts'
import type { Limits } from '../limits.ts'
import type { Reputation } from '../peers/reputation.ts'
import { inflate } from '../protocol/compress.ts'
import { unpackEnvelope } from '../protocol/envelope.ts'
import { decodeGossip, type Gossip, type PresenceMessage, type ValueHead } from '../protocol/wire.ts'
import type { Counters } from '../stats.ts'
import type { AcceptResult, IncomingEntry } from './accept.ts'
import type { Providers } from './providers.ts'
import type { ShareableIndex } from './shareable-index.ts'
import { type createPurgeAllowances, targetsIn } from './told-purges.ts'
import { createTurns } from './turns.ts'

export type ValidationResult = 'accept' | 'ignore' | 'reject'

export interface ReceiveOptions {
  cache: Cache
  shareable: ShareableIndex
  providers: Providers
  reputation: Reputation
  counters: Counters
  limits: Limits
  localNow: () => number
  githubNow: () => number
  checkProof(proof: Uint8Array, peerId: string): Promise<(CheckedProof & { group: Group }) | undefined>
  accept(told: IncomingEntry): Promise<AcceptResult>
  takeValue(head: ValueHead, wireKey: Uint8Array, group: Group, from: string, body: Uint8Array): Promise<boolean>
  /** A member has a body that came without it. */
  wanted(peerId: string, wireKey: Uint8Array, group: Group, hash?: Uint8Array): void
  purgeAllowance: ReturnType<typeof createPurgeAllowances>
  purged(targets: readonly string[], asOf: number, from: string): Promise<void>
  /** A member says what GitHub's clock shows, ms, in a message that this clock takes for one of the future. */
  heardTime(peerId: string, githubNow: number): void
  /** A member has told of itself. */
  present(peerId: string, presence: PresenceMessage): void
}

/**
 * What members tell: size-checked, parsed, verified, in that order. Whatever is not of the group, late, doubled or
 * unknown is ignored; what no honest member sends is rejected, and counts against its sender.
 */
export function createReceive(
  options: ReceiveOptions
): (from: string, message: Uint8Array, through: string) => Promise<ValidationResult> {
  const { cache, shareable, providers, reputation, counters, limits, localNow } = options
  const replays = createReplayWindow()
  const turn = createTurns()

  const ignore = (reason: string): ValidationResult => {
    counters.rejected(reason)
    return 'ignore'
  }
  const reject = (from: string, reason: string): ValidationResult => {
    reputation.reject(from, reason)
    return 'reject'
  }

  async function act(from: string, group: Group, message: Gossip): Promise<ValidationResult> {
    switch (message.type) {
      case 'announce': {
        const { key: wireKey, entry: head } = message
        // No larger than what honest members send along: small messages must not become large work.
        const fits = head.size <= limits.inlineBodyBytes && (message.body?.byteLength ?? 0) <= limits.inlineBytes
        const body =
          message.body && fits ? await inflate(message.body as Uint8Array<ArrayBuffer>, head.size) : undefined
        if (message.body && !body) return reject(from, 'size')
        const taken = await options.accept({ head, wireKey, group, from, body })
        if (taken.how === 'refused') return 'ignore'
        providers.add(hex(wireKey), from, head.asOf)
        if (taken.how === 'wanted') options.wanted(from, wireKey, group, head.hash)
        return 'accept'
      }
      case 'value': {
        const { key: wireKey, value: head } = message
        if (head.size > limits.valueBytes) return reject(from, 'size')
        if (message.body) {
          const body = await inflate(message.body as Uint8Array<ArrayBuffer>, head.size)
          if (!body) return reject(from, 'size')
          if (!(await options.takeValue(head, wireKey, group, from, body))) return 'ignore'
        } else options.wanted(from, wireKey, group)
        providers.add(hex(wireKey), from, head.at)
        return 'accept'
      }
      case 'touch': {
        for (const [wireKey, hash, asOf] of message.items) {
          if (asOf > options.githubNow() + limits.clockSkewMs) counters.rejected('future')
          else await touch(from, hex(wireKey), hex(hash), asOf)
        }
        return 'accept'
      }
      case 'purge':
        await options.purged(targetsIn(message, options.purgeAllowance(from)), message.asOf, from)
        return 'accept'
      case 'presence': {
        options.present(from, message)
        return 'accept'
      }
    }
  }

  async function touch(from: string, wireName: string, hash: string, asOf: number): Promise<void> {
    if (!reputation.trusts(from)) return
    providers.add(wireName, from, asOf)
    const key = shareable.keyOf(wireName)
    if (key === undefined) return
    await cache.touch(key, (entry) =>
      // Of a list that has gained a page, the last one may be as it was: a touch says nothing of its links.
      entry.hash === hash && entry.asOf < asOf && !mayHaveGrown(entry.items, entry.headers.link, new URL(entry.url))
        ? { ...entry, asOf }
        : entry
    )
  }

  async function read(from: string, message: Uint8Array, through: string): Promise<ValidationResult> {
    const envelope = unpackEnvelope(message)
    if (envelope === 'version') return ignore('version')
    if (envelope === 'malformed') return reject(from, 'malformed')
    const proof = await options.checkProof(envelope.proof, from)
    // A relay that hands on another's bad proof must not lose its score for it.
    if (!proof) return through === from ? reject(from, 'proof') : ignore('proof')
    const opened = await proof.group.openGossip(envelope.sealed, from)
    if (!opened) return ignore('sealed')
    if (!replays.firstTime(`${from} ${opened.salt}`, opened.counter)) return ignore('replay')
    const gossip = decodeGossip(opened.bytes)
    if (!gossip) return reject(from, 'malformed')
    if (Math.abs(localNow() - gossip.sentAt) > limits.messageAgeMs) {
      // Nobody can hold a message back into the future: one of the two clocks is wrong, perhaps this one.
      if (gossip.type === 'presence' && gossip.offset !== undefined && gossip.sentAt > localNow())
        options.heardTime(from, gossip.sentAt + gossip.offset)
      return ignore('expired')
    }
    return act(from, proof.group, gossip)
  }

  return async (from, message, through) => {
    if (!reputation.hears(from)) return 'ignore'
    if (!reputation.hears(through) || !reputation.allows(from, through, message.byteLength)) return 'ignore'
    if (message.byteLength > limits.gossipMessageBytes) return reject(from, 'size')
    return turn(() => read(from, message, through)).catch(() => 'ignore' as const)
  }
}
