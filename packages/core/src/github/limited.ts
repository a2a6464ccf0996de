import type { Caller } from './governor.ts'
import { capped, quotaOf, resourceOf } from './rate-limit.ts'

/** A refusal for a token's rate: for how long, ms, and on which resource; without, on all. */
export interface Limited {
  ms: number
  resource: string | undefined
}

/** What an answer to a token's call says of its limits; undefined where it is no refusal for its rate. */
export function limitedBy(
  { path }: Pick<Caller, 'path'>,
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  body: string,
  githubNow: number
): Limited | undefined {
  const isGraphql = status === 200 && path === '/graphql' && isGraphqlRefusal(body)
  const ms = limitedForMs(isGraphql ? 429 : status, headers, body, githubNow)
  if (ms === undefined) return undefined
  const quota = quotaOf(headers)
  // A secondary limit is for all that a user does, the primary one for one resource.
  const isPrimary = quota?.remaining === 0 || (isGraphql && !/secondary/i.test(body))
  return { ms, resource: isPrimary ? (quota?.resource ?? resourceOf(path)) : undefined }
}

/**
 * Whether an answer says "not now": 403 or 429 with `retry-after`, nothing remaining, or a secondary limit's text.
 * Source: GitHub's "Rate limits for the REST API". Returns how long to wait, in milliseconds, at most an hour and a minute.
 */
export function limitedForMs(status: number, headers: Headers, body: string, githubNow: number): number | undefined {
  if (status !== 403 && status !== 429) return undefined
  const retryAfter = headers.get('retry-after') ?? ''
  if (/^\d{1,9}$/.test(retryAfter)) return capped(Number(retryAfter) * 1000)
  const retryAt = /GMT$/.test(retryAfter) ? Date.parse(retryAfter) : Number.NaN // RFC 9110, section 10.2.3
  if (retryAt > 0) return capped(retryAt - githubNow)
  const quota = quotaOf(headers)
  if (quota?.remaining === 0) return capped(quota.resetAt - githubNow)
  // GitHub asks for at least a minute where it names no time.
  return status === 429 || /rate limit/i.test(body) ? 60_000 : undefined
}

/**
 * Whether GraphQL refuses a query for its rate, which it does with status 200 and `errors`, by either of two types.
 * Sources: GitHub's "Rate limits and query limits for the GraphQL API"; recorded answers in octokit/plugin-throttling.js#632
 * (`RATE_LIMITED`) and yanyongyu/githubkit#271 (`RATE_LIMIT`).
 */
function isGraphqlRefusal(body: string): boolean {
  if (!/rate.limit/i.test(body)) return false
  try {
    const { data, errors } = JSON.parse(body)
    return errors.some(({ type, message }: Record<string, unknown>) =>
      type === undefined ? !data && /rate limit/i.test(String(message)) : /^RATE_LIMIT/.test(String(type))
    )
  } catch {
    return false
  }
}
