import { hex } from '../bytes.ts'
import type { Purges } from '../cache/purges.ts'
import type { Entry } from '../entry.ts'
import type { Group } from '../group/group.ts'
import type { Limits } from '../limits.ts'
import type { Reputation } from '../peers/reputation.ts'
import type { ResponseTimes } from '../peers/response-times.ts'
import type { Counters } from '../stats.ts'
import type { createAccept } from './accept.ts'
import { firstAnswer } from './first-answer.ts'
import type { Frames } from './frames.ts'
import type { createKeptOnShelf } from './shelf-kept.ts'
import { createShelfQuestions } from './shelf-questions.ts'
import { unpackRecord } from './shelf-record.ts'
import type { ShelfRelays } from './shelf-relays.ts'

export interface ShelfTakeOptions {
  group: Group
  relays: Pick<ShelfRelays, 'ids' | 'faulty' | 'settled'>
  kept: ReturnType<typeof createKeptOnShelf>
  limits: Pick<Limits, 'hedgeMs'>
  reputation: Pick<Reputation, 'hears'>
  responseTimes: Pick<ResponseTimes, 'isWorthAsking' | 'overtaken' | 'late'>
  counters: Pick<Counters, 'rejected'>
  /** Sends a question to a relay. */
  ask(relayId: string, question: Uint8Array): Frames
  accept: ReturnType<typeof createAccept>
  purges: Pick<Purges, 'targetsOf'>
  localNow: () => number
}

/** Relays asked for one key; the second where the first is slow. */
const maxAsked = 2

/** Takes what members have left on shelves; it comes in through the same door as what members send. Nothing here rejects. */
export function createShelfTake(options: ShelfTakeOptions) {
  const { group, relays, kept, limits, reputation, responseTimes, counters, accept, localNow } = options
  const { targetsOf } = options.purges
  const want = createShelfQuestions({ publicKey: group.publicKey, counters, ask: options.ask, bad })

  function bad(relayId: string, reason: string): void {
    counters.rejected(reason)
    relays.faulty(relayId)
  }

  /** What one relay has, opened. */
  async function ask(relayId: string, wireKey: Uint8Array, after: number, signal: AbortSignal) {
    const record = await want(relayId, wireKey, after, signal)
    const found = record && (await unpackRecord(group, record, after, localNow()))
    if (found === undefined) return undefined
    if (typeof found !== 'string') return reputation.hears(found.from) ? found : undefined
    // Only the relay can have changed what a seal covers, or sent an older one for a newer; the rest is its writer's doing.
    if (found === 'sealed' || found === 'replay') bad(relayId, found)
    else counters.rejected(found)
    return undefined
  }

  /** Resolves to the body that came and when GitHub was asked for it, if it is newer than what is held. */
  return async (
    key: string,
    wireKey: Uint8Array,
    held: Entry | undefined,
    maxWaitMs: number
  ): Promise<{ hash: string; asOf: number } | undefined> => {
    const begunAt = performance.now()
    await relays.settled(maxWaitMs)
    const leftMs = maxWaitMs - (performance.now() - begunAt)
    const peerIds = relays.ids.filter(responseTimes.isWorthAsking).slice(0, maxAsked)
    if (leftMs <= 0 || peerIds.length === 0) return undefined
    const after = held ? (kept.get(key)?.signedAt ?? 0) : 0
    const found = await firstAnswer({
      peerIds,
      ask: (relayId, signal) => ask(relayId, wireKey, after, signal),
      hedgeMs: limits.hedgeMs,
      maxWaitMs: leftMs,
      responseTimes
    })
    if (!found) return undefined
    const { head, body, from, signedAt } = found
    const { how } = await accept({ head, wireKey, group, from, body, asked: true })
    if (how === 'refused') return undefined
    const hash = hex(head.hash)
    const at = [...new Set([...(kept.get(key)?.at ?? []), ...peerIds])]
    kept.set(key, { hash, at, targets: targetsOf(head.url), signedAt })
    return { hash, asOf: head.asOf }
  }
}
