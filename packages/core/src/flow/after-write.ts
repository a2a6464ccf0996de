import type { Purge } from '../cache/purge.ts'
import type { Purges } from '../cache/purges.ts'
import type { Api } from '../github/api.ts'
import { changedBy, changedByMutation, changesForOne, changesUnnamed } from '../github/changed-by.ts'
import { changesRepository, makesRepository, repositoriesIn } from '../github/graphql-mutation.ts'
import type { Targets } from '../github/request.ts'
import { isRepository, pathOfRepository, repositoryOf } from '../github/routes.ts'
import type { Visibility } from '../github/visibility.ts'
import type { Passed } from './classify.ts'
import type { NegativeCache } from './negative-cache.ts'
import { createRechecks, type RechecksOptions } from './rechecks.ts'
import { createTellWrite, type TellWriteOptions, type Writer } from './tell-write.ts'

type Write = Writer & Pick<Passed, 'url' | 'mutation'>

export interface AfterWriteOptions extends RechecksOptions, TellWriteOptions {
  api: Api
  /** What GitHub's clock may show at most, ms: see `Clock.most`. */
  mostGithubNow: () => number
  visibility: Pick<Visibility, 'namesOf' | 'doubt' | 'isHidden' | 'wasPublic'>
  purges: Pick<Purges, 'normalise' | 'at' | 'forget' | 'wrote'>
  targets: Pick<Targets, 'written'>
  missing: Pick<NegativeCache, 'clear'>
  /** Makes URLs and repositories stale here. */
  purge: Purge
}

/** After a write: what it changed is stale at once, and looked at again a little later. */
export function createAfterWrite(options: AfterWriteOptions) {
  const { api, mostGithubNow, visibility, purges, missing, purge, limits, cache, askAgain } = options
  const { members, sharesAll, isPublic } = options
  const underWay = new Set<Promise<void>>()
  const rechecks = createRechecks({ limits, cache, purges, askAgain })
  const tell = createTellWrite({ visibility, purges, members, sharesAll, isPublic })

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

  /** Makes paths and repositories stale (here at once, on disk and at members as soon as that can be), and has a look at them a little later. */
  function make(changed: readonly string[], by: Writer, isForOne = false): void {
    if (changed.length === 0) return
    const targets = changed.map((one) => (one.startsWith('/') ? api.urlOf(one) : one))
    missing.clear()
    options.targets.written()
    const asOf = mostGithubNow()
    for (const target of targets) purges.wrote(purges.normalise(target) ?? target, asOf)
    const work = Promise.all([purge(targets, asOf), tell({ targets, by, asOf, isForOne })])
      .then(() => {})
      .catch(() => {})
    underWay.add(work)
    void work.finally(() => underWay.delete(work))
    rechecks.plan(targets, by)
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
    if (paths.some(changesUnnamed)) purges.forget(mostGithubNow())
    make([...new Set(paths.flatMap(changedBy))], by, paths.every(changesForOne))
  }

  /**
   * By what was sent and what came back. No answer to a query is from before it any more, and nothing of the repositories that
   * it names; of what it changed where it names none, nobody knows.
   */
  function mutated(request: string, answer: string, by: Writer): void {
    const names = repositoriesIn(request, answer).map(nameOf)
    if (names.every((name) => name.startsWith('repositories/')) || makesRepository(request))
      purges.forget(mostGithubNow())
    if (changesRepository(request)) names.forEach(doubt)
    make(changedByMutation(names), by)
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
      rechecks.stop()
      await Promise.all(underWay)
    }
  }
}

export type AfterWrite = ReturnType<typeof createAfterWrite>
