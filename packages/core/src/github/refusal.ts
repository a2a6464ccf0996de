import { type Bytes, utf8 } from '../bytes.ts'
import { capped, type TokenLimit } from './rate-limit.ts'

/** GitHub's last refusal, while it holds. */
export interface Refusal {
  status: number
  headers: Headers
  body: Bytes
  /** Milliseconds on GitHub's clock. */
  until: number
}

/**
 * What GitHub would say (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api), where only a member has
 * heard it; undefined for what is over. It holds for an hour at most, whatever a member says.
 */
export function refusalFrom({ resource, until }: TokenLimit, githubNow: number): Refusal | undefined {
  const ms = capped(until - githubNow)
  if (ms === 0) return undefined
  const message = resource === undefined ? 'You have exceeded a secondary rate limit.' : 'API rate limit exceeded.'
  const headers = new Headers({ 'content-type': 'application/json; charset=utf-8' })
  if (resource === undefined) headers.set('retry-after', String(Math.ceil(ms / 1000)))
  else {
    headers.set('x-ratelimit-resource', resource)
    headers.set('x-ratelimit-remaining', '0')
    headers.set('x-ratelimit-reset', String(Math.ceil((githubNow + ms) / 1000)))
  }
  return { status: 403, headers, body: utf8(JSON.stringify({ message })), until: githubNow + ms }
}
