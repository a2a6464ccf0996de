import { hex } from '../bytes.ts'
import { decodeShelfAnswer, encodeShelfQuestion, type ShelfRecord, shelfNumbers } from '../protocol/shelf.ts'
import { protocolVersion } from '../protocol/wire.ts'
import type { Counters } from '../stats.ts'
import type { Frames } from './frames.ts'

/** What a relay has under a wire key that was left later than `after`, ms; undefined if it has nothing. Never rejects. */
export type ShelfQuestions = (
  relayId: string,
  wireKey: Uint8Array,
  after: number,
  signal: AbortSignal
) => Promise<ShelfRecord | undefined>

export interface ShelfQuestionsOptions {
  /** The group's name at relays. */
  publicKey: Uint8Array
  counters: Pick<Counters, 'rejected'>
  /** Sends a question to a relay. */
  ask(relayId: string, question: Uint8Array): Frames
  /** A relay sent what no honest one sends. */
  bad(relayId: string, reason: string): void
}

/** Questions to one relay at once; what is wanted meanwhile goes together in the next one. */
export const maxQuestions = 3

interface Waiting {
  wireKey: Uint8Array
  wireName: string
  after: number
  signal: AbortSignal
  resolve(record: ShelfRecord | undefined): void
}

interface Line {
  waiting: Waiting[]
  underWay: number
}

export function createShelfQuestions({ publicKey, counters, ask, bad }: ShelfQuestionsOptions): ShelfQuestions {
  const lines = new Map<string, Line>()

  function next(relayId: string, line: Line): void {
    line.waiting = line.waiting.filter(({ signal }) => !signal.aborted)
    if (line.waiting.length === 0 || line.underWay >= maxQuestions) return
    const batch = firstOfEachKey(line.waiting).slice(0, shelfNumbers.keys)
    line.waiting = line.waiting.filter((one) => !batch.includes(one))
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
    const question = encodeShelfQuestion({ version: protocolVersion, type: 'get', group: publicKey, keys })
    const open = new Set(batch.map(({ wireName }) => wireName))
    for await (const frame of ask(relayId, question)) {
      const answer = decodeShelfAnswer(frame)
      if (answer?.type === 'error') return counters.rejected('refused')
      if (answer?.type !== 'record') return bad(relayId, 'malformed')
      const wireName = hex(answer.key)
      // Each once, and nothing that was not asked for.
      if (!open.delete(wireName)) return bad(relayId, 'key')
      batch.find((one) => one.wireName === wireName)?.resolve(answer)
    }
  }

  return (relayId, wireKey, after, signal) =>
    new Promise((resolve) => {
      const line = lines.get(relayId) ?? { waiting: [], underWay: 0 }
      lines.set(relayId, line)
      line.waiting.push({ wireKey, wireName: hex(wireKey), after, signal, resolve })
      next(relayId, line)
    })
}

/** A relay answers each key once in an answer, so who asks for the same with another `after` waits for the next one. */
function firstOfEachKey(waiting: readonly Waiting[]): Waiting[] {
  const first = new Map<string, Waiting>()
  for (const one of waiting) if (!first.has(one.wireName)) first.set(one.wireName, one)
  return [...first.values()]
}

/** libp2p's word for a frame that is longer than it was told to read. */
const isTooLong = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'InvalidDataLengthError' || isTooLong(error.cause))
