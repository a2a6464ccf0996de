import { type Bytes, plain } from '../bytes.ts'
import type { GroupKeys } from './keys.ts'

/** The group's Ed25519 signature (RFC 8032), 64 bytes. Each use begins its statement with a label of its own. */
export const sign = async ({ signingKey }: Pick<GroupKeys, 'signingKey'>, statement: Bytes): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.sign('Ed25519', signingKey, statement))

/** Whether the group with this public key has signed a statement; false for what is no key or no signature. */
export async function isSignedBy(publicKey: Uint8Array, signature: Uint8Array, statement: Bytes): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('raw', plain(publicKey), 'Ed25519', false, ['verify'])
    return await crypto.subtle.verify('Ed25519', key, plain(signature), statement)
  } catch {
    return false // not a point of the curve
  }
}
