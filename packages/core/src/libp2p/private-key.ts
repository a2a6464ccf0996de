import { type Bytes, concat } from '../bytes.ts'

// A protobuf of two fields: the type, Ed25519, and 64 bytes of key.
const head = Uint8Array.of(0x08, 0x01, 0x12, 0x40)

/** A new identity: libp2p's protobuf of an Ed25519 private key, seed and public key (libp2p's specification "peer-ids"). */
export async function newPrivateKey(): Promise<Bytes> {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
  const [pkcs8, publicKey] = await Promise.all([
    crypto.subtle.exportKey('pkcs8', pair.privateKey),
    crypto.subtle.exportKey('raw', pair.publicKey)
  ])
  // RFC 8410: the seed stands at the end.
  return concat(head, new Uint8Array(pkcs8).slice(-32), new Uint8Array(publicKey))
}

/** Whether bytes can be what `newPrivateKey` makes. */
export const isPrivateKey = (bytes: Uint8Array): boolean =>
  bytes.byteLength === head.byteLength + 64 && head.every((byte, i) => bytes[i] === byte)
