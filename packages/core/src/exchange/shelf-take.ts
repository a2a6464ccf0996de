import { hex } from '../bytes.ts'
import type { Purges } from '../cache/purges.ts'
import type { Entry } from '../entry.ts'
import type { Group } from '../group/group.ts'
import type { Limits } from '../limits.ts'
import type { Reputation } from '../peers/reputation.ts'
import type { ResponseTimes } from '../peers/response-times.ts'
import { decodeShelfAnswer, encodeShelfQuestion, type ShelfRecord, shelfNumbers } from '../protocol/shelf.ts'
import { protocolVersion } from '../protocol/wire.ts'
import type { Counters } from '../stats.ts'
import type { createAccept } from './accept.ts'
import { firstAnswer } from './first-answer.ts'
import type { Frames } from './frames.ts'
import type { createKeptOnShelf } from './shelf-kept.ts'
import { unpackRecord } from './shelf-record.ts'
import type { ShelfRelays } from './shelf-relays.ts'

export interface ShelfTakeOptions {
  group: Group
  relays: Pick<ShelfRelays, 'ids' | 'faulty' | 'settled'>
  kept: ReturnType<typeof createKeptOnShelf>
  limits: Pick<Limits, 'hedgeMs'>
  reputation: Pick<Reputation, 'hears'>
  responseTimes: Pick<ResponseTimes, 'isWorthAsking' | 'answered' | 'late'>
  counters: Pick<Counters, 'rejected'>
  /** Sends a question to a relay. */
  ask(relayId: string, question: Uint8Array): Frames
  accept: ReturnType<typeof createAccept>
  purges: Pick<Purges, 'targetsOf'>
  localNow: () => number
}

/** Relays asked for one key; the second where the first is slow. */
const maxAsked = 2
/** Questions to one relay at once; what is wanted meanwhile goes together in the next one. */
export const maxQuestions = 3

interface Waiting {
  wireKey: Uint8Array
  wireName: string
  after: number
  signal: AbortSignal
  resolve(record: ShelfRecord | undefined): void
}

/** Takes what members have left on shelves; it comes in through the same door as what members send. Nothing here rejects. */
export function createShelfTake(options: ShelfTakeOptions) {
  const { group, relays, kept, limits, reputation, responseTimes, counters, accept, localNow } = options
  const { targetsOf } = options.purges
  const lines = new Map<string, { waiting: Waiting[]; underWay: number }>()

  function bad(relayId: string, reason: string): void {
    counters.rejected(reason)
    relays.faulty(relayId)
  }

  function want(
    relayId: string,
    wireKey: Uint8Array,
    after: number,
    signal: AbortSignal
  ): Promise<ShelfRecord | undefined> {
    return new Promise((resolve) => {
      const line = lines.get(relayId) ?? { waiting: [], underWay: 0 }
      lines.set(relayId, line)
      line.waiting.push({ wireKey, wireName: hex(wireKey), after, signal, resolve })
      next(relayId, line)
    })
  }

  function next(relayId: string, line: { waiting: Waiting[]; underWay: number }): void {
    line.waiting = line.waiting.filter(({ signal }) => !signal.aborted)
    if (line.waiting.length === 0 || line.underWay >= maxQuestions) return
    const batch = line.waiting.splice(0, shelfNumbers.keys)
    line.underWay++
    void send(relayId, batch)
      .catch((error) => isTooLong(error) && bad(relayId, 'size'))
      .finally(() => {
        for (const { resolve } of batch) resolve(undefined)
        line.underWay--
        next(relayId, line)
      })
  }

  async function send(relayId: string, batch: readonly Waiting[]): Promise<void> {
    const keys = batch.map(({ wireKey, after }): [Uint8Array, number] => [wireKey, after])
    const question = encodeShelfQuestion({ version: protocolVersion, type: 'get', group: group.publicKey, keys })
    const open = new Set(batch.map(({ wireName }) => wireName))
    for await (const frame of options.ask(relayId, question)) {
      const answer = decodeShelfAnswer(frame)
      if (answer?.type === 'error') return counters.rejected('refused')
      if (answer?.type !== 'record') return bad(relayId, 'malformed')
      const wireName = hex(answer.key)
      // Each once, and nothing that was not asked for.
      if (!open.delete(wireName)) return bad(relayId, 'key')
      for (const one of batch) if (one.wireName === wireName) one.resolve(answer)
    }
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
    kept.set(key, { hash, targets: targetsOf(head.url), signedAt })
    return { hash, asOf: head.asOf }
  }
}

/** libp2p's word for a frame that is longer than it was told to read. */
const isTooLong = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'InvalidDataLengthError' || isTooLong(error.cause))
