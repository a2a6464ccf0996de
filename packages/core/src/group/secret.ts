import { type Bytes, base64url, fromBase64url, utf8 } from '../bytes.ts'
import { MeshError } from '../errors.ts'

const prefix = 'ghm1_'
const passphraseRounds = 600_000

/** A new secret: `ghm1_` and 32 random bytes in base64url, to be copied to every member of the group. */
export function createSecret(): string {
  return prefix + base64url(crypto.getRandomValues(new Uint8Array(32)))
}

/** True for what `createSecret` makes; anything else is a passphrase. */
export const isStrongSecret = (secret: string): boolean => /^ghm1_[\w-]{43}$/.test(secret.trim())

/**
 * The 32 bytes from which everything of a group is derived. A passphrase is trimmed, normalised (NFKC) and stretched:
 * PBKDF2-SHA-256 with 600,000 rounds (OWASP's figure of 2023), some tenths of a second once a start.
 *
 * @throws MeshError ERR_INVALID_OPTION for an empty secret or a `ghm1_` secret that was cut or mistyped.
 */
export async function rootOf(secret: string): Promise<Bytes> {
  const trimmed = secret.trim()
  if (isStrongSecret(trimmed)) return fromBase64url(trimmed.slice(prefix.length))
  if (trimmed.startsWith(prefix)) {
    throw new MeshError(
      'ERR_INVALID_OPTION',
      `secret begins with ${prefix} and needs 43 letters, digits, - or _ after that, 48 characters in all; this one has ${trimmed.length}: copy it whole, or make one with "ghmesh secret"`
    )
  }
  if (trimmed === '')
    throw new MeshError('ERR_INVALID_OPTION', 'secret is empty: make one with "ghmesh secret", or leave the option out')
  const passphrase = await crypto.subtle.importKey('raw', utf8(trimmed.normalize('NFKC')), 'PBKDF2', false, [
    'deriveBits'
  ])
  const salt = utf8('ghmesh/1 passphrase')
  const bits = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: passphraseRounds }
  return new Uint8Array(await crypto.subtle.deriveBits(bits, passphrase, 256))
}

/**
 * How well a secret keeps outsiders out: made by `createSecret`, a passphrase, one that could be found by trying, or
 * `malformed`: one that begins as those of `createSecret` do and was cut or mistyped, which is refused.
 */
export function secretStrength(secret: string): 'generated' | 'passphrase' | 'guessable' | 'malformed' {
  if (isStrongSecret(secret)) return 'generated'
  if (secret.trim().startsWith(prefix)) return 'malformed'
  return looksGuessable(secret) ? 'guessable' : 'passphrase'
}

/** True when a reader of the relay's or registry's data could find the passphrase by trying. A rough estimate, meant for one warning. */
export function looksGuessable(secret: string): boolean {
  if (isStrongSecret(secret)) return false
  const passphrase = secret.trim()
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(passphrase)).length
  return passphrase.length < 20 || new Set(passphrase).size < 8 || (kinds === 1 && passphrase.length < 28)
}
