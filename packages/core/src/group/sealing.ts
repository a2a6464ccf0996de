import { LRU } from 'tiny-lru'
import { type Bytes, concat, hex, plain, utf8 } from '../bytes.ts'
import type { WebKey } from '../web-types.ts'
import { type Cipher, type CipherContext, createCipher, tagBytes } from './cipher.ts'

/*
 * A sealed message: salt (16 bytes), counter (6, big-endian), AES-256-GCM ciphertext. The key is
 * HKDF(sealing root, salt, purpose and sender); the counter is the nonce, so no key ever meets a nonce twice.
 */
const saltBytes = 16
const counterBytes = 6
const headBytes = saltBytes + counterBytes
const messagesPerSalt = 2 ** 32
const saltLifetimeMs = 24 * 3_600_000

/** What the seal binds besides the text. */
export interface SealContext {
  purpose: string
  /** Topic or wire key. */
  place: string
  /** Peer id of who sealed it. */
  sender: string
}

/** Where an opened message stands in its sender's session, for a replay window. */
export interface Opened {
  salt: string
  counter: number
  bytes: Bytes
}

export interface Sealing {
  seal(bytes: Uint8Array, context: SealContext): Promise<Bytes>
  /** Undefined when it is not of this group, was changed, or is bound to another place or sender. */
  open(sealed: Uint8Array, context: SealContext): Promise<Opened | undefined>
}

/**
 * Padmé (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files", 2019): lengths keep only as many
 * significant bits as their exponent has, so a size tells at most log log of itself and grows by at most 12 %.
 */
export function padmeLength(length: number): number {
  if (length < 2) return length
  const exponent = Math.floor(Math.log2(length))
  const lastBits = exponent - Math.floor(Math.log2(exponent || 1)) - 1
  const step = 2 ** Math.max(0, lastBits)
  return Math.ceil(length / step) * step
}

export function createSealing(root: WebKey, now: () => number): Sealing {
  const ciphers = new LRU<Promise<Cipher>>(512)
  let salt: Bytes = new Uint8Array()
  let counter = messagesPerSalt
  let saltSince = 0

  async function derive(salt: Bytes, { purpose, sender }: SealContext): Promise<Cipher> {
    const how = { name: 'HKDF', hash: 'SHA-256', salt, info: utf8(`ghmesh/1 ${purpose}\n${sender}`) }
    return createCipher(new Uint8Array(await crypto.subtle.deriveBits(how, root, 256)))
  }

  function cipherFor(salt: Bytes, context: SealContext): Promise<Cipher> {
    const name = `${hex(salt)} ${context.purpose} ${context.sender}`
    let cipher = ciphers.get(name)
    if (!cipher) {
      cipher = derive(salt, context)
      ciphers.set(name, cipher)
    }
    return cipher
  }

  const bound = (head: Bytes, { purpose, place, sender }: SealContext): CipherContext => ({
    nonce: concat(new Uint8Array(12 - counterBytes), head.slice(saltBytes)),
    associated: utf8(`ghmesh/1\n${purpose}\n${place}\n${sender}`)
  })

  return {
    async seal(bytes, context) {
      if (counter >= messagesPerSalt || now() - saltSince > saltLifetimeMs) {
        salt = crypto.getRandomValues(new Uint8Array(saltBytes))
        counter = 0
        saltSince = now()
      }
      const head = concat(salt, new Uint8Array(counterBytes))
      const view = new DataView(head.buffer)
      view.setUint16(saltBytes, Math.floor(counter / 2 ** 32))
      view.setUint32(saltBytes + 2, counter % 2 ** 32)
      counter++
      const padded = new Uint8Array(padmeLength(bytes.byteLength + 4))
      new DataView(padded.buffer).setUint32(0, bytes.byteLength)
      padded.set(bytes, 4)
      const cipher = await cipherFor(head.slice(0, saltBytes), context)
      return concat(head, await cipher.encrypt(padded, bound(head, context)))
    },

    async open(sealed, context) {
      if (sealed.byteLength < headBytes + tagBytes + 4) return undefined
      const head = plain(sealed.slice(0, headBytes))
      const cipher = await cipherFor(head.slice(0, saltBytes), context)
      let padded: Bytes
      try {
        padded = await cipher.decrypt(sealed.subarray(headBytes), bound(head, context))
      } catch {
        return undefined
      }
      const length = new DataView(padded.buffer).getUint32(0)
      if (length > padded.byteLength - 4) return undefined
      // `head` may be a view: what a transport hands over can be Node's Buffer, whose slice copies nothing.
      const view = new DataView(head.buffer, head.byteOffset)
      const counter = view.getUint16(saltBytes) * 2 ** 32 + view.getUint32(saltBytes + 2)
      return { salt: hex(head.slice(0, saltBytes)), counter, bytes: padded.slice(4, 4 + length) }
    }
  }
}
