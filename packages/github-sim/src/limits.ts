import type { LimitOptions } from './faults.ts'
import type { QuotaState } from './quota.ts'
import { failure, type Reply } from './reply.ts'
import type { Token } from './tokens.ts'

const docs = 'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api'

/** The answer when the quota is used up. */
export function primaryLimit(status: number, viewer: Token | undefined): Reply {
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

export const limitDefaults: Required<LimitOptions> = {
  kind: 'primary',
  status: 403,
  retryAfterSeconds: 60,
  times: Number.POSITIVE_INFINITY
}
