/** What GitHub says of one resource's primary limit. */
export interface Quota {
  limit: number
  remaining: number
  /** Milliseconds since the epoch, GitHub's clock. */
  resetAt: number
}

/** GitHub refuses a token on one resource or, without, on all, until then (ms on GitHub's clock; 0: it does not). */
export interface TokenLimit {
  resource?: string | undefined
  until: number
  /** What is left on the resource. */
  quota?: Quota | undefined
}

const resources = ['core', 'graphql', 'search', 'code_search'] as const

/** Whether it is one of those that paths count against here. */
export const isResource = (name: string): boolean => (resources as readonly string[]).includes(name)

/** GitHub's name for what a path counts against; `core` where it may be one that few use. */
export function resourceOf(path: string): (typeof resources)[number] {
  if (path === '/graphql') return 'graphql'
  if (path.startsWith('/search/code')) return 'code_search'
  return path.startsWith('/search/') ? 'search' : 'core'
}

/** The `x-ratelimit-*` headers of a response, by resource; undefined where they are absent or no numbers. */
export function quotaOf(headers: Headers): ({ resource: string } & Quota) | undefined {
  const number = (name: string) => {
    const value = headers.get(`x-ratelimit-${name}`)
    return value !== null && /^\d{1,12}$/.test(value) ? Number(value) : undefined
  }
  const limit = number('limit')
  const remaining = number('remaining')
  const reset = number('reset')
  if (limit === undefined || remaining === undefined || reset === undefined) return undefined
  return { resource: headers.get('x-ratelimit-resource') ?? 'core', limit, remaining, resetAt: reset * 1000 }
}

/**
 * GitHub counts no limit over a longer time than an hour (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api);
 * a minute more for clocks that differ. A proxy's or an attacker's year would keep a token from GitHub for a year.
 */
const maxWaitMs = 3_660_000
export const capped = (ms: number) => Math.min(Math.max(0, ms), maxWaitMs)
