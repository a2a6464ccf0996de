import { LRU } from 'tiny-lru'
import { type Api, graphqlPath } from '../github/api.ts'
import { pathOfRepository, repositoryOf, widerThan } from '../github/routes.ts'

/** A target that covers all. No URL and no repository is called so: nobody but this member can name it. */
export const everything = '*'

/** Remembers what was made stale, and when: an entry older than that is stale, whenever and wherever from it arrives. */
export interface Purges {
  /** The API's base URL, without a slash at its end. */
  readonly base: string
  /**
   * Marks a URL (with any query) or a repository (`owner/repo`); `at` in ms on GitHub's clock. False when it already was, unless
   * it is this member's own mark: that counts, whatever time an earlier one bears.
   */
  mark(target: string, at: number, isOwn?: boolean): boolean
  /** This member has written what this covers. */
  wrote(target: string, at: number): void
  /** The same as `at`, of what this member has written; for GraphQL, of anything that anybody has. */
  wroteAt(url: string): number
  /**
   * Entries older than this are stale, ms; 0 if nothing was purged. What a query of GraphQL's looked at is not known, so for those
   * it is when anything was purged.
   */
  at(url: string): number
  /**
   * Changes with each of this member's own marks that cover a URL. What was asked before that does not show what changed, whatever
   * the clock says by then.
   */
  generation(url: string): number
  /** The target's own form: a canonical URL without query, or `owner/repo` in lower case. Undefined for anything else. */
  normalise(target: string): string | undefined
  /** Everything from before this is stale, ms: this member has changed something that nothing names. */
  forget(at: number): void
  /** Members were told of this, or told it: it is no secret among them. */
  told(target: string): void
  /** All marks that are no secret among members: target, as `mark` takes it from others, and when. */
  all(): [string, number][]
  /** The targets that cover a URL: its path, its repository, what is wider, and `everything`. Empty for a URL elsewhere. */
  targetsOf(url: string): string[]
}

/**
 * Keeps at most `max` marks and drops the oldest first. Everything older than a dropped mark then counts as stale: one check
 * with GitHub too many is free, one too few is a wrong answer.
 */
export function createPurges(
  api: Api,
  max = 10_000,
  namesOf: (repository: string) => readonly string[] = (repository) => [repository]
): Purges {
  let forgottenAt = 0
  let latest = 0
  let generations = 0
  const own = new LRU<number>(max)
  const open = new LRU<boolean>(max)
  const written = new LRU<number>(max)
  const marks = new LRU<number>(max).onEvict(({ value }) => {
    forgottenAt = Math.max(forgottenAt, value)
  })

  const below = (url: string) => {
    const parsed = URL.parse(url)
    const path = parsed ? api.pathOf(parsed) : undefined
    return path?.toLowerCase().replace(/(.)\/$/, '$1')
  }

  /**
   * The newest of all that covers a URL, `ofAll` for GraphQL: what a query of GraphQL's looks at is not known. A repository has a
   * name and an id, and a write says one of them.
   */
  function newest(of: LRU<number>, url: string, ofAll: number, least = 0): number {
    if (latest === 0) return 0
    const targets = purges.targetsOf(url)
    if (targets[0] === graphqlPath) return ofAll
    const repository = repositoryOf(targets[0] ?? '') ?? ''
    const all = (repository ? namesOf(repository) : ['']).flatMap((name) =>
      targets.map((one) =>
        one === repository ? name : one.replace(pathOfRepository(repository), pathOfRepository(name))
      )
    )
    return Math.max(least, ...all.map((target) => of.get(target) ?? 0))
  }

  const purges: Purges = {
    base: api.base,
    normalise(target) {
      if (/^[\w.-]+\/[\w.-]+$/.test(target)) return target.toLowerCase()
      return below(target)
    },
    wrote: (target, at) => void written.set(target, at),
    wroteAt: (url) => newest(written, url, latest),
    mark(target, at, isOwn = false) {
      if (isOwn) own.set(target, ++generations)
      if ((marks.get(target) ?? 0) >= at) return isOwn
      marks.set(target, at)
      latest = Math.max(latest, at)
      return true
    },
    forget(at) {
      purges.mark(everything, at, true)
      purges.wrote(everything, at)
    },
    told: (target) => void open.set(target, true),
    all: () =>
      [...marks.entries()]
        .filter(([target]) => open.has(target))
        .map(([target, at = 0]) => [target.startsWith('/') ? api.urlOf(target) : target, at]),
    targetsOf(url) {
      const path = below(url)
      const repository = path && repositoryOf(path)
      if (path === undefined) return []
      return [path, ...(repository === undefined ? [] : [repository]), ...widerThan(path), everything]
    },
    at: (url) => newest(marks, url, latest, forgottenAt),
    generation: (url) => newest(own, url, generations)
  }
  return purges
}
