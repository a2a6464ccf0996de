import { type Bytes, concat } from '../bytes.ts'
import { signingKeyOf } from '../ed25519.ts'

// A protobuf of two fields: the type, Ed25519, and 64 bytes of key.
const head = Uint8Array.of(0x08, 0x01, 0x12, 0x40)

/** A new identity: libp2p's protobuf of an Ed25519 private key, seed and public key (libp2p's specification "peer-ids"). */
export async function newPrivateKey(): Promise<Bytes> {
  const seed = crypto.getRandomValues(new Uint8Array(32))
  return concat(head, seed, (await signingKeyOf(seed)).publicKey)
}

/** Whether bytes can be what `newPrivateKey` makes. */
export const isPrivateKey = (bytes: Uint8Array): boolean =>
  bytes.byteLength === head.byteLength + 64 && head.every((byte, i) => bytes[i] === byte)
