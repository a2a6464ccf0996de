import type { Cache } from './cache/cache.ts'
import type { Purges } from './cache/purges.ts'
import type { Entry } from './entry.ts'
import type { ApiRequest } from './github/request.ts'
import type { Visibility } from './github/visibility.ts'
import type { Requests } from './requests.ts'

export interface SharingOptions {
  apiUrl: URL
  cache: Cache
  purges: Purges
  visibility: Visibility
  requests: Requests
  mayShare(entry: Entry): boolean
  /** Answers one of the mesh's own questions, from the cache or GitHub. */
  ask(request: ApiRequest): Promise<Response>
  announce(key: string, entry: Entry): void
}

/** Tells members of own answers, each once its repository is known to be public, or the group shares all. */
export function createSharing({
  apiUrl,
  cache,
  purges,
  visibility,
  requests,
  mayShare,
  ask,
  announce
}: SharingOptions) {
  const underWay = new Set<Promise<void>>()

  /** The repository object, with the token that fetched the entry: shared itself, and looked up once a day. */
  async function lookUp(request: ApiRequest, repository: string): Promise<boolean> {
    const below = repository.startsWith('repositories/') ? repository : `repos/${repository}`
    const question = await requests.like(request, `${apiUrl.href.replace(/\/$/, '')}/${below}`, {
      apiVersion: request.apiVersion
    })
    if (!question) return false
    const response = await ask(question)
    if (!response.ok) throw new Error(`the visibility of a repository is unknown: GitHub answered ${response.status}`)
    const { private: hidden, visibility: named = 'public' } = await response.json()
    return hidden === false && named === 'public'
  }

  async function share(request: ApiRequest, key: string, entry: Entry): Promise<void> {
    const { repository } = request
    let shared = entry
    if (!entry.public && repository) {
      const isPublic = await visibility.isPublic(repository, () => lookUp(request, repository))
      shared = { ...entry, public: isPublic, publicAt: visibility.publicAt(repository) }
      const { publicAt } = shared
      if (isPublic)
        await cache.touch(key, (held) => (held.hash === entry.hash ? { ...held, public: true, publicAt } : held))
    }
    // What a write made stale while it was on its way is nobody else's.
    if (mayShare(shared) && shared.asOf > purges.at(shared.url)) announce(key, shared)
  }

  return {
    share(request: ApiRequest, key: string, entry: Entry): void {
      // A look-up that fails leaves the entry unshared; the next answer tries again.
      const work = share(request, key, entry).catch(() => {})
      underWay.add(work)
      void work.finally(() => underWay.delete(work))
    },
    /** Settles when nothing is waiting to be told. */
    idle: async (): Promise<void> => void (await Promise.all(underWay))
  }
}
