import type { MeshStats } from 'ghmesh'

/** Where less than this part of a limit is left, background work has stopped, and the person who runs the proxy is told. */
const lowShare = 0.1

/** Says once for each resource and hour that little of a rate limit is left, and what helps. `now`: milliseconds. */
export function createLowQuota(now: () => number, note: (text: string) => void) {
  const told = new Map<string, number>()
  return ({ quota }: Pick<MeshStats, 'quota'>): void => {
    for (const [resource, { limit, remaining, resetAt }] of Object.entries(quota)) {
      if (remaining > limit * lowShare || resetAt <= now() || told.get(resource) === resetAt) continue
      told.set(resource, resetAt)
      const until = new Date(resetAt).toISOString().replace(/:\d\d\.\d+Z$/, 'Z')
      note(`${remaining} of ${limit} left of the rate limit "${resource}" until ${until}; ${adviceFor(resource)}`)
    }
  }
}

const adviceFor = (resource: string): string =>
  resource === 'graphql'
    ? 'a longer --graphql-ttl saves more, "gh api" of REST paths has a limit of its own, and so does another user'
    : '"ghmesh stats" shows what was saved; another user has a limit of its own'
