/** Why there is no answer, in the terms in which a reader can do something about it. */
export type Problem =
  | { kind: 'rate-limit'; resetAt?: number | undefined }
  | { kind: 'token' }
  | { kind: 'forbidden' }
  | { kind: 'not-found' }
  | { kind: 'server'; status: number }
  | { kind: 'network' }

/** The problem of an answer that is not ok. */
export function problemOf({ status, headers }: Response, now: number): Problem {
  if (status === 401) return { kind: 'token' }
  const limited = limitOf(status, headers, now)
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
