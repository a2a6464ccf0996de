import { secretStrength } from 'ghmesh'
import { type Finding, failure, ok, warning } from './check.ts'

const findings: Record<ReturnType<typeof secretStrength>, (variable: string) => Finding> = {
  generated: (variable) => ok(`${variable} is strong`),
  passphrase: (variable) => ok(`${variable} is a passphrase that does not look guessable`),
  guessable: (variable) =>
    warning(
      `${variable} looks guessable: anyone who can read the registry, or what members send, could find it by guessing`,
      'create a strong one with "ghmesh secret", and set it on every machine'
    ),
  malformed: (variable) =>
    failure(
      `${variable} was cut, mistyped or left in quotes: secrets that begin with ghm1_ have 43 letters, digits, - or _ after that`,
      'copy it again, all 48 characters, or create one with "ghmesh secret" for every machine'
    )
}

export function checkSecret(secret: { variable: string; value: string } | undefined): Finding {
  if (secret && /^[\w-]{43}$/.test(secret.value.trim()))
    return warning(
      `${secret.variable} has as many characters as a secret of "ghmesh secret" without the ghm1_ at its beginning`,
      'if it was made there, put ghm1_ before it: as it is, it is a passphrase, and of another group'
    )
  if (secret) return findings[secretStrength(secret.value)](secret.variable)
  return warning(
    'there is none, so ghmesh caches for this machine only',
    'create one with "ghmesh secret", and set CACHE_P2P_SHARED_SECRET to it on every machine'
  )
}
