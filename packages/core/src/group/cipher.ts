import { type Bytes, concat, plain } from '../bytes.ts'
import { nodeCrypto } from '../node-crypto.ts'

export const tagBytes = 16

/** What a message is encrypted with, and bound to: a nonce of 12 bytes, and data that is not hidden. */
export interface CipherContext {
  nonce: Bytes
  associated: Bytes
}

/** AES-256-GCM (NIST SP 800-38D) with one key. A ciphertext ends with its tag. */
export interface Cipher {
  encrypt(text: Bytes, context: CipherContext): Promise<Bytes>
  /** Rejects when the ciphertext was changed, or made with another key or in another context. */
  decrypt(ciphertext: Uint8Array, context: CipherContext): Promise<Bytes>
}

export async function createCipher(key: Bytes): Promise<Cipher> {
  return nodeCrypto ? atOnce(key, nodeCrypto) : byWebCrypto(key)
}

function atOnce(
  key: Bytes,
  { createCipheriv, createDecipheriv, createSecretKey }: NonNullable<typeof nodeCrypto>
): Cipher {
  const secret = createSecretKey(key)
  const options = { authTagLength: tagBytes } as const
  return {
    async encrypt(text, { nonce, associated }) {
      const cipher = createCipheriv('aes-256-gcm', secret, nonce, options)
      cipher.setAAD(associated)
      return concat(cipher.update(text), cipher.final(), cipher.getAuthTag())
    },
    async decrypt(ciphertext, { nonce, associated }) {
      const decipher = createDecipheriv('aes-256-gcm', secret, nonce, options)
      decipher.setAAD(associated)
      decipher.setAuthTag(ciphertext.subarray(-tagBytes))
      const text = decipher.update(ciphertext.subarray(0, -tagBytes))
      // It throws when the tag is wrong: nothing of the text leaves before that.
      return concat(text, decipher.final())
    }
  }
}

async function byWebCrypto(key: Bytes): Promise<Cipher> {
  const webKey = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt'])
  const parameters = ({ nonce, associated }: CipherContext) => ({
    name: 'AES-GCM',
    iv: nonce,
    additionalData: associated
  })
  return {
    encrypt: async (text, context) => new Uint8Array(await crypto.subtle.encrypt(parameters(context), webKey, text)),
    decrypt: async (ciphertext, context) =>
      new Uint8Array(await crypto.subtle.decrypt(parameters(context), webKey, plain(ciphertext)))
  }
}
