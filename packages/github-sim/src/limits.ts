import type { PretendedLimit } from './faults.ts'
import type { QuotaState } from './quota.ts'
import { failure, type Reply } from './reply.ts'
import type { Token } from './tokens.ts'

const docs = 'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api'

/**
 * GraphQL's answer when the quota is used up: 200, see "Rate limits and query limits for the GraphQL API" in GitHub's documentation.
 * The body as it was recorded in https://github.com/yanyongyu/githubkit/issues/271.
 */
const graphqlLimit: Reply = {
  etag: 'none',
  json: {
    errors: [
      { type: 'RATE_LIMIT', code: 'graphql_rate_limit', message: 'API rate limit already exceeded for user ID 1.' }
    ]
  }
}

/** The answer when the quota is used up. */
export function primaryLimit(
  status: number,
  viewer: Token | undefined,
  { resource }: Pick<QuotaState, 'resource'>
): Reply {
  if (resource === 'graphql' && viewer) return graphqlLimit
  const message = viewer
    ? `API rate limit exceeded for user ${viewer.login}. If you reach out to GitHub Support for help, please include the request ID.`
    : 'API rate limit exceeded for 127.0.0.1. (But here is the good news: Authenticated requests get a higher rate limit.)'
  return failure(status, message, {}, docs)
}

/** The answer to a burst. */
export function secondaryLimit(status: number, retryAfterSeconds: number): Reply {
  const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'
  const reply = failure(status, message, {}, `${docs}#about-secondary-rate-limits`)
  return { ...reply, headers: { 'retry-after': String(retryAfterSeconds) } }
}

/** The budget as a refused call shows it. */
export function exhausted(state: QuotaState): QuotaState {
  return { ...state, used: Math.max(state.used, state.limit), remaining: 0 }
}

export const limitDefaults: PretendedLimit = {
  kind: 'primary',
  status: 403,
  retryAfterSeconds: 60,
  times: Number.POSITIVE_INFINITY
}
