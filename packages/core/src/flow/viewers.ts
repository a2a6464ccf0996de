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
  // One that is being made, too: requests of one token go on in the order in which they came.
  const known = new LRU<Promise<string> | string>(256)
  const importing = crypto.subtle.importKey('raw', machineKey, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])

  async function fingerprint(authorization: string): Promise<string> {
    const mac = await crypto.subtle.sign('HMAC', await importing, utf8(credentialIn(authorization)))
    const viewer = hex(new Uint8Array(mac, 0, 16))
    known.set(authorization, viewer)
    return viewer
  }
  return {
    of(authorization) {
      if (authorization === undefined) return anonymous
      const viewer = known.get(authorization) ?? fingerprint(authorization)
      known.set(authorization, viewer)
      return viewer
    }
  }
}
