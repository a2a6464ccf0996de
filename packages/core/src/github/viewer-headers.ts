import { LRU } from 'tiny-lru'
import { resourceOf } from './rate-limit.ts'
import type { ApiRequest } from './request.ts'

type Asker = Pick<ApiRequest, 'viewer' | 'path' | 'accept' | 'apiVersion'>

/**
 * What GitHub says of a token and not of a body: clients read a token's scopes and limits from any answer. Kept in memory, for
 * the viewer whom GitHub told, and never stored or sent.
 */
export interface ViewerHeaders {
  /** Learns from a live answer of GitHub's. */
  learn(request: Asker, headers: Headers): void
  /** What the last live answers to this viewer said, for one from the cache. */
  of(request: Asker): [name: string, value: string][]
}

const ofTheToken = ['x-oauth-scopes', 'x-oauth-client-id', 'github-authentication-token-expiration']
const ofTheLimit = ['limit', 'remaining', 'used', 'reset', 'resource'].map((name) => `x-ratelimit-${name}`)
const ofTheForm = ['vary', 'x-github-media-type', 'x-github-api-version-selected']

const maxNames = 1000

/** `now`: GitHub's clock, ms. */
export function createViewerHeaders(githubNow: () => number): ViewerHeaders {
  const known = new LRU<[string, string][]>(maxNames)
  const read = (headers: Headers, names: string[]) =>
    names.flatMap((name): [string, string][] => {
      const value = headers.get(name)
      return value === null ? [] : [[name, value]]
    })
  const tokenName = ({ viewer }: Asker) => viewer
  const limitName = ({ viewer }: Asker, resource: string) => `${viewer} ${resource}`
  const formName = ({ viewer, accept, apiVersion }: Asker) => `${viewer} ${accept} ${apiVersion}`

  return {
    learn(request, headers) {
      // A proxy's own page says nothing of GitHub's.
      if (!headers.has('x-github-request-id')) return
      known.set(tokenName(request), read(headers, ofTheToken))
      const limit = read(headers, ofTheLimit)
      const resource = headers.get('x-ratelimit-resource') ?? resourceOf(request.path)
      if (limit.length > 0) known.set(limitName(request, resource), limit)
      known.set(formName(request), read(headers, ofTheForm))
    },
    of(request) {
      const limit = known.get(limitName(request, resourceOf(request.path))) ?? []
      const resetAt = Number(limit.find(([name]) => name === 'x-ratelimit-reset')?.[1]) * 1000
      return [
        ...(known.get(tokenName(request)) ?? []),
        // Of an hour that is over nobody knows anything, and some clients wait where nothing remains.
        ...(resetAt > githubNow() ? limit : []),
        ...(known.get(formName(request)) ?? [])
      ]
    }
  }
}
