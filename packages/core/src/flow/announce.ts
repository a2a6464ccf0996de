import { LRU } from 'tiny-lru'
import type { Cache } from '../cache/cache.ts'
import type { Purges } from '../cache/purges.ts'
import type { Entry } from '../entry.ts'
import type { LeaseEnd } from '../exchange/lease.ts'
import type { Api } from '../github/api.ts'
import { type ApiRequest, anonymous } from '../github/request.ts'
import { pathOfRepository } from '../github/routes.ts'
import type { Visibility } from '../github/visibility.ts'
import type { Limits } from '../limits.ts'
import type { Members } from '../members.ts'
import type { Classifier } from './classify.ts'
import type { Hide } from './hide.ts'

export interface AnnounceOptions {
  api: Api
  cache: Cache
  purges: Purges
  visibility: Visibility
  hide: Hide
  classifier: Pick<Classifier, 'like'>
  limits: Pick<Limits, 'confirmationMs'>
  githubNow: () => number
  mayShare(entry: Entry): boolean
  members: Pick<Members, 'isAlone' | 'canTell' | 'hears' | 'announce' | 'touched' | 'unsettled'>
  /** Answers one of the mesh's own questions, from GitHub. */
  ask(request: ApiRequest): Promise<unknown>
  /** Whether the token's rate limit has something left for that. */
  canSpare(request: ApiRequest): boolean
}

/** What becomes of own answers among members. */
export interface Announce {
  /**
   * `wasPublic`: what members were told of this body before; undefined for a new one. Resolves to what members that wait for it
   * can have.
   */
  share(request: ApiRequest, key: string, entry: Entry, wasPublic?: boolean): Promise<LeaseEnd>
  /** A member asks for what is held: looks whether it is for members, where that is not known. */
  settle(key: string): Promise<void>
  /** Something that was public was refused to a token: looks whether its repository still is, or tells nobody any more. */
  doubt(request: ApiRequest, repository: string): void
  /** Whether everybody can read a repository, looked up with a token where that is not known. False where nothing says it. */
  isPublic(reader: Pick<ApiRequest, 'authorization' | 'viewer'>, repository: string): Promise<boolean>
  /** Settles when nothing is waiting to be told. */
  idle(): Promise<void>
}

/** Whose answer it was, and of which repository. */
type Reader = Pick<ApiRequest, 'authorization' | 'viewer' | 'apiVersion' | 'repository'>

/** An own answer of which nobody has been told. */
interface Unsettled {
  reader: Reader
  hash: string
  wasPublic: boolean | undefined
  since: number
}

const maxUnsettled = 10_000

/**
 * Tells members of own answers, each once it is known that everybody may read it, or the group shares all. What a token got
 * says nothing of that, so the repository itself is looked up first, if that was not done lately: with a token a 304 is free.
 * With nobody connected, and no relay that keeps it for others, nothing is looked up: it would cost a unit that serves nobody.
 * Then a member that comes later and asks for the answer has it looked up.
 */
export function createAnnounce(options: AnnounceOptions): Announce {
  const { api, cache, purges, visibility, hide, classifier, limits, githubNow, mayShare, members, ask } = options
  // By what it is about: a key, or a repository.
  const underWay = new Map<string, Promise<unknown>>()
  // In memory only, for there is a token in it, and for no longer than what its token saw is served to it.
  const unsettled = new LRU<Unsettled>(maxUnsettled)

  /** Asks GitHub for the repository object, with the token that got the answer; what it shows is learnt on its way. */
  async function lookUp(reader: Reader, repository: string): Promise<void> {
    const url = api.urlOf(pathOfRepository(repository))
    const question = await classifier.like(reader, url, { apiVersion: reader.apiVersion, mode: 'no-cache' })
    if (!question) return
    // Of one that is held, the look-up is free unless it has changed.
    if ((await cache.find(question.key)) || options.canSpare(question)) await ask(question)
  }

  const isPublic = (reader: Reader, repository: string) =>
    visibility.isPublic(repository, () => lookUp(reader, repository))

  /** Says in the cache what is known of a repository now, and gives the entry so. */
  async function lookedUp(reader: Reader, repository: string, key: string, entry: Entry): Promise<Entry> {
    const shown = await isPublic(reader, repository).catch(async (error) => {
      // What nothing shows to be public now is for nobody else.
      const unknown = { public: false, publicAt: undefined }
      await cache.touch(key, (held) => (held.hash === entry.hash ? { ...held, ...unknown } : held))
      throw error
    })
    const publicAt = visibility.shownAt(repository)
    await cache.touch(key, (held) => {
      const isSame = held.public === shown && held.publicAt === publicAt
      if (held.hash !== entry.hash || isSame || (shown && visibility.isHidden(repository))) return held
      return { ...held, public: shown, publicAt }
    })
    return { ...entry, public: shown, publicAt }
  }

  async function tell(reader: Reader, key: string, entry: Entry, wasPublic?: boolean): Promise<LeaseEnd> {
    const { repository, viewer } = reader
    const shared = viewer !== anonymous && repository ? await lookedUp(reader, repository, key, entry) : entry
    // What a write made stale while it was on its way is nobody else's.
    if (shared.asOf <= purges.at(shared.url)) return { state: 'failed' }
    if (!mayShare(shared)) return { state: 'nothing' }
    if (wasPublic === shared.public) members.touched(key, shared)
    else members.announce(key, shared)
    return { state: 'stored', hash: shared.hash, asOf: shared.asOf }
  }

  async function share(
    request: Reader & Pick<ApiRequest, 'awaited'>,
    key: string,
    entry: Entry,
    wasPublic?: boolean
  ): Promise<LeaseEnd> {
    if (members.isAlone) return { state: 'nothing' }
    const { authorization, viewer, apiVersion, repository } = request
    const isKnown = viewer === anonymous || !repository || visibility.shownAt(repository) !== undefined
    if (isKnown || members.hears(key, entry, request.awaited === true)) return tell(request, key, entry, wasPublic)
    const reader = { authorization, viewer, apiVersion, repository }
    unsettled.set(key, { reader, hash: entry.hash, wasPublic, since: githubNow() })
    members.unsettled(key, entry)
    return { state: 'failed' } // not `nothing`: members may get it once they are there
  }

  async function settle(key: string, { reader, hash, wasPublic }: Unsettled): Promise<void> {
    const entry = (await cache.find(key))?.entries.find((held) => held.hash === hash)
    if (entry) await tell(reader, key, entry, wasPublic)
    if (unsettled.get(key)?.hash === hash) unsettled.delete(key)
  }

  function track<T>(about: string, work: Promise<T>): Promise<T | undefined> {
    const safe = work.catch(() => undefined) // a look-up that fails leaves the entry unshared; a later answer tries again
    const all = Promise.all([safe, underWay.get(about)]).finally(() => {
      if (underWay.get(about) === all) underWay.delete(about)
    })
    underWay.set(about, all)
    return safe
  }

  return {
    share: async (request, key, entry, wasPublic) =>
      (await track(key, share(request, key, entry, wasPublic))) ?? { state: 'failed' },
    async settle(key) {
      // What was public may not be so any more, and this may be just what is being looked up.
      await underWay.get(key)
      const url = (await cache.find(key))?.entries[0]?.url
      const repository = url && api.repositoryOf(url)
      if (repository) await Promise.all(visibility.namesOf(repository).map((name) => underWay.get(name)))
      const waiting = unsettled.get(key)
      if (!waiting) return
      if (githubNow() - waiting.since >= limits.confirmationMs) return void unsettled.delete(key)
      await (underWay.get(key) ?? track(key, settle(key, waiting)))
    },
    isPublic: async (reader, repository) =>
      (await track(repository, isPublic({ ...reader, apiVersion: '', repository }, repository))) === true,
    doubt(request, repository) {
      void track<unknown>(
        repository,
        members.canTell ? isPublic(request, repository) : hide(visibility.namesOf(repository))
      )
    },
    idle: async () => void (await Promise.all(underWay.values()))
  }
}
