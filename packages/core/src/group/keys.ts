import { type Bytes, concat, hex, sha256, utf8 } from '../bytes.ts'
import { type SigningKey, signingKeyOf } from '../ed25519.ts'
import type { WebKey } from '../web-types.ts'
import { createMac, type Mac } from './mac.ts'

/** What a group derives from its root; nothing here leaves the process but the public key and the id. */
export interface GroupKeys {
  /** Hex SHA-256 of the group's public key. */
  id: string
  signingKey: SigningKey
  wireKeyMac: Mac
  sealingRoot: WebKey
  /** The root of those members that hold a token. */
  tokenRoot(token: string): Promise<Bytes>
}

/** What those members of a group that hold one token derive from its root. */
export interface TokenKeys {
  wireKeyMac: Mac
  proofMac: Mac
}

/** HKDF-SHA-256 (RFC 5869) of the root, one output for each use. */
async function derivation(root: Bytes): Promise<(use: string) => Promise<Bytes>> {
  const material = await crypto.subtle.importKey('raw', root, 'HKDF', false, ['deriveBits'])
  return async (use) =>
    new Uint8Array(
      await crypto.subtle.deriveBits(
        { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: utf8(`ghmesh/1 ${use}`) },
        material,
        256
      )
    )
}

export async function deriveKeys(root: Bytes): Promise<GroupKeys> {
  const derive = await derivation(root)
  const signingKey = await signingKeyOf(await derive('group key'))
  const sealing = await derive('sealing')
  const extract = await createMac(sealing)
  return {
    id: hex(await sha256(signingKey.publicKey)),
    signingKey,
    wireKeyMac: await createMac(await derive('wire key')),
    sealingRoot: await crypto.subtle.importKey('raw', sealing, 'HKDF', false, ['deriveBits']),
    // HKDF in its two steps (RFC 5869, section 2), for the salt is a key that nobody can read.
    tokenRoot: async (token) => {
      const expand = await createMac(await extract(utf8(token)))
      return expand(concat(utf8('ghmesh/1 token'), Uint8Array.of(1)))
    }
  }
}

export async function deriveTokenKeys(root: Bytes): Promise<TokenKeys> {
  const derive = await derivation(root)
  return {
    wireKeyMac: await createMac(await derive('wire key')),
    proofMac: await createMac(await derive('token proof'))
  }
}
