import type { Cache } from '../cache/cache.ts'
import type { Purge } from '../cache/purge.ts'
import type { Purges } from '../cache/purges.ts'
import { type Api, graphqlPath } from '../github/api.ts'
import type { ApiRequest } from '../github/request.ts'
import type { Visibility } from '../github/visibility.ts'
import { changedBy } from '../github/writes.ts'
import type { Limits } from '../limits.ts'
import type { Members } from '../members.ts'
import type { AskAgain } from './ask-again.ts'
import type { NegativeCache } from './negative-cache.ts'

type Writer = Pick<ApiRequest, 'authorization' | 'viewer'>

export interface AfterWriteOptions {
  api: Api
  limits: Pick<Limits, 'recheckMs'>
  githubNow: () => number
  visibility: Pick<Visibility, 'nameOf'>
  cache: Pick<Cache, 'below' | 'find'>
  purges: Pick<Purges, 'normalise'>
  missing: Pick<NegativeCache, 'clear'>
  /** Makes URLs and repositories stale here. */
  purge: Purge
  /** Makes them stale at every member. */
  members: Pick<Members, 'purge'>
  askAgain: Pick<AskAgain, 'again'>
}

/** A write to a large repository must not ask for all of it again. */
const maxRechecked = 50

/** After a successful write: what it changed is stale at once, and looked at again a little later. */
export function createAfterWrite(options: AfterWriteOptions) {
  const { api, limits, githubNow, visibility, cache, purges, missing, purge, members, askAgain } = options
  const timers = new Set<ReturnType<typeof setTimeout>>()
  const underWay = new Set<Promise<void>>()
  let stopped = false

  /** Undefined for what nobody would ask for. */
  function pathOf(href: string): string | undefined {
    const url = URL.parse(href)
    const path = url && api.pathOf(url)
    if (!path || !/^\/(?:repos|repositories|user|users|orgs|gists|notifications)\b/.test(path)) return undefined
    return path.replace(/^\/repositories\/(\d+)/, (alias, id) => {
      const name = visibility.nameOf(id)
      return name ? `/repos/${name}` : alias
    })
  }

  /** Makes URLs and repositories stale: here at once, on disk and at every member as soon as that can be. */
  async function changed(targets: readonly string[], asOf: number): Promise<void> {
    missing.clear()
    await Promise.all([purge(targets, asOf), members.purge(targets, asOf)])
  }

  /** Asks GitHub again for what is held of these. */
  async function recheck(targets: readonly string[], by: Writer): Promise<void> {
    // Queries are asked again by those who want to know.
    const names = targets.flatMap((target) => purges.normalise(target) ?? []).filter((name) => name !== graphqlPath)
    for (const key of [...(await cache.below(names))].slice(0, maxRechecked)) {
      const entry = (await cache.find(key))?.entries[0]
      if (entry) await askAgain.again(by, entry.url, entry).catch(() => {})
    }
  }

  /** Of `repositories/id`, where an answer has shown it. */
  function nameOf(repository: string): string | undefined {
    const [, id] = /^repositories\/(\d+)$/.exec(repository) ?? []
    return id === undefined ? undefined : visibility.nameOf(id)
  }

  /** Makes these stale, and has a look at them a little later. */
  function make(targets: readonly string[], by: Writer): void {
    if (targets.length === 0) return
    const work = changed(targets, githubNow()).catch(() => {})
    underWay.add(work)
    void work.finally(() => underWay.delete(work))
    if (stopped) return
    for (const delayMs of limits.recheckMs) {
      const timer = setTimeout(() => {
        timers.delete(timer)
        void recheck(targets, by).catch(() => {})
      }, delayMs)
      timers.add(timer)
      letEnd(timer)
    }
  }

  return {
    /**
     * Does what concerns the caller before it returns; the rest needs nobody to wait for it. `urls`: as it was asked, and
     * where GitHub answered, for a renamed repository redirects to its id. What others hold under a new name that no answer
     * has shown here lately stays fresh: only another call could tell that name.
     */
    done(urls: readonly string[], by: Writer): void {
      const changes = new Set(urls.flatMap((url) => changedBy(pathOf(url) ?? '')))
      make(
        [...changes].map((target) => (target.startsWith('/') ? api.urlOf(target) : target)),
        by
      )
    },
    /**
     * The same for a mutation of GraphQL's, from what was sent and what came back. No answer to a query is from before it any more,
     * and nothing of the repositories that it names.
     */
    async mutated(request: string, answer: string, by: Writer): Promise<void> {
      const { repositoriesIn } = await import('../github/graphql-mutation.ts')
      const names = repositoriesIn(request, answer).flatMap((name) => [name, ...(nameOf(name) ?? [])])
      make([...names, api.urlOf(graphqlPath)], by)
    },
    /** Settles when what was written is stale on disk too, and at members. */
    async stop(): Promise<void> {
      stopped = true
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
      await Promise.all(underWay)
    }
  }
}

/** A second look only keeps this cache fresh, so a process in Node that has nothing else to do may end before it. */
function letEnd(timer: unknown): void {
  ;(timer as { unref?(): void }).unref?.()
}
