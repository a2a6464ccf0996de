import type { Entry } from '../entry.ts'
import type { Api } from '../github/api.ts'
import { tellableLinks } from '../github/links.ts'
import type { Route } from '../github/routes.ts'

/** Stands for everybody without a token. */
export const isAnonymous = (viewer: string): boolean => viewer === 'anonymous'

/**
 * Whether answers of a route are one for all viewers, so that they share a key: where nothing in them depends on who asks, and
 * where something does, for what anybody sees without a token. `github/routes.ts` says for each route why.
 */
export const isForAll = ({ sharing }: Pick<Route, 'sharing'>, viewer: string): boolean =>
  sharing === 'group' || (sharing === 'anonymous' && isAnonymous(viewer))

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
