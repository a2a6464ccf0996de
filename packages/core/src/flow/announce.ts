import type { Cache } from '../cache/cache.ts'
import type { Purges } from '../cache/purges.ts'
import type { Entry } from '../entry.ts'
import type { LeaseEnd } from '../exchange/leases.ts'
import type { Api } from '../github/api.ts'
import { type ApiRequest, anonymous } from '../github/request.ts'
import type { Visibility } from '../github/visibility.ts'
import type { Members } from '../members.ts'
import type { Classifier } from './classify.ts'

export interface AnnounceOptions {
  api: Api
  cache: Cache
  purges: Purges
  visibility: Visibility
  classifier: Pick<Classifier, 'like'>
  mayShare(entry: Entry): boolean
  members: Pick<Members, 'isAlone' | 'announce' | 'touched'>
  /** Answers one of the mesh's own questions, from GitHub. */
  ask(request: ApiRequest): Promise<unknown>
}

/**
 * Tells members of own answers, each once it is known that everybody may read it, or the group shares all. What a token got
 * says nothing of that, so the repository itself is looked up first, if that was not done lately: with a token a 304 is free.
 */
export function createAnnounce(options: AnnounceOptions) {
  const { api, cache, purges, visibility, classifier, mayShare, members, ask } = options
  const underWay = new Set<Promise<unknown>>()

  /** Asks GitHub for the repository object, with the token that got the answer; what it shows is learnt on its way. */
  async function lookUp(request: ApiRequest, repository: string): Promise<void> {
    const path = repository.startsWith('repositories/') ? `/${repository}` : `/repos/${repository}`
    const question = await classifier.like(request, api.urlOf(path), {
      apiVersion: request.apiVersion,
      mode: 'no-cache'
    })
    if (question) await ask(question)
  }

  const isPublic = (request: ApiRequest, repository: string) =>
    visibility.isPublic(repository, () => lookUp(request, repository))

  async function share(request: ApiRequest, key: string, entry: Entry, wasPublic?: boolean): Promise<LeaseEnd> {
    const { repository, viewer } = request
    // With nobody to tell, only a new answer is worth a look: others here may then get it.
    if (members.isAlone && (entry.public || wasPublic !== undefined)) return { state: 'nothing' }
    let shared = entry
    if (viewer !== anonymous && repository) {
      const shown = await isPublic(request, repository)
      shared = { ...entry, public: shown, publicAt: visibility.publicAt(repository) }
      const { publicAt } = shared
      await cache.touch(key, (held) => {
        const isSame = held.public === shown && held.publicAt === publicAt
        if (held.hash !== entry.hash || isSame || (shown && visibility.isHidden(repository))) return held
        return { ...held, public: shown, publicAt }
      })
    }
    // What a write made stale while it was on its way is nobody else's.
    if (shared.asOf <= purges.at(shared.url)) return { state: 'failed' }
    if (!mayShare(shared)) return { state: 'nothing' }
    if (wasPublic === shared.public) members.touched(key, shared)
    else members.announce(key, shared)
    return { state: 'stored', hash: shared.hash, asOf: shared.asOf }
  }

  function track<T>(work: Promise<T>): Promise<T | undefined> {
    const safe = work.catch(() => undefined) // a look-up that fails leaves the entry unshared; a later answer tries again
    underWay.add(safe)
    return safe.finally(() => underWay.delete(safe))
  }

  return {
    /**
     * `wasPublic`: what members were told of this body before; undefined for a new one. Resolves to what members that wait for it
     * can have.
     */
    share: async (request: ApiRequest, key: string, entry: Entry, wasPublic?: boolean): Promise<LeaseEnd> =>
      (await track(share(request, key, entry, wasPublic))) ?? { state: 'failed' },
    /** Something that was public is refused to a token: looks whether its repository still is. */
    doubt(request: ApiRequest): void {
      const { repository } = request
      if (!repository || visibility.isHidden(repository)) return
      visibility.doubt(repository)
      void track(isPublic(request, repository))
    },
    /** Settles when nothing is waiting to be told. */
    idle: async (): Promise<void> => void (await Promise.all(underWay))
  }
}
