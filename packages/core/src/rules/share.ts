import type { Entry } from '../entry.ts'
import type { Api } from '../github/api.ts'
import type { Inspection } from '../github/inspect.ts'
import { isJson } from '../github/key.ts'
import { tellableLinks } from '../github/links.ts'
import type { Route } from '../github/routes.ts'

/** Stands for everybody without a token. */
const isAnonymous = (viewer: string) => viewer === 'anonymous'

/**
 * Whether answers of a route are one for all viewers, so that they share a key: where nothing in them depends on who asks, and
 * where something does, for what anybody sees without a token. `github/routes.ts` says for each route why.
 */
export const isForAll = ({ sharing }: Pick<Route, 'sharing'>, viewer: string): boolean =>
  sharing === 'group' || (sharing === 'anonymous' && isAnonymous(viewer))

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

export interface ShareAsker {
  api: Api
  /** The group shares what its members' tokens see, private repositories included. */
  sharesAll: boolean
  /** An own answer shows the repository to be private now. */
  isHidden(repository: string): boolean
}

/** Whether members may be told of an entry, and given its body. */
export function mayShare(
  entry: Pick<Entry, 'url' | 'public' | 'local' | 'headers'>,
  { api, sharesAll, isHidden }: ShareAsker
): boolean {
  if (entry.local) return false
  const url = new URL(entry.url)
  if (!sharesAll) {
    if (!entry.public) return false
    const repository = api.repositoryOf(url)
    if (repository !== undefined && isHidden(repository)) return false
  }
  // Without its `Link` a page would seem to be the whole list.
  return tellableLinks(entry.headers.link, url) !== undefined
}
