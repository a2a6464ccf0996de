import { type Bytes, fromBase64url, utf8 } from '../bytes.ts'
import { MeshError } from '../errors.ts'
import { isMistypedSecret, isStrongSecret, prefix } from './secret.ts'

const passphraseRounds = 600_000

/**
 * The 32 bytes from which everything of a group is derived. A passphrase is trimmed, normalised (NFKC) and stretched:
 * PBKDF2-SHA-256 with 600,000 rounds (OWASP's figure of 2023), some tenths of a second once a start.
 *
 * @throws MeshError ERR_INVALID_OPTION for an empty secret or a `ghm1_` secret that was cut or mistyped.
 */
export async function rootOf(secret: string): Promise<Bytes> {
  const trimmed = secret.trim()
  if (isStrongSecret(trimmed)) return fromBase64url(trimmed.slice(prefix.length))
  if (isMistypedSecret(trimmed)) {
    throw new MeshError(
      'ERR_INVALID_OPTION',
      `a secret of this kind has 48 characters, ${prefix} and 43 letters, digits, - or _ after that, without quotes; this has ${trimmed.length}: copy it whole, or make one with "ghmesh secret"`
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
