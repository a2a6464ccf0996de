import type { Cache } from '../cache/cache.ts'
import type { Purge } from '../cache/purge.ts'
import type { Purges } from '../cache/purges.ts'
import { confirmedAt } from '../confirmations.ts'
import { type Api, graphqlPath } from '../github/api.ts'
import { changedBy, changesForOne, makesRepository } from '../github/changed-by.ts'
import { changesRepository, repositoriesIn } from '../github/graphql-mutation.ts'
import type { ApiRequest, Targets } from '../github/request.ts'
import { elsewhere, isRepository, pathOfRepository, repositoryOf } from '../github/routes.ts'
import type { Visibility } from '../github/visibility.ts'
import type { Limits } from '../limits.ts'
import type { Members } from '../members.ts'
import type { Announce } from './announce.ts'
import type { AskAgain } from './ask-again.ts'
import type { Passed } from './classify.ts'
import type { NegativeCache } from './negative-cache.ts'

type Writer = Pick<ApiRequest, 'authorization' | 'viewer'>
type Write = Writer & Pick<Passed, 'url' | 'mutation'>

export interface AfterWriteOptions {
  api: Api
  limits: Pick<Limits, 'recheckMs'>
  /** What GitHub's clock may show at most, ms: see `Clock.most`. */
  mostGithubNow: () => number
  visibility: Pick<Visibility, 'namesOf' | 'doubt' | 'isHidden' | 'wasPublic'>
  cache: Pick<Cache, 'below' | 'find'>
  purges: Pick<Purges, 'normalise' | 'at' | 'forget' | 'wrote'>
  targets: Pick<Targets, 'written'>
  missing: Pick<NegativeCache, 'clear'>
  /** Makes URLs and repositories stale here. */
  purge: Purge
  /** Makes them stale at every member, or at those that hold a token. */
  members: Pick<Members, 'purge' | 'sameToken' | 'canTell'>
  /** The group shares private repositories too. */
  sharesAll: boolean
  /** Looks up whether everybody can read a repository, where that is not known. */
  isPublic: Announce['isPublic']
  askAgain: Pick<AskAgain, 'again'>
}

/** A write to a large repository must not ask for all of it again. */
const maxRechecked = 50

/** After a write: what it changed is stale at once, and looked at again a little later. */
export function createAfterWrite(options: AfterWriteOptions) {
  const { api, limits, mostGithubNow, visibility, cache, purges, missing, purge, members, askAgain } = options
  const timers = new Set<ReturnType<typeof setTimeout>>()
  const underWay = new Set<Promise<void>>()
  let stopped = false

  /** By its name, where an answer has shown that, else by its id. */
  const nameOf = (repository: string): string =>
    visibility.namesOf(repository).find((one) => !one.startsWith('repositories/')) ?? repository

  /** By the name of its repository. */
  function pathOf(href: string): string | undefined {
    const url = URL.parse(href)
    if (!url) return undefined
    const path = href.startsWith(api.uploads)
      ? `/${url.href.slice(api.uploads.length)}`.replace(/\?.*/, '')
      : api.pathOf(url)
    const repository = path && repositoryOf(path)
    return repository?.startsWith('repositories/')
      ? path?.replace(pathOfRepository(repository), pathOfRepository(nameOf(repository)))
      : path
  }

  /** Whether members may hear of this: what they cannot hold is not named to them. */
  async function isForMembers(target: string, by: Writer): Promise<boolean> {
    if (options.sharesAll) return true
    const name = purges.normalise(target) ?? ''
    if (name === elsewhere || name === graphqlPath) return true
    const repository = name.startsWith('/') ? repositoryOf(name) : name
    if (repository === undefined || visibility.isHidden(repository)) return false
    if (visibility.wasPublic(repository)) return true
    return members.canTell && options.isPublic(by, repository)
  }

  async function tell(targets: readonly string[], by: Writer, asOf: number, isForOne: boolean): Promise<void> {
    const holders = members.sameToken?.purge(by, targets, asOf)
    const told: string[] = []
    for (const target of isForOne ? [] : targets) if (await isForMembers(target, by)) told.push(target)
    if (told.length > 0) await members.purge(told, asOf)
    await holders
  }

  /** Asks GitHub again for what was asked for since, in case its answer was an older one: its servers learn of a write one by one. */
  async function recheck(targets: readonly string[], by: Writer): Promise<void> {
    // Queries are asked again by those who want to know.
    const names = targets.flatMap((target) => purges.normalise(target) ?? []).filter((name) => name !== graphqlPath)
    for (const key of [...(await cache.below(names))].slice(0, maxRechecked)) {
      const entry = (await cache.find(key))?.entries[0]
      const isRead = entry && entry.asOf > purges.at(entry.url) && confirmedAt(entry.confirmed, by.viewer) !== undefined
      if (isRead) await askAgain.again(by, entry.url, entry).catch(() => {})
    }
  }

  /** Makes these stale (here at once, on disk and at members as soon as that can be), and has a look at them a little later. */
  function make(targets: readonly string[], by: Writer, isForOne = false): void {
    if (targets.length === 0) return
    missing.clear()
    options.targets.written()
    const asOf = mostGithubNow()
    for (const target of targets) purges.wrote(purges.normalise(target) ?? target, asOf)
    const work = Promise.all([purge(targets, asOf), tell(targets, by, asOf, isForOne)])
      .then(() => {})
      .catch(() => {})
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

  /** It may be public no more. */
  function doubt(repository: string): void {
    for (const name of visibility.namesOf(repository)) visibility.doubt(name)
  }

  /**
   * `urls`: as it was asked, and where GitHub answered, for a renamed repository redirects to its id. What others hold under a
   * new name that no answer has shown here lately stays fresh: only another call could tell that name.
   */
  function wrote(urls: readonly string[], by: Writer): void {
    const paths = urls.flatMap((url) => pathOf(url) ?? [])
    for (const path of paths) if (isRepository(path.replace(/\/transfer$/, ''))) doubt(repositoryOf(path) as string)
    if (paths.some(makesRepository)) purges.forget(mostGithubNow())
    const changes = [...new Set(paths.flatMap(changedBy))]
    make(
      changes.map((target) => (target.startsWith('/') ? api.urlOf(target) : target)),
      by,
      paths.every(changesForOne)
    )
  }

  /**
   * By what was sent and what came back. No answer to a query is from before it any more, and nothing of the repositories that
   * it names; of what it changed where it names none, nobody knows.
   */
  function mutated(request: string, answer: string, by: Writer): void {
    const names = repositoriesIn(request, answer).map(nameOf)
    if (names.every((name) => name.startsWith('repositories/'))) purges.forget(mostGithubNow())
    if (changesRepository(request)) names.forEach(doubt)
    make([...names, api.urlOf(graphqlPath)], by)
  }

  return {
    /** Does what concerns the caller before it settles; the rest needs nobody to wait for it. Without an answer that was lost. */
    async changed({ url, mutation, ...by }: Write, answer?: Response): Promise<void> {
      if (mutation === undefined) wrote([url.href, answer?.url ?? ''], by)
      else
        mutated(
          mutation,
          (await answer
            ?.clone()
            .text()
            .catch(() => '')) ?? '',
          by
        )
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

export type AfterWrite = ReturnType<typeof createAfterWrite>

/** A second look only keeps this cache fresh, so a process in Node that has nothing else to do may end before it. */
function letEnd(timer: unknown): void {
  ;(timer as { unref?(): void }).unref?.()
}
