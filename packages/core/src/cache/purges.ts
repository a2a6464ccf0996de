import { LRUCache } from 'lru-cache'
import { apiPath } from '../github/request.ts'
import { repositoryOf } from '../github/routes.ts'

/** Remembers what was made stale, and when: an entry older than that is stale, whenever and wherever from it arrives. */
export interface Purges {
  /** Marks a URL (with any query) or a repository (`owner/repo`); `at` in ms on GitHub's clock. False when it already was. */
  mark(target: string, at: number): boolean
  /** The newest mark that covers a URL; 0 when there is none. */
  at(url: string): number
  /** Whether a normalised target covers a URL. */
  covers(target: string, url: string): boolean
  /** The target's own form: a canonical URL without query, or `owner/repo` in lower case. Undefined for anything else. */
  normalise(target: string): string | undefined
}

/** Marks are kept for the time that an entry can be fresh at most; the oldest go first. */
export function createPurges(apiUrl: URL, max = 10_000): Purges {
  const marks = new LRUCache<string, number>({ max })
  let newest = 0

  const below = (url: string) => {
    const parsed = URL.parse(url)
    return parsed ? apiPath(parsed, apiUrl)?.replace(/\/$/, '').toLowerCase() : undefined
  }
  return {
    normalise(target) {
      if (/^[\w.-]+\/[\w.-]+$/.test(target)) return target.toLowerCase()
      return below(target)
    },
    mark(target, at) {
      if ((marks.get(target) ?? 0) >= at) return false
      marks.set(target, at)
      newest = Math.max(newest, at)
      return true
    },
    covers(target, url) {
      const path = below(url)
      return path !== undefined && (path === target || repositoryOf(path) === target)
    },
    at(url) {
      if (newest === 0) return 0
      const path = below(url)
      if (path === undefined) return 0
      const repository = repositoryOf(path)
      return Math.max(marks.get(path) ?? 0, (repository && marks.get(repository)) || 0)
    }
  }
}
