import { secretStrength } from 'ghmesh'

export interface SecretAdvice {
  /** Why it cannot be the secret of a group. */
  error?: string
  /** The secret that was probably meant. */
  mended?: string
  /** Why it should not be used, although it can be. */
  warning?: string
}

const whole = /ghm1_[\w-]{43}(?![\w-])/
const broken = /^g?h?m?1?_?([\w-]{43})$/i
// 32 bytes in base64url: the last character stands for four bits only, so that it is one of 16.
const lastOfBase64url = /[048AEIMQUYcgkosw]$/
const looksRandom = (text: string) => [/[a-z]/, /[A-Z]/, /\d/, lastOfBase64url].every((pattern) => pattern.test(text))

/** What is wrong with a text as a secret. Any text would be one, of a group in which nobody else is. */
export function adviceOn(text: string): SecretAdvice {
  const secret = text.trim()
  if (secret === '') return { error: 'Enter your team’s secret, or work without a mesh.' }
  const strength = secretStrength(secret)
  if (strength === 'generated') return {}
  const contained = whole.exec(secret)?.[0] ?? whole.exec(secret.replace(/\s+/g, ''))?.[0]
  if (contained) return { error: 'This contains a secret and something else.', mended: contained }
  const bytes = broken.exec(secret)?.[1]
  if (bytes && looksRandom(bytes)) {
    return { error: 'The beginning of this secret, ghm1_, is missing or mistyped.', mended: `ghm1_${bytes}` }
  }
  if (/^ghm1_/i.test(secret)) return { error: lengthError(secret) }
  if (/:\/\/|^#/.test(secret)) return { error: 'This link contains no secret. Ask for a new invitation.' }
  if (/^(?:gh[pousr]_|github_pat_)/.test(secret)) {
    return { error: 'This is a GitHub token, which belongs in the field below. The secret is shared by your team.' }
  }
  if (/^\/.+\/p2p\//.test(secret)) return { error: 'This is the address of a relay, which belongs in the field below.' }
  if (strength === 'guessable') return { warning: weakSecret }
  return {}
}

export const weakSecret =
  'This passphrase is weak: the operator of a relay could guess it and read what your team shares. Use a generated secret instead.'

const lengthError = (secret: string): string =>
  secret.length === 48
    ? 'This secret is mistyped: after ghm1_ it can contain only letters, digits, - and _. Copy it again.'
    : `This secret is incomplete or mistyped: it has ${secret.length} characters instead of 48. Copy all of it.`
