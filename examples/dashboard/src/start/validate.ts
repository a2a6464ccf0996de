import { secretStrength } from 'ghmesh'

export interface Entered {
  secret: string
  relays: string
  token: string
}

export type Errors = Partial<Record<keyof Entered, string>>

export const relaysIn = (text: string): string[] => text.split(/\s+/).filter(Boolean)

/** What the mesh would refuse, said where it was entered. */
export function validate({ secret, relays, token }: Entered): Errors {
  const errors: Errors = {}
  if (secret.trim() === '') errors.secret = 'Enter the secret of your team, or work without a mesh.'
  else if (secretStrength(secret) === 'malformed') {
    errors.secret =
      'This secret is incomplete or mistyped: ghm1_ is followed by 43 letters, digits, - or _. Copy all of it.'
  }
  if (relaysIn(relays).some((relay) => !/^\/.+\/p2p\/\w+$/.test(relay))) {
    errors.relays = 'The address of a relay begins with / and ends with /p2p/ and its id, as ghmesh-relay prints it.'
  }
  const wrongToken = tokenError(token)
  if (wrongToken) errors.token = wrongToken
  return errors
}

export const tokenError = (token: string): string | undefined =>
  token.trim() === '' || /^[\x21-\x7e]+$/.test(token.trim())
    ? undefined
    : 'A token contains no spaces or special characters.'
