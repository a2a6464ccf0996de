/** GitHub's separate budgets: `core` per hour, the searches per minute. */
export type Resource = 'core' | 'search' | 'code_search' | 'graphql'

/** A budget's state, as the `x-ratelimit-*` headers and `/rate_limit` show it. */
export interface QuotaState {
  resource: Resource
  limit: number
  used: number
  remaining: number
  /** Unix seconds. */
  reset: number
}

const windowMs: Record<Resource, number> = {
  core: 3_600_000,
  graphql: 3_600_000,
  search: 60_000,
  code_search: 60_000
}

/** Primary limits: one budget per owner (a login, or an address for anonymous calls) and resource. */
export function createQuota(now: () => number) {
  const windows = new Map<string, { used: number; endsAt: number }>()

  function windowOf(owner: string, resource: Resource) {
    const key = `${owner} ${resource}`
    let window = windows.get(key)
    if (!window || window.endsAt <= now()) {
      window = { used: 0, endsAt: now() + windowMs[resource] }
      windows.set(key, window)
    }
    return window
  }
  return {
    state(owner: string, resource: Resource, limit: number): QuotaState {
      const { used, endsAt } = windowOf(owner, resource)
      return { resource, limit, used, remaining: Math.max(0, limit - used), reset: Math.ceil(endsAt / 1000) }
    },
    /** Adds units; a negative number gives units back. */
    spend(owner: string, resource: Resource, units: number): void {
      const window = windowOf(owner, resource)
      window.used = Math.max(0, window.used + units)
    },
    /** Starts a fresh window for every budget of one owner. */
    reset(owner: string): void {
      for (const key of windows.keys()) if (key.startsWith(`${owner} `)) windows.delete(key)
    }
  }
}

export type Quota = ReturnType<typeof createQuota>

/** The `x-ratelimit-*` headers for a budget. */
export function quotaHeaders(state: QuotaState): Record<string, string> {
  return {
    'x-ratelimit-limit': String(state.limit),
    'x-ratelimit-remaining': String(state.remaining),
    'x-ratelimit-reset': String(state.reset),
    'x-ratelimit-used': String(state.used),
    'x-ratelimit-resource': state.resource
  }
}

/** Which budget a call to this path draws on. */
export function resourceOf(path: string): Resource {
  if (path === '/graphql') return 'graphql'
  if (path.startsWith('/search/code')) return 'code_search'
  return path.startsWith('/search/') ? 'search' : 'core'
}
