import { concat, equal } from '../bytes.ts'
import type { Limits } from '../limits.ts'
import { inflate } from '../protocol/compress.ts'
import { decodeAnswer, type EntryHead, type ValueHead } from '../protocol/wire.ts'
import type { Frames } from './frames.ts'
import type { LeaseState } from './lease.ts'

/** What came to `get`: what the member holds, and how it stands with the lease that was asked for. */
export interface GetAnswer {
  found?: PeerAnswer | undefined
  lease?: LeaseState | undefined
}

/** What a member holds: its head, and the body unless the asker already holds it. */
export type PeerAnswer =
  | { kind: 'entry'; head: EntryHead; body?: Uint8Array; from: string }
  | { kind: 'value'; head: ValueHead; body?: Uint8Array; from: string }

/** A compressed body can be this much larger than the body itself. */
const compressionSlackBytes = 1024

export interface ReadAnswerOptions {
  from: string
  /** The hash of the body that the asker holds: then the answer brings none. */
  held?: Uint8Array | undefined
  limits: Pick<Limits, 'entryBytes' | 'valueBytes'>
  /** The answer breaks the protocol. */
  refuse(reason: string): undefined
}

/** Reads the answer to `get`: its sizes are checked, then it is parsed. Undefined where none came, or a broken one. */
export async function readAnswer(frames: Frames, options: ReadAnswerOptions): Promise<GetAnswer | undefined> {
  const { from, held, limits, refuse } = options
  const header = await frames.next()
  if (!header.value) return undefined
  const answer = decodeAnswer(header.value)
  if (!answer) return refuse('malformed')
  if (answer.type === 'none') return { lease: answer.lease }
  if (answer.type !== 'entry' && answer.type !== 'value') return undefined
  const lease = answer.type === 'entry' ? answer.lease : undefined
  const found: PeerAnswer =
    answer.type === 'entry' ? { kind: 'entry', head: answer.entry, from } : { kind: 'value', head: answer.value, from }
  const { length, encoding } = answer
  const { size, hash } = found.head
  if (encoding === 'held') return held && equal(held, hash) ? { found, lease } : refuse('hash')
  const maxBytes = found.kind === 'value' ? limits.valueBytes : limits.entryBytes
  if (size > maxBytes || length > size + compressionSlackBytes) return refuse('size')
  const sent = await readBody(frames, length)
  const body = sent && (encoding === 'identity' ? sent : await inflate(sent, size))
  return body ? { found: { ...found, body }, lease } : refuse('size')
}

/** Exactly so many bytes; undefined for more or fewer. */
async function readBody(frames: Frames, length: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const parts: Uint8Array[] = []
  let received = 0
  while (received < length) {
    const frame = await frames.next()
    if (!frame.value) return undefined
    received += frame.value.byteLength
    parts.push(frame.value)
  }
  return received > length ? undefined : concat(...parts)
}
