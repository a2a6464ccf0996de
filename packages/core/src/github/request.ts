import { LRU } from 'tiny-lru'
import type { CacheMode } from '../web-types.ts'
import type { Api } from './api.ts'
import { acceptClass, canonicalUrl, type KeyParts, keyOf, versionClass } from './key.ts'
import { numberedOwner, type Route, repositoryOf } from './routes.ts'

/** What is asked for, apart from who asks and how: the same for every request with the same key. */
export interface Target {
  key: string
  /** As asked, without fragment: what is sent to GitHub. */
  url: URL
  /** GitHub led there from what was asked for. */
  redirected?: boolean | undefined
  /** The URL by which the entry is known, see `canonicalUrl`. */
  canonical: string
  accept: string
  apiVersion: string
  route: Route
  /** `owner/repo` or `repositories/id`, in lower case. */
  repository?: string | undefined
  /** Path below the API's base URL. */
  path: string
  /** Others may get it if it is public. */
  shareable: boolean
}

/** How a caller wants a request to be sent, which changes nothing of the answer: whose page asks, and in Node by which dispatcher. */
export type Sending = Pick<RequestInit, 'referrer' | 'referrerPolicy'> & { dispatcher?: unknown }

/** One request to GitHub's API that the cache may answer. */
export interface ApiRequest extends Target {
  method: 'GET' | 'HEAD' | 'POST'
  /** A query of GraphQL's: what is sent, and how long its answer is fresh, ms, for GitHub does not say. */
  graphql?: { body: string; freshMs: number } | undefined
  mode: CacheMode
  /** The caller's own, plus the member's token where it has none. */
  headers: Headers
  authorization?: string | undefined
  /** Local fingerprint of the token, or `anonymous`. */
  viewer: string
  signal?: AbortSignal | null | undefined
  sending?: Sending | undefined
  /** The caller's own `If-None-Match`, which is not among `headers`. */
  ifNoneMatch?: string | undefined
  /** The mesh's own question: it does not count as asked. */
  background?: boolean | undefined
  /** Looks whether a member told the truth. What it confirms is nothing new to members, so they are not told. */
  isAudit?: boolean | undefined
  /** A home of its key waits for GitHub's answer, and perhaps other members. */
  awaited?: boolean | undefined
}

export const anonymous = 'anonymous'

export interface TargetOptions {
  api: Pick<Api, 'pathOf'>
  routeOf(path: string): Route
  /** Whether a route's answers are one for all viewers; see `rules/share.ts`. */
  isForAll(route: Route, viewer: string): boolean
  /** The path behind `/repositories/{id}`, `/organizations/{id}` or `/user/{id}`, where an own answer has shown it. */
  namedPath(numbered: string): string | undefined
  /** How long a redirect is remembered: the old name can be given to another repository. */
  aliasMs: number
  localNow(): number
}

/** What a target depends on. */
export interface Question {
  href: string
  accept: string | null
  apiVersion: string | null
  viewer: string
  /** What is known of redirects does not count: GitHub is to be asked as if nothing was. */
  isAnew?: boolean
}

export interface Targets {
  /** Without waiting, where the same was asked before. */
  known(question: Question): Target | undefined
  /** Undefined for what is not the cache's: outside the API, with a credential in the URL, or a route that is never cached. */
  find(question: Question): Promise<Target | undefined>
  /** GitHub redirected a question: for a while it is asked at the new place at once. */
  moved(question: Question, target: Target): void
  /** Something was written or purged: a name may be another repository's now. */
  written(): void
}

const nameOf = ({ href, accept, apiVersion, viewer }: Question) =>
  `${href}\n${accept ?? ''}\n${apiVersion ?? ''}\n${viewer}`

/** A URL with a credential in it is nothing for a cache. */
export const hasCredential = (url: URL): boolean =>
  Boolean(url.username || url.password) ||
  ['access_token', 'client_secret', 'token'].some((secret) => url.searchParams.has(secret))

/** Sorting a query decodes it: what is no UTF-8 would become the same for all that are none. */
const isUtf8 = ({ searchParams }: URL): boolean => !String(searchParams).includes('%EF%BF%BD')

/** What a message has room for; see `protocol/wire.ts`. */
export const fitsTheWire = ({ url, accept, apiVersion }: KeyParts) =>
  url.length <= 8192 && accept.length <= 512 && apiVersion.length <= 64

/** Finds the target of a request, each combination of URL, headers and viewer once. */
export function createTargets({ api, routeOf, isForAll, namedPath, aliasMs, localNow }: TargetOptions): Targets {
  const known = new LRU<{ target: Target; until: number; after?: number }>(4096)
  let writes = 0
  function knownAs(question: Question): Target | undefined {
    const found = known.get(nameOf(question))
    if (!found || localNow() >= found.until || (found.after ?? writes) !== writes) return undefined
    return question.isAnew && found.target.redirected ? undefined : found.target
  }

  return {
    known: knownAs,
    moved: (question, target) =>
      void known.set(nameOf(question), {
        target: { ...target, redirected: true },
        until: localNow() + aliasMs,
        after: writes
      }),
    written: () => void writes++,

    async find(question) {
      const found = knownAs(question)
      if (found) return found
      const { href, accept, apiVersion, viewer } = question
      const url = new URL(href)
      url.hash = ''
      const path = api.pathOf(url)
      if (path === undefined || hasCredential(url) || !isUtf8(url)) return undefined
      const numbered = numberedOwner(path)
      const named = numbered && namedPath(numbered)
      const route = routeOf(named ? named + path.slice(numbered.length) : path)
      if (route.sharing === 'none') return undefined
      const parts = {
        url: canonicalUrl(url),
        accept: acceptClass(accept),
        apiVersion: versionClass(apiVersion)
      }
      if (named) parts.url = canonicalUrl(new URL(url.href.replace(numbered, named)))
      const shareable = isForAll(route, viewer) && fitsTheWire(parts)
      const key = await keyOf({ ...parts, viewer: shareable ? undefined : viewer })
      const target = {
        ...parts,
        key,
        url,
        canonical: parts.url,
        route,
        repository: repositoryOf(named ?? path),
        path,
        shareable
      }
      // An alias can change hands; what stands for it is looked up each time.
      if (!numbered) known.set(nameOf(question), { target, until: Infinity })
      return target
    }
  }
}
