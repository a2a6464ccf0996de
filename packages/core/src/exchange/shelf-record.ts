import { hex, plain } from '../bytes.ts'
import type { Entry } from '../entry.ts'
import type { Group } from '../group/group.ts'
import { deflate, inflate } from '../protocol/compress.ts'
import {
  decodeShelved,
  encodeShelfQuestion,
  encodeShelved,
  type ShelfPut,
  type ShelfRecord,
  shelfNumbers,
  shelfStatement
} from '../protocol/shelf.ts'
import { type EntryHead, protocolVersion } from '../protocol/wire.ts'
import { headOf } from './head.ts'

/** Largest body that is left or taken: JSON shrinks to a tenth or so, and anything that inflates further is a bomb. */
const maxBodyBytes = 4 * 1024 * 1024

const context = (wireKey: Uint8Array, sender: string) => ({ purpose: 'shelf', place: hex(wireKey), sender })

/** Who leaves a record, and when, ms. */
export interface ShelfWriter {
  group: Group
  peerId: string
  signedAt: number
}

async function sign(
  { group, peerId, signedAt }: ShelfWriter,
  key: Uint8Array,
  sealed: Uint8Array
): Promise<Uint8Array> {
  const record = { key, sealed, signedAt, expiresAt: signedAt + shelfNumbers.keepMs }
  const signature = await group.sign(await shelfStatement(record, peerId))
  const put: ShelfPut = { version: protocolVersion, type: 'put', group: group.publicKey, signature, ...record }
  return encodeShelfQuestion(put)
}

/** An entry as a relay keeps it: the question that leaves it there. Undefined for one that is too large. */
export async function packRecord(
  writer: ShelfWriter,
  wireKey: Uint8Array,
  entry: Entry
): Promise<Uint8Array | undefined> {
  if (entry.body.byteLength > maxBodyBytes) return undefined
  const { group, peerId, signedAt } = writer
  const shelved = encodeShelved({ signedAt, entry: headOf(entry), body: await deflate(entry.body) })
  if (shelved.byteLength > shelfNumbers.sealedBytes) return undefined
  const sealed = await group.seal(shelved, context(wireKey, peerId))
  return sealed.byteLength > shelfNumbers.sealedBytes ? undefined : sign(writer, wireKey, sealed)
}

/** The question that takes away what a relay keeps of a key. */
export const packRemoval = (writer: ShelfWriter, wireKey: Uint8Array): Promise<Uint8Array> =>
  sign(writer, wireKey, new Uint8Array())

/** What a member has left, as far as its seal shows; the rest is checked like anything that a member sends. */
export interface Unpacked {
  head: EntryHead
  body: Uint8Array
  from: string
  signedAt: number
}

/** Opens a record. Otherwise why it cannot be opened; `after`: the time of the one that is known, ms. */
export async function unpackRecord(
  group: Group,
  { key, sender, sealed }: ShelfRecord,
  after: number,
  now: number
): Promise<Unpacked | 'sealed' | 'malformed' | 'future' | 'replay' | 'old' | 'private' | 'size'> {
  const opened = await group.open(sealed, context(key, sender))
  if (!opened) return 'sealed'
  const shelved = decodeShelved(opened.bytes)
  if (!shelved) return 'malformed'
  const { signedAt, entry: head } = shelved
  // It would count as the newest for ever.
  if (signedAt > now + shelfNumbers.clockMs) return 'future'
  if (signedAt <= after) return 'replay'
  if (now - signedAt > shelfNumbers.keepMs + shelfNumbers.clockMs) return 'old'
  if (!head.public) return 'private'
  if (head.size > maxBodyBytes) return 'size'
  const body = await inflate(plain(shelved.body), head.size)
  return body ? { head, body, from: sender, signedAt } : 'size'
}
