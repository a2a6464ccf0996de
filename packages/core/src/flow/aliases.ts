import type { Entry } from '../entry.ts'
import type { Api } from '../github/api.ts'
import { parseLinks } from '../github/links.ts'
import { namedOwner, numberedOwner } from '../github/routes.ts'
import type { Visibility } from '../github/visibility.ts'

export interface AliasesOptions {
  api: Api
  visibility: Visibility
}

/** The links of an own answer name its repository, user or organisation by number. */
export function createAliases({ api, visibility }: AliasesOptions) {
  function learnAlias(asked: URL, link: string | null | undefined, at?: number): void {
    const next = URL.parse(parseLinks(link).next ?? '')
    const path = api.pathOf(asked) ?? ''
    const nextPath = (next && api.pathOf(next)) ?? ''
    const [named, numbered] = [namedOwner(path), numberedOwner(nextPath)]
    if (!named || !numbered) return
    // The first letter says of which kind it is.
    if (named[1] === numbered[1] && nextPath === numbered + path.slice(named.length))
      visibility.learnAlias(numbered, named.toLowerCase(), at)
  }

  return {
    learnAlias,

    /** An entry from the store: its own answer has shown whose its links are, and did so then. */
    recall({ from, url, headers, confirmed }: Entry): void {
      if (from === undefined && headers.link !== undefined)
        learnAlias(new URL(url), headers.link, Math.max(0, ...Object.values(confirmed)))
    }
  }
}
