import { type Bytes, concat, hex, plain, sha256, utf8 } from '../bytes.ts'
import { isSignedBy, type SigningKey } from '../ed25519.ts'

/** A proof of membership: the group's public key (32 bytes), the expiry (8, big-endian ms), an Ed25519 signature (64). */
export const proofBytes = 104

const statement = (peerId: string, expiresAt: number) => utf8(`ghmesh/1 member\n${peerId}\n${expiresAt}`)

/** Shows, until `expiresAt`, that `peerId` is of the group. It is useless to any other peer. */
export async function createProof(key: SigningKey, peerId: string, expiresAt: number): Promise<Bytes> {
  const expiry = new Uint8Array(8)
  new DataView(expiry.buffer).setBigUint64(0, BigInt(expiresAt))
  return concat(key.publicKey, expiry, await key.sign(statement(peerId, expiresAt)))
}

/** What a proof says, once its signature holds. */
export interface CheckedProof {
  groupId: string
  expiresAt: number
}

/**
 * Checks a proof without the secret, as a relay does. Undefined when it is malformed, forged, of another peer, expired,
 * or valid for longer than `lifetimeMs` from `now`.
 */
export async function checkProof(
  proof: Uint8Array,
  peerId: string,
  now: number,
  lifetimeMs: number
): Promise<CheckedProof | undefined> {
  if (proof.byteLength !== proofBytes) return undefined
  const publicKey = plain(proof.slice(0, 32))
  const expiresAt = Number(new DataView(proof.buffer, proof.byteOffset + 32, 8).getBigUint64(0))
  // Clocks differ by minutes at times; a lifetime far over the limit is a forgery of habit, not of clock.
  if (!(expiresAt > now && expiresAt <= now + lifetimeMs * 1.1)) return undefined
  if (!(await isSignedBy(publicKey, proof.slice(40), statement(peerId, expiresAt)))) return undefined
  return { groupId: hex(await sha256(publicKey)), expiresAt }
}
