import { createCipheriv, createDecipheriv, createSecretKey, getCiphers, type KeyObject } from 'node:crypto'
import type { ICryptoInterface } from '@libp2p/noise'
import { defaultCrypto } from '@libp2p/noise/crypto'
import { concat } from '../../bytes.ts'

const algorithm = 'chacha20-poly1305'
const tagBytes = 16
const options = { authTagLength: tagBytes } as const
/** Below this the library's WebAssembly is faster, which starts at once. */
const smallBytes = 512

/**
 * The library's cryptography for Noise, with keys that are prepared once. The library hands Node a key as bytes, which Node
 * prepares anew for each message; that takes twice as long as the encryption. Where Node lacks the algorithm
 * (https://github.com/electron/electron/issues/24024), nothing differs from the library.
 */
export function noiseCrypto(): ICryptoInterface {
  if (!getCiphers().includes(algorithm)) return defaultCrypto
  const prepared = new WeakMap<Uint8Array, KeyObject>()
  const prepare = (key: Uint8Array): KeyObject => {
    const known = prepared.get(key)
    if (known) return known
    const made = createSecretKey(key)
    prepared.set(key, made)
    return made
  }
  return {
    ...defaultCrypto,
    chaCha20Poly1305Encrypt(text, nonce, associated, key) {
      if (text.byteLength < smallBytes) return defaultCrypto.chaCha20Poly1305Encrypt(text, nonce, associated, key)
      const cipher = createCipheriv(algorithm, prepare(key), nonce, options)
      cipher.setAAD(associated, { plaintextLength: text.byteLength })
      return concat(cipher.update(text.subarray()), cipher.final(), cipher.getAuthTag())
    },
    chaCha20Poly1305Decrypt(ciphertext, nonce, associated, key, into) {
      if (ciphertext.byteLength < smallBytes)
        return defaultCrypto.chaCha20Poly1305Decrypt(ciphertext, nonce, associated, key, into)
      const all = ciphertext.subarray()
      const decipher = createDecipheriv(algorithm, prepare(key), nonce, options)
      decipher.setAAD(associated, { plaintextLength: all.byteLength - tagBytes })
      decipher.setAuthTag(all.subarray(-tagBytes))
      const text = decipher.update(all.subarray(0, -tagBytes))
      decipher.final() // throws when the tag is wrong
      return text
    }
  }
}
