import { secretStrength } from 'ghmesh'
import { type Finding, failure, ok, warning } from './check.ts'

const findings: Record<ReturnType<typeof secretStrength>, (variable: string) => Finding> = {
  generated: (variable) => ok(`${variable} is a strong one`),
  passphrase: (variable) => ok(`${variable} is a passphrase that does not look guessable`),
  guessable: (variable) =>
    warning(
      `${variable} looks guessable: whoever can read the registry, or what members send, could find it by trying`,
      'make a strong one with "ghmesh secret", and set it on every machine'
    ),
  malformed: (variable) =>
    failure(
      `${variable} begins with ghm1_ and is not whole`,
      'copy it again, all 48 characters, or make one with "ghmesh secret" for every machine'
    )
}

export function checkSecret(secret: { variable: string; value: string } | undefined): Finding {
  if (secret) return findings[secretStrength(secret.value)](secret.variable)
  return warning(
    'there is none, so this machine caches for itself alone',
    'make one with "ghmesh secret", and set CACHE_P2P_SHARED_SECRET to it on every machine'
  )
}
