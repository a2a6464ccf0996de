import { adviceOn } from './secret.ts'
import type { Settings } from './settings.ts'

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
  const { error } = adviceOn(secret)
  if (error) errors.secret = error
  if (relaysIn(relays).some((relay) => !/^\/.+\/p2p\/\w+$/.test(relay))) {
    errors.relays = 'The address of a relay begins with / and ends with /p2p/ and its id, as ghmesh-relay prints it.'
  }
  const wrongToken = tokenError(token)
  if (wrongToken) errors.token = wrongToken
  return errors
}

/** True if a mesh could not be made with these settings, or only one in which nobody else is: a link can contain anything. */
export const isUnusable = ({ secret, relays }: Settings): boolean =>
  secret !== undefined && Object.keys(validate({ secret, relays: relays.join('\n'), token: '' })).length > 0

export function tokenError(text: string): string | undefined {
  const token = text.trim()
  if (/ghm1_/i.test(token)) return 'This is your team’s secret, which GitHub must not get. Enter it above.'
  return token === '' || /^[\x21-\x7e]+$/.test(token) ? undefined : 'A token contains no spaces or special characters.'
}
