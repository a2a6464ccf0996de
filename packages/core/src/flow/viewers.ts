import { LRU } from 'tiny-lru'
import { type Bytes, hex, utf8 } from '../bytes.ts'
import { credentialIn } from '../github/credential.ts'
import { anonymous } from '../github/request.ts'

/** Names the holders of tokens without keeping tokens. */
export interface Viewers {
  /**
   * HMAC-SHA-256 of the credential in an `Authorization` value under a random key of this machine, 32 hex digits;
   * `anonymous` without one.
   */
  of(authorization: string | undefined): Promise<string> | string
}

export function createViewers(machineKey: Bytes): Viewers {
  const known = new LRU<string>(256)
  const importing = crypto.subtle.importKey('raw', machineKey, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])

  async function fingerprint(authorization: string): Promise<string> {
    const mac = await crypto.subtle.sign('HMAC', await importing, utf8(credentialIn(authorization)))
    const viewer = hex(new Uint8Array(mac, 0, 16))
    known.set(authorization, viewer)
    return viewer
  }
  return {
    of: (authorization) =>
      authorization === undefined ? anonymous : (known.get(authorization) ?? fingerprint(authorization))
  }
}
