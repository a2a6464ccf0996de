import { type Bytes, concat, fromBase64url, fromHex, plain } from './bytes.ts'

/** A private key of Ed25519 (RFC 8032), which can only sign. */
export interface SigningKey {
  /** 32 bytes. */
  publicKey: Bytes
  /** 64 bytes. */
  sign(statement: Bytes): Promise<Bytes>
}

const algorithm = 'Ed25519'
// RFC 8410: the PKCS #8 wrapping of a seed is this constant and the 32 bytes.
const pkcs8Prefix = fromHex('302e020100300506032b657004220420')

/** Loaded only where the browser's own does not do. */
const loadLibrary = () => import('@noble/ed25519')

/** The key of a seed of 32 bytes: the browser's, or the library's where the browser has none (Chromium before 137). */
export async function signingKeyOf(seed: Bytes): Promise<SigningKey> {
  try {
    const key = await crypto.subtle.importKey('pkcs8', concat(pkcs8Prefix, seed), algorithm, true, ['sign'])
    const { x = '' } = await crypto.subtle.exportKey('jwk', key)
    return {
      publicKey: fromBase64url(x),
      sign: async (statement) => new Uint8Array(await crypto.subtle.sign(algorithm, key, statement))
    }
  } catch {
    // WebKitGTK 2.50 has it, but refuses each seed that begins with a zero byte.
    const { getPublicKeyAsync, signAsync } = await loadLibrary()
    return {
      publicKey: plain(await getPublicKeyAsync(seed)),
      sign: async (statement) => plain(await signAsync(statement, seed))
    }
  }
}

/** Whether the holder of a public key has signed a statement; false for what is no key or no signature. */
export async function isSignedBy(publicKey: Uint8Array, signature: Uint8Array, statement: Bytes): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('raw', plain(publicKey), algorithm, false, ['verify'])
    return await crypto.subtle.verify(algorithm, key, plain(signature), statement)
  } catch (error) {
    if ((error as Error).name !== 'NotSupportedError') return false // not a point of the curve
    return isSignedByLibrary(publicKey, signature, statement)
  }
}

async function isSignedByLibrary(publicKey: Uint8Array, signature: Uint8Array, statement: Bytes): Promise<boolean> {
  const { verifyAsync } = await loadLibrary()
  // Not the looser rules of ZIP 215, by which members would take what others refuse.
  return verifyAsync(signature, statement, publicKey, { zip215: false }).catch(() => false)
}
