import { base64url } from '../bytes.ts'

/** What secrets begin with that `createSecret` makes. */
export const prefix = 'ghm1_'

/** A new secret: `ghm1_` and 32 random bytes in base64url, to be copied to every member of the group. */
export function createSecret(): string {
  return prefix + base64url(crypto.getRandomValues(new Uint8Array(32)))
}

/** True for what `createSecret` makes; anything else is a passphrase. */
export const isStrongSecret = (secret: string): boolean => /^ghm1_[\w-]{43}$/.test(secret.trim())

/** Of `createSecret`, but cut, mistyped or still in quotes, as files with variables have it: otherwise it would be another group's. */
export const isMistypedSecret = (secret: string): boolean => /^\W?ghm1_/i.test(secret.trim()) && !isStrongSecret(secret)

/**
 * How well a secret keeps outsiders out: made by `createSecret`, a passphrase, one that could be found by trying, or
 * `malformed`: one of `createSecret`'s that was cut, mistyped or left in quotes, which is refused.
 */
export function secretStrength(secret: string): 'generated' | 'passphrase' | 'guessable' | 'malformed' {
  if (isStrongSecret(secret)) return 'generated'
  if (isMistypedSecret(secret)) return 'malformed'
  return looksGuessable(secret) ? 'guessable' : 'passphrase'
}

/** What documents show in place of a secret. */
const isPlaceholder = /\b(?:replace|change|your|example|placeholder)\b.*\b(?:secret|me|password|phrase)\b/i

/** True when a reader of the relay's or registry's data could find the passphrase by trying. A rough estimate, meant for one warning. */
export function looksGuessable(secret: string): boolean {
  if (isStrongSecret(secret)) return false
  const passphrase = secret.trim()
  if (isPlaceholder.test(passphrase)) return true
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(passphrase)).length
  return passphrase.length < 20 || new Set(passphrase).size < 8 || (kinds === 1 && passphrase.length < 28)
}
