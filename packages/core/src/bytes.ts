import { nodeCrypto } from './node-crypto.ts'

/** Small helpers for bytes and text that every room uses; Web APIs only. */
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

export type Bytes = Uint8Array<ArrayBuffer>

export const utf8 = (text: string): Bytes => encoder.encode(text)

/** @throws TypeError for bytes that are not UTF-8. */
export const text = (bytes: Uint8Array): string => decoder.decode(bytes)

/** The same bytes in the type that WebCrypto and Response take; copies only bytes of shared memory. */
export const plain = (bytes: Uint8Array): Bytes =>
  bytes.buffer instanceof ArrayBuffer ? (bytes as Bytes) : new Uint8Array(bytes)

export function concat(...parts: Uint8Array[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let offset = 0
  for (const part of parts) {
    all.set(part, offset)
    offset += part.byteLength
  }
  return all
}

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, i) => byte === b[i])
}

const hexOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

export function hex(bytes: Uint8Array): string {
  let out = ''
  for (const byte of bytes) out += hexOf[byte]
  return out
}

export function fromHex(digits: string): Bytes {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

export function fromBase64url(encoded: string): Bytes {
  return Uint8Array.from(atob(encoded.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
}

/** Below this, WebCrypto's way to another thread and back costs more than the digest itself: 0.1 ms at most here. */
const smallBytes = 128 * 1024

export async function sha256(bytes: Uint8Array): Promise<Bytes> {
  if (nodeCrypto && bytes.byteLength <= smallBytes)
    return new Uint8Array(nodeCrypto.createHash('sha256').update(bytes).digest())
  return new Uint8Array(await crypto.subtle.digest('SHA-256', plain(bytes)))
}

export const sha256Hex = async (bytes: Uint8Array): Promise<string> => hex(await sha256(bytes))
