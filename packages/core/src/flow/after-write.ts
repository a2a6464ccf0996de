import type { Cache } from '../cache/cache.ts'
import type { Purge } from '../cache/purge.ts'
import { everything, type Purges } from '../cache/purges.ts'
import { type Api, graphqlPath } from '../github/api.ts'
import { changedBy, changedByMutation, changesForOne, changesUnnamed } from '../github/changed-by.ts'
import {
  changesElsewhere,
  changesRepository,
  hasOldId,
  makesRepository,
  maxNamed,
  repositoriesIn
} from '../github/graphql-mutation.ts'
import { limitedBy } from '../github/limited.ts'
import type { Targets } from '../github/request.ts'
import { isNumbered, isRepository, pathOfRepository, repositoryOf } from '../github/routes.ts'
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
  cache: Pick<Cache, 'below' | 'find' | 'keepMarks'>
  targets: Pick<Targets, 'written'>
  missing: Pick<NegativeCache, 'clear'>
  /** Makes URLs and repositories stale here. */
  purge: Purge
}

interface Changed {
  /** Paths and repositories. */
  targets: readonly string[]
  /** It shows only to those that hold the writer's token. */
  isForOne?: boolean
  /** It may show where no target says so. */
  isAnywhere?: boolean
}

/** After a write: what it changed is stale at once, and looked at again a little later. */
export function createAfterWrite(options: AfterWriteOptions) {
  const { api, mostGithubNow, visibility, purges, missing, purge, limits, cache, askAgain } = options
  const { members, sharesAll, isPublic } = options
  const underWay = new Set<Promise<void>>()
  const rechecks = createRechecks({ limits, cache, purges, askAgain })
  const tell = createTellWrite({ visibility, purges, members, sharesAll, isPublic })

  const webHost = new URL(api.base).host.replace(/^api\./, '')

  /** By its name, where an answer has shown that, else by its id. */
  const nameOf = (repository: string): string =>
    visibility.namesOf(repository).find((one) => !isNumbered(one)) ?? repository

  /** By the name of its repository. */
  function pathOf(href: string): string | undefined {
    const url = URL.parse(href)
    if (!url) return undefined
    const path = href.startsWith(api.uploads)
      ? `/${url.href.slice(api.uploads.length)}`.replace(/\?.*/, '')
      : api.pathOf(url)
    const repository = path && repositoryOf(path)
    return repository && isNumbered(repository)
      ? path.replace(pathOfRepository(repository), pathOfRepository(nameOf(repository)))
      : path
  }

  /** Makes what was changed stale (here at once, on disk and at members as soon as that can be), and has a look at it a little later. */
  function make({ targets: changed, isForOne = false, isAnywhere = false }: Changed, by: Writer): void {
    if (changed.length === 0) return
    const targets = changed.map((one) => (one.startsWith('/') ? api.urlOf(one) : one))
    missing.clear()
    options.targets.written()
    const asOf = mostGithubNow()
    if (isAnywhere) purges.forget(asOf)
    for (const target of targets) purges.wrote(purges.normalise(target) ?? target, asOf)
    const work = Promise.all([
      purge(targets, asOf),
      isAnywhere && cache.keepMarks([everything], asOf),
      tell({ targets, by, asOf, isForOne })
    ])
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
    const targets = [...new Set(paths.flatMap(changedBy))]
    make({ targets, isForOne: paths.every(changesForOne), isAnywhere: paths.some(changesUnnamed) }, by)
  }

  /**
   * By what was sent and what came back. No answer to a query is from before it any more, and nothing of the repositories that
   * it names; where it names none, or one by an id that says nothing here, nobody knows what it changed.
   */
  function mutated(request: string, answer: string, by: Writer): void {
    const names = repositoriesIn(request, answer, webHost).map(nameOf)
    const isNamed = names.length > 0 && names.length < maxNamed && !names.some(isNumbered)
    if (changesRepository(request)) names.forEach(doubt)
    const targets = changedByMutation(names, changesElsewhere(request))
    make({ targets, isAnywhere: !isNamed || hasOldId(request) || makesRepository(request) }, by)
  }

  return {
    /** Does what concerns the caller before it settles; the rest needs nobody to wait for it. Without an answer that was lost. */
    async changed({ url, mutation, ...by }: Write, answer?: Response): Promise<void> {
      if (mutation === undefined) return wrote([url.href, answer?.url ?? ''], by)
      const copy = answer?.clone()
      const said = (await copy?.text().catch(() => '')) ?? ''
      const isRefused = copy && limitedBy({ path: graphqlPath }, copy, said, mostGithubNow()) !== undefined
      if (!isRefused) mutated(mutation, said, by)
    },
    /** Settles when what was written is stale on disk too, and at members. */
    async stop(): Promise<void> {
      rechecks.stop()
      await Promise.all(underWay)
    }
  }
}

export type AfterWrite = ReturnType<typeof createAfterWrite>
