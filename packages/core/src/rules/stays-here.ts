import type { Inspection } from '../github/inspect.ts'
import { isJson } from '../github/key.ts'
import { isAnonymous } from './share.ts'

/** What an own answer shows of itself. */
export interface Shown extends Pick<Inspection, 'secret' | 'hidden'> {
  /** Its key is one for all viewers. */
  shareable: boolean
  viewer: string
  /** Class of the `Accept` that was sent. */
  accept: string
  /** GitHub answered with JSON. */
  json: boolean
  /** The user's own function keeps it here. */
  narrowedOut: boolean
}

/** Whether an own answer must never leave this member: each line is one reason. */
export function staysHere({ shareable, viewer, secret, hidden, accept, json, narrowedOut }: Shown): boolean {
  // The route is the viewer's own.
  if (!shareable) return true
  // It carries a credential, such as a clone token.
  if (secret) return true
  // Part of it is private. What was seen without a token, everybody may see.
  if (hidden && !isAnonymous(viewer)) return true
  // Members make the type from the key; what was sent as another type cannot be told to them.
  if (json !== isJson(accept)) return true
  return narrowedOut
}
