import { encode } from 'cborg'
import * as v from 'valibot'
import { type Bytes, hex, sha256, utf8 } from '../bytes.ts'
import { isSignedBy } from '../ed25519.ts'
import { bytes, bytesOf, digest, entryHead, parse, present, protocolVersion, text, time } from './wire.ts'

/*
 * The shelf of a relay, PROTOCOL.md, section 12: what members leave there for those that come later. The relay sees wire keys,
 * sizes and times; what is in a record only members can open.
 */

/** By which members ask a relay's shelf. */
export const shelfProtocol = '/ghmesh/1/shelf'

const KiB = 1024
/** What a shelf and its members have to keep to, with units. */
export const shelfNumbers = {
  /** Largest frame, with a record or without. */
  frameBytes: 256 * KiB,
  /** Largest sealed entry: with the rest of its record it fits into a frame. */
  sealedBytes: 255 * KiB,
  /** Keys in one question. */
  keys: 64,
  /** A record is kept no longer than this. */
  keepMs: 7 * 24 * 3_600_000,
  /** A record's time and the relay's clock differ by no more than this when it is left. */
  clockMs: 5 * 60_000
}

const version = v.literal(protocolVersion)
const sealed = v.pipe(
  bytes,
  v.check(({ byteLength }) => byteLength <= shelfNumbers.sealedBytes)
)
/** The group's public key. */
const group = bytesOf(32)

const question = v.variant('type', [
  /** Leaves a record; an empty one takes away what was there. */
  v.object({
    version,
    type: v.literal('put'),
    group,
    key: digest,
    signedAt: time,
    expiresAt: time,
    signature: bytesOf(64),
    sealed
  }),
  /** Takes records: each wire key, and the time of the record that the asker knows, 0 for none. */
  v.object({
    version,
    type: v.literal('get'),
    group,
    keys: v.pipe(v.array(v.tuple([digest, time])), v.maxLength(shelfNumbers.keys))
  })
])

const answer = v.variant('type', [
  v.object({ type: v.literal('ok') }),
  v.object({ type: v.literal('record'), key: digest, sender: text(128), sealed }),
  v.object({
    type: v.literal('error'),
    code: v.picklist(['version', 'malformed', 'unproven', 'busy', 'full', 'refused'])
  })
])

/** What is sealed in a record. */
const shelved = v.object({ signedAt: time, entry: entryHead, body: bytes })

export type ShelfQuestion = v.InferOutput<typeof question>
export type ShelfPut = ShelfQuestion & { type: 'put' }
export type ShelfAnswer = v.InferOutput<typeof answer>
export type ShelfRecord = ShelfAnswer & { type: 'record' }
export type Shelved = v.InferOutput<typeof shelved>

export const encodeShelfQuestion = (message: ShelfQuestion): Uint8Array => encode(message)
/** Undefined for what is no question to a shelf. */
export const decodeShelfQuestion = (encoded: Uint8Array): ShelfQuestion | undefined => parse(question, encoded)
/** One frame of a shelf's answer, CBOR. */
export const encodeShelfAnswer = (message: ShelfAnswer): Uint8Array => encode(message)
export const decodeShelfAnswer = (encoded: Uint8Array): ShelfAnswer | undefined => parse(answer, encoded)
export const encodeShelved = (message: Shelved): Uint8Array => encode(present(message))
export const decodeShelved = (encoded: Uint8Array): Shelved | undefined => parse(shelved, encoded)

/** What the group signs for a record that a peer leaves. */
export const shelfStatement = async (
  { key, sealed, signedAt, expiresAt }: Pick<ShelfPut, 'key' | 'sealed' | 'signedAt' | 'expiresAt'>,
  sender: string
): Promise<Bytes> =>
  utf8(`ghmesh/1 shelf\n${hex(key)}\n${hex(await sha256(sealed))}\n${sender}\n${signedAt}\n${expiresAt}`)

/** Whether a peer may leave a record: the group has signed it for this peer. It takes no secret to check that. */
export const isSignedRecord = async (put: ShelfPut, sender: string): Promise<boolean> =>
  isSignedBy(put.group, put.signature, await shelfStatement(put, sender))
