/** Why there is no answer, in the terms in which a reader can do something about it. */
export type Problem =
  | { kind: 'rate-limit'; resetAt?: number | undefined }
  | { kind: 'token' }
  | { kind: 'forbidden' }
  | { kind: 'not-found' }
  | { kind: 'server'; status: number }
  | { kind: 'network' }
  /** There is an answer, but it has not the form that GitHub gives it. */
  | { kind: 'unreadable' }
  /** It has not been requested: what is left of the rate limit went to others first. */
  | { kind: 'waiting' }

/** Problems of asking, which say nothing about what was asked for: what is known of it still holds. */
const failures = {
  'rate-limit': 'rate-limit',
  token: 'token',
  server: 'server-error',
  network: 'network',
  unreadable: 'unreadable'
} as const

export type Failure = (typeof failures)[keyof typeof failures]

/** What failed; undefined where GitHub did answer, if only to say no. */
export const failureOf = ({ kind }: Problem): Failure | undefined => failures[kind as keyof typeof failures]

/** GitHub answered that this page may not see it, or that it does not exist: it tells nobody which. */
export const isDenial = ({ kind }: Problem): boolean => kind === 'forbidden' || kind === 'not-found'

/** The problem of an answer that is not ok. */
export async function problemOf(response: Response, now: number): Promise<Problem> {
  const { status, headers } = response
  if (status === 401) return { kind: 'token' }
  const limited = limitOf(status, headers, now) ?? (await secondaryLimitOf(response))
  if (limited) return limited
  if (status === 403 || status === 451) return { kind: 'forbidden' }
  if (status >= 500) return { kind: 'server', status }
  return { kind: 'not-found' }
}

function limitOf(status: number, headers: Headers, now: number): Problem | undefined {
  if (status !== 403 && status !== 429) return undefined
  const wait = Number(headers.get('retry-after') ?? Number.NaN)
  if (wait >= 0) return { kind: 'rate-limit', resetAt: now + wait * 1000 }
  const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN)
  if (headers.get('x-ratelimit-remaining') === '0') return { kind: 'rate-limit', resetAt: reset * 1000 || undefined }
  return status === 429 ? { kind: 'rate-limit' } : undefined
}

/** One that names no time differs from a denial in its words alone. */
async function secondaryLimitOf(response: Response): Promise<Problem | undefined> {
  if (response.status !== 403) return undefined
  const body = (await response.json().catch(() => null)) as { message?: unknown } | null
  return /rate limit/i.test(String(body?.message)) ? { kind: 'rate-limit' } : undefined
}
