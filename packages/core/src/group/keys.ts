import { type Bytes, concat, fromBase64url, fromHex, hex, sha256, utf8 } from '../bytes.ts'
import type { WebKey } from '../web-types.ts'

/** What a group derives from its root; nothing here leaves the process but the public key and the id. */
export interface GroupKeys {
  /** Hex SHA-256 of the group's public key. */
  id: string
  publicKey: Bytes
  signingKey: WebKey
  wireKeyKey: WebKey
  sealingRoot: WebKey
}

// RFC 8410: the PKCS #8 wrapping of an Ed25519 seed is this constant and the 32 bytes.
const pkcs8Prefix = fromHex('302e020100300506032b657004220420')

/** HKDF-SHA-256 (RFC 5869) of the root, one output for each use. */
export async function deriveKeys(root: Bytes): Promise<GroupKeys> {
  const material = await crypto.subtle.importKey('raw', root, 'HKDF', false, ['deriveBits'])
  const derive = async (use: string): Promise<Bytes> =>
    new Uint8Array(
      await crypto.subtle.deriveBits(
        { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: utf8(`ghmesh/1 ${use}`) },
        material,
        256
      )
    )
  const seed = concat(pkcs8Prefix, await derive('group key'))
  const signingKey = await crypto.subtle.importKey('pkcs8', seed, 'Ed25519', true, ['sign'])
  const publicKey = fromBase64url((await crypto.subtle.exportKey('jwk', signingKey)).x ?? '')
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  return {
    id: hex(await sha256(publicKey)),
    publicKey,
    signingKey,
    wireKeyKey: await crypto.subtle.importKey('raw', await derive('wire key'), hmac, false, ['sign']),
    sealingRoot: await crypto.subtle.importKey('raw', await derive('sealing'), 'HKDF', false, ['deriveKey'])
  }
}
