import { type Bytes, plain } from '../bytes.ts'
import { nodeCrypto } from '../node-crypto.ts'

/** HMAC-SHA-256 (RFC 2104) with one key: 32 bytes. */
export type Mac = (bytes: Uint8Array) => Promise<Bytes>

export async function createMac(key: Bytes): Promise<Mac> {
  if (nodeCrypto) {
    const { createHmac, createSecretKey } = nodeCrypto
    const secret = createSecretKey(key)
    return async (bytes) => new Uint8Array(createHmac('sha256', secret).update(bytes).digest())
  }
  const webKey = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return async (bytes) => new Uint8Array(await crypto.subtle.sign('HMAC', webKey, plain(bytes)))
}
