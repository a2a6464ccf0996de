import { hex } from '../bytes.ts'
import type { Cache } from '../cache/cache.ts'
import { mayHaveGrown } from '../github/links.ts'
import type { Group } from '../group/group.ts'
import type { Limits } from '../limits.ts'
import type { Allowances } from '../peers/allowances.ts'
import type { Reputation } from '../peers/reputation.ts'
import { inflate } from '../protocol/compress.ts'
import type { Gossip, PresenceMessage, ValueHead } from '../protocol/wire.ts'
import type { Counters } from '../stats.ts'
import type { AcceptResult, IncomingEntry } from './accept.ts'
import type { Providers } from './providers.ts'
import type { ShareableIndex } from './shareable-index.ts'
import { targetsIn } from './told-purges.ts'

export type ValidationResult = 'accept' | 'ignore' | 'reject'

export interface ActOptions {
  cache: Pick<Cache, 'touch'>
  shareable: Pick<ShareableIndex, 'keyOf'>
  providers: Pick<Providers, 'add'>
  reputation: Reputation
  counters: Counters
  limits: Limits
  githubNow: () => number
  accept(told: IncomingEntry): Promise<AcceptResult>
  takeValue(head: ValueHead, wireKey: Uint8Array, group: Group, from: string, body: Uint8Array): Promise<boolean>
  /** A member has a body that came without it. */
  wanted(peerId: string, wireKey: Uint8Array, group: Group, hash?: Uint8Array): void
  purgeAllowance: Allowances
  purged(targets: readonly string[], asOf: number, from: string): Promise<void>
  /** A member has told of itself. */
  present(peerId: string, presence: PresenceMessage): void
}

/** What a message of a member changes here, once it is known to be one. `reject`: counts against its sender. */
export function createAct(
  options: ActOptions,
  reject: (from: string, reason: string) => ValidationResult
): (from: string, group: Group, message: Gossip) => Promise<ValidationResult> {
  const { cache, shareable, providers, reputation, counters, limits } = options

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

  return async (from: string, group: Group, message: Gossip): Promise<ValidationResult> => {
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
}
