import { LRUCache } from 'lru-cache'
import { type Bytes, sha256Hex } from './bytes.ts'
import type { Cache } from './cache/cache.ts'
import { confirmedAt, withAnswer } from './confirmations.ts'
import type { Entry } from './entry.ts'
import type { Emit } from './events.ts'
import { type EtagInputs, type EtagScheme, gitBlobId, opaqueTag } from './github/etag.ts'
import { keptHeaders, maxAgeMs, refreshedHeaders } from './github/headers.ts'
import { type Inspection, inspect } from './github/inspect.ts'
import { compact } from './github/json.ts'
import { isJson, isRaw, versionClass } from './github/key.ts'
import { mayContinue, mayHaveGrown, parseLinks } from './github/links.ts'
import type { Condition, OriginAnswer } from './github/origin.ts'
import { type ApiRequest, anonymous, apiPath, type Target, type Targets } from './github/request.ts'
import { repositoryOf } from './github/routes.ts'
import type { Visibility } from './github/visibility.ts'
import type { Limits } from './limits.ts'
import type { Outcome } from './resolve.ts'

export interface AdmitOptions {
  apiUrl: URL
  cache: Cache
  etags: EtagScheme
  targets: Targets
  visibility: Visibility
  limits: Limits
  emit: Emit
  now: () => number
  /** Whether a member's word is believed. */
  trusts(peerId: string | undefined): boolean
  /** The user's own narrowing of what is shared. */
  narrow?: (request: Request, response: Response) => boolean
  /** An entry is held, new or seen current, and may be told to members if it is public or the group shares all. */
  share(request: ApiRequest, key: string, entry: Entry, wasPublic?: boolean): void
  /** What was public was refused to a token. */
  doubt(request: ApiRequest): void
}

const mostRemembered = 10_000

/** What becomes of GitHub's answers: entries, refreshed entries, ended rights. */
export function createAdmit(options: AdmitOptions) {
  const { apiUrl, cache, etags, targets, visibility, limits, emit, now } = options
  // ETags that only work with the token that got them; they stay in memory, for they are bound to it.
  const verbatim = new LRUCache<string, string>({ max: mostRemembered })
  const notFound = new LRUCache<string, { answer: OriginAnswer; until: number }>({ max: 1000 })
  const revoked = new LRUCache<string, number>({ max: mostRemembered })
  // The last two bodies of a key: one that comes back for another viewer shows that the route varies.
  const seen = new LRUCache<string, { hash: string; viewer: string }[]>({ max: mostRemembered })
  const varying = new Set<string>()

  const inputs = ({ accept, authorization }: ApiRequest): EtagInputs => ({ accept, authorization })
  // The header's own text: one viewer may send its token in several ways, and GitHub hashes what was sent.
  const verbatimName = (key: string, hash: string, { authorization }: ApiRequest) => `${key} ${hash} ${authorization}`

  function varies({ route }: Target, key: string, hash: string, viewer: string): boolean {
    const [last, before] = seen.get(key) ?? []
    if (last?.hash !== hash) {
      seen.set(key, [{ hash, viewer }, ...(last ? [last] : [])])
      if (before?.hash === hash && last?.viewer !== viewer) varying.add(route.template)
    }
    return route.varies === true || varying.has(route.template)
  }

  /**
   * Whether everybody may read what an own answer showed, before the repository is looked up: so if nobody's token asked, or
   * if it was looked up lately. A body that was shown to be public before stays so for a day, where GitHub cannot say.
   */
  function publicity(
    { viewer, repository }: Pick<ApiRequest, 'viewer' | 'repository'>,
    sentAt: number,
    held?: Entry
  ): Pick<Entry, 'public' | 'publicAt'> {
    if (viewer === anonymous || repository === undefined) return { public: true, publicAt: sentAt }
    const publicAt = visibility.publicAt(repository)
    if (publicAt !== undefined) return { public: true, publicAt }
    const wasShown = held?.public && held.from === undefined && sentAt - (held.publicAt ?? 0) < limits.visibilityMs
    return wasShown && !visibility.isHidden(repository)
      ? { public: true, publicAt: held.publicAt }
      : { public: false, publicAt: undefined }
  }

  const isRepository = (path: string) => /^\/(?:repos\/[^/]+\/[^/]+|repositories\/\d+)$/.test(path)

  /** What an own 200 or 304 shows of who may read a repository. */
  function learnVisibility(
    { viewer, repository, path }: Pick<ApiRequest, 'viewer' | 'repository' | 'path'>,
    sentAt: number,
    shown: Inspection['repository']
  ): void {
    if (repository && viewer === anonymous) {
      visibility.learn(repository, true, sentAt)
      visibility.isOpen = true
    }
    if (!shown || !isRepository(path)) return
    visibility.learnAlias(shown.id, shown.name)
    // Under the name that was asked for too, which may be an older one.
    for (const name of new Set([shown.name, `repositories/${shown.id}`, repository ?? shown.name]))
      visibility.learn(name, shown.public, sentAt)
  }

  function learnAlias({ repository }: Pick<Target, 'repository'>, link: string | null | undefined, at?: number): void {
    const id = /\/repositories\/(\d+)\//.exec(parseLinks(link).next ?? '')?.[1]
    if (id && repository && !repository.startsWith('repositories/')) visibility.learnAlias(id, repository, at)
  }

  return {
    /** An entry from the store: its own answer has shown which repository its links name, and did so then. */
    recall({ from, url, headers, confirmed }: Entry): void {
      if (from !== undefined || headers.link === undefined) return
      const repository = repositoryOf(apiPath(new URL(url), apiUrl) ?? '')
      learnAlias({ repository }, headers.link, Math.max(0, ...Object.values(confirmed)))
    },

    revokedAt: ({ viewer, repository }: ApiRequest): number =>
      Math.max(revoked.get(viewer) ?? 0, (repository && revoked.get(`${viewer} ${repository}`)) || 0),

    remembered(request: ApiRequest, purgedAt: number): Outcome | undefined {
      const known = notFound.get(`${request.key} ${request.viewer}`)
      if (
        !known ||
        known.until <= now() ||
        purgedAt >= known.answer.sentAt ||
        request.mode === 'no-cache' ||
        request.mode === 'reload'
      ) {
        return undefined
      }
      return { how: 'hits', status: 'ghmesh; hit; detail=not-found', answer: known.answer, viewer: request.viewer }
    },

    /** A write may have made what was missing. */
    forgetMissing: (): void => notFound.clear(),

    /** The ETag that this request would get for an entry. */
    async etagFor(entry: Entry, request: ApiRequest): Promise<string | undefined> {
      if (entry.validator === 'object') return entry.etag
      if (entry.validator === 'portable') return etags.compute(entry.body, inputs(request), request.viewer)
      return verbatim.get(verbatimName(request.key, entry.hash, request))
    },

    async conditionFor(entry: Entry, request: ApiRequest): Promise<Condition> {
      // The ETag does not cover `Link`, so a 304 could hide the next page for ever.
      if (mayHaveGrown(entry.items, entry.headers.link, request.url)) return {}
      // Earlier versions kept what was cut off on its way.
      if (entry.local && isJson(entry.headers['content-type'] ?? '') && (await inspect(entry.body, true)).damaged)
        return {}
      // Nor does it prove what a member says of other pages: where that is not believed, GitHub has to say it.
      const isBelieved = entry.from === undefined || options.trusts(entry.from)
      if (!isBelieved && (await hasMembersLink(entry, request.url))) return {}
      if (entry.validator === 'object') {
        // Where members are believed, the id of an object says that a member's body is current, if not that it is true.
        const usable = isBelieved || (await isOwnBlob(entry))
        return usable && entry.etag ? { ifNoneMatch: entry.etag } : {}
      }
      if (entry.validator === 'portable') {
        const ifNoneMatch = await etags.compute(entry.body, inputs(request), request.viewer)
        if (ifNoneMatch) return { ifNoneMatch }
      }
      const ifNoneMatch = verbatim.get(verbatimName(request.key, entry.hash, request))
      if (ifNoneMatch) return { ifNoneMatch }
      const ifModifiedSince =
        entry.from === undefined && confirmedAt(entry.confirmed, request.viewer)
          ? entry.headers['last-modified']
          : undefined
      return ifModifiedSince ? { ifModifiedSince } : {}
    },

    async admit(request: ApiRequest, answer: OriginAnswer): Promise<Entry | undefined> {
      const { headers: live, sentAt, body: received } = answer
      const cacheControl = live.get('cache-control') ?? undefined
      const freshMs = maxAgeMs(cacheControl)
      if (!received || freshMs === undefined) return undefined
      const { apiVersion, viewer } = request
      const selected = live.get('x-github-api-version-selected')
      if (selected !== null && versionClass(selected) !== apiVersion) return undefined
      const asked = {
        accept: request.headers.get('accept'),
        apiVersion: request.headers.get('x-github-api-version'),
        viewer
      }
      const redirected = answer.url !== request.url.href
      const target = redirected ? await targets.find({ ...asked, href: answer.url }) : request
      if (!target) return undefined
      if (redirected) targets.moved({ ...asked, href: request.url.href }, target)
      const json = isJson(live.get('content-type') ?? '')
      // A page of a proxy or portal instead of the API's answer: handed on, not kept.
      if (!json && isJson(request.accept)) return undefined
      const { validator, body } = await etags.classify(live.get('etag'), forms(received, json), inputs(request), viewer)
      const hash = await sha256Hex(body)
      if (validator === 'verbatim') verbatim.set(verbatimName(target.key, hash, request), live.get('etag') as string)
      const { variant, secret, damaged, hidden, items, repository } = await inspect(body, json, target.repository)
      // Handed on, as plain fetch does, but not kept: a 304 would make it fresh again and again.
      if (
        damaged ||
        (!json && validator === 'object' && isRaw(target.accept) && !(await isBlob(body, live.get('etag'))))
      )
        return undefined
      learnAlias(target, live.get('link'))
      learnVisibility({ ...target, viewer }, sentAt, repository)
      if (redirected) learnVisibility(request, sentAt, repository)
      const entry: Entry = {
        url: target.canonical,
        accept: target.accept,
        apiVersion,
        body,
        hash,
        headers: keptHeaders(live),
        asOf: sentAt,
        validator,
        etag: validator === 'object' ? `"${opaqueTag(live.get('etag'))}"` : undefined,
        ...publicity({ viewer, repository: target.repository }, sentAt),
        anonymous: viewer === anonymous,
        variant: variant || varies(target, target.key, hash, viewer),
        // What is sent as another type than was asked for cannot be told to members, who make the type from the key.
        local:
          !target.shareable ||
          secret ||
          // What was seen without a token, everybody may see.
          (hidden && viewer !== anonymous) ||
          json !== isJson(target.accept) ||
          isNarrowedOut(options.narrow, target, entryResponse(body, live)),
        maxAgeMs: freshMs,
        items,
        confirmed: { [viewer]: sentAt }
      }
      notFound.delete(`${target.key} ${viewer}`)
      await cache.add(target.key, entry)
      emit('stored', { url: request.url.href, key: target.key, bytes: body.byteLength })
      if (!entry.local) options.share({ ...request, ...target }, target.key, entry)
      return entry
    },

    async refresh(request: ApiRequest, entry: Entry, { headers, sentAt }: OriginAnswer): Promise<Entry> {
      // Only an ETag that can be computed from the body proves the body; then it is as good as an own one, but for its `Link`.
      const isTrue = entry.validator === 'portable' || (await isOwnBlob(entry))
      const isProven = isTrue && (headers.has('link') || !(await hasMembersLink(entry, request.url)))
      const proven = isProven ? { from: undefined, takenAt: undefined } : {}
      if (isTrue || entry.from === undefined) {
        const isObject = isRepository(request.path) && isJson(request.accept)
        const shown = isObject ? (await inspect(entry.body, true)).repository : undefined
        learnVisibility(request, sentAt, shown)
      }
      const change = (held: Entry): Entry => ({
        ...held,
        ...proven,
        ...publicity(request, sentAt, held),
        headers: refreshedHeaders(held.headers, headers),
        // A time ahead of GitHub's clock was of a wrong one.
        asOf: held.asOf > now() + limits.clockSkewMs ? sentAt : Math.max(held.asOf, sentAt),
        anonymous: held.anonymous || request.viewer === anonymous,
        confirmed: withAnswer(held.confirmed, request.viewer, sentAt)
      })
      await cache.touch(request.key, (held) => (held.hash === entry.hash ? change(held) : held))
      const refreshed = change(entry)
      if (refreshed.from === undefined) learnAlias(request, refreshed.headers.link)
      if (!refreshed.local) options.share(request, request.key, refreshed, entry.public)
      return refreshed
    },

    async refused(request: ApiRequest, answer: OriginAnswer): Promise<void> {
      const { status, sentAt } = answer
      if (![401, 403, 404, 410, 451].includes(status)) return
      const { key, viewer, repository, path } = request
      if (status === 401) {
        revoked.set(viewer, sentAt)
        if (viewer === anonymous) visibility.isOpen = false
      } else if (repository && isRepository(path)) {
        revoked.set(`${viewer} ${repository}`, sentAt)
        // Where nobody is shown anything without a token, that says nothing of the repository.
        if (viewer !== anonymous || visibility.isOpen) visibility.refused(repository, sentAt)
      } else if (viewer !== anonymous && (await cache.find(key))?.entries.some((entry) => entry.public))
        options.doubt(request)
      await cache.touch(key, (entry) => ({ ...entry, confirmed: withAnswer(entry.confirmed, viewer, -sentAt) }))
      if (status === 404 && answer.body) notFound.set(`${key} ${viewer}`, { answer, until: now() + limits.notFoundMs })
    }
  }
}

const entryResponse = (body: Uint8Array<ArrayBuffer>, live: Headers) => () =>
  new Response(body, { headers: keptHeaders(live) })

/**
 * Whether an object's id is the body's own: so for raw files. What GitHub says about a file, and the page it makes of one,
 * have the same id as ETag, so a raw body must not pass for those.
 */
const isOwnBlob = async ({ validator, etag, body, accept }: Entry): Promise<boolean> =>
  validator === 'object' && isRaw(accept) && isBlob(body, etag ?? null)

const isBlob = async (body: Bytes, etag: string | null): Promise<boolean> => opaqueTag(etag) === (await gitBlobId(body))

/** Whether what an entry says of other pages, if there may be any, is a member's word. */
const hasMembersLink = async ({ from, accept, body, headers }: Entry, asked: URL): Promise<boolean> =>
  from !== undefined &&
  (headers.link !== undefined || (isJson(accept) && mayContinue(await inspect(body, true), asked)))

/** A body as it came, then without the white space that GitHub adds for some user agents. */
async function* forms(body: Bytes, json: boolean): AsyncIterable<Bytes> {
  yield body
  const compacted = json ? await compact(body) : body
  if (compacted !== body) yield compacted
}

/** The user's function sees the request without its credentials; where it fails, nothing is shared. */
function isNarrowedOut(narrow: AdmitOptions['narrow'], { url, accept }: Target, response: () => Response): boolean {
  try {
    return narrow !== undefined && !narrow(new Request(url, { headers: { accept } }), response())
  } catch {
    return true
  }
}
