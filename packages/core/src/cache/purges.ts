import { LRU } from 'tiny-lru'
import { type Api, graphqlPath } from '../github/api.ts'
import { repositoryOf } from '../github/routes.ts'

/** Remembers what was made stale, and when: an entry older than that is stale, whenever and wherever from it arrives. */
export interface Purges {
  /** The API's base URL, without a slash at its end. */
  readonly base: string
  /** Marks a URL (with any query) or a repository (`owner/repo`); `at` in ms on GitHub's clock. False when it already was. */
  mark(target: string, at: number): boolean
  /**
   * Entries older than this are stale, ms; 0 if nothing was purged. What a query of GraphQL's looked at is not known, so for those
   * it is when anything was purged.
   */
  at(url: string): number
  /** The target's own form: a canonical URL without query, or `owner/repo` in lower case. Undefined for anything else. */
  normalise(target: string): string | undefined
  /** All marks: target, as `mark` takes it from others, and when. */
  all(): [string, number][]
  /** The targets that cover a URL: its path and its repository. Empty for a URL elsewhere. */
  targetsOf(url: string): string[]
}

/**
 * Keeps at most `max` marks and drops the oldest first. Everything older than a dropped mark then counts as stale: one check
 * with GitHub too many is free, one too few is a wrong answer.
 */
export function createPurges(api: Api, max = 10_000): Purges {
  let forgottenAt = 0
  let latest = 0
  const marks = new LRU<number>(max).onEvict(({ value }) => {
    forgottenAt = Math.max(forgottenAt, value)
  })

  const below = (url: string) => {
    const parsed = URL.parse(url)
    return parsed ? api.pathOf(parsed)?.replace(/\/$/, '').toLowerCase() : undefined
  }
  const purges: Purges = {
    base: api.base,
    normalise(target) {
      if (/^[\w.-]+\/[\w.-]+$/.test(target)) return target.toLowerCase()
      return below(target)
    },
    mark(target, at) {
      if ((marks.get(target) ?? 0) >= at) return false
      marks.set(target, at)
      latest = Math.max(latest, at)
      return true
    },
    all: () =>
      [...marks.entries()].map(([target, at = 0]) => [target.startsWith('/') ? api.urlOf(target) : target, at]),
    targetsOf(url) {
      const path = below(url)
      const repository = path && repositoryOf(path)
      return path === undefined ? [] : repository ? [path, repository] : [path]
    },
    at(url) {
      if (marks.size === 0) return 0
      const targets = purges.targetsOf(url)
      return targets[0] === graphqlPath
        ? latest
        : Math.max(forgottenAt, ...targets.map((target) => marks.get(target) ?? 0))
    }
  }
  return purges
}
