import { LRUCache } from 'lru-cache'
import { type Bytes, sha256Hex } from './bytes.ts'
import type { Cache } from './cache/cache.ts'
import { withAnswer } from './confirmations.ts'
import type { Entry } from './entry.ts'
import type { Emit } from './events.ts'
import { type EtagScheme, opaqueTag } from './github/etag.ts'
import { keptHeaders, maxAgeMs, refreshedHeaders } from './github/headers.ts'
import { inspect } from './github/inspect.ts'
import { compact } from './github/json.ts'
import { isJson, isRaw, versionClass } from './github/key.ts'
import type { OriginAnswer } from './github/origin.ts'
import { type ApiRequest, anonymous, type Target, type Targets } from './github/request.ts'
import { isRepository } from './github/routes.ts'
import type { Visibility } from './github/visibility.ts'
import type { Limits } from './limits.ts'
import type { createPublicity } from './publicity.ts'
import type { Outcome } from './resolve.ts'
import { type createValidators, etagInputs, hasMembersLink, isBlob, isOwnBlob } from './validators.ts'

export interface AdmitOptions {
  cache: Cache
  etags: EtagScheme
  validators: ReturnType<typeof createValidators>
  publicity: ReturnType<typeof createPublicity>
  targets: Targets
  visibility: Visibility
  limits: Limits
  emit: Emit
  now: () => number
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
  const { cache, etags, validators, publicity, targets, visibility, limits, emit, now } = options
  const notFound = new LRUCache<string, { answer: OriginAnswer; until: number }>({ max: 1000 })
  const revoked = new LRUCache<string, number>({ max: mostRemembered })
  // The last two bodies of a key: one that comes back for another viewer shows that the route varies.
  const seen = new LRUCache<string, { hash: string; viewer: string }[]>({ max: mostRemembered })
  const varying = new Set<string>()

  function varies({ route }: Target, key: string, hash: string, viewer: string): boolean {
    const [last, before] = seen.get(key) ?? []
    if (last?.hash !== hash) {
      seen.set(key, [{ hash, viewer }, ...(last ? [last] : [])])
      if (before?.hash === hash && last?.viewer !== viewer) varying.add(route.template)
    }
    return route.varies === true || varying.has(route.template)
  }

  return {
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
      const { validator, body } = await etags.classify(
        live.get('etag'),
        forms(received, json),
        etagInputs(request),
        viewer
      )
      const hash = await sha256Hex(body)
      if (validator === 'verbatim') validators.remember(target.key, hash, request, live.get('etag') as string)
      const { variant, secret, damaged, hidden, items, repository } = await inspect(body, json, target.repository)
      // Handed on, as plain fetch does, but not kept: a 304 would make it fresh again and again.
      if (
        damaged ||
        (!json && validator === 'object' && isRaw(target.accept) && !(await isBlob(body, live.get('etag'))))
      )
        return undefined
      publicity.learnAlias(target, live.get('link'))
      publicity.learn({ ...target, viewer }, sentAt, repository)
      if (redirected) publicity.learn(request, sentAt, repository)
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
        ...publicity.of({ viewer, repository: target.repository }, sentAt),
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
        publicity.learn(request, sentAt, shown)
      }
      const change = (held: Entry): Entry => ({
        ...held,
        ...proven,
        ...publicity.of(request, sentAt, held),
        headers: refreshedHeaders(held.headers, headers),
        // A time ahead of GitHub's clock was of a wrong one.
        asOf: held.asOf > now() + limits.clockSkewMs ? sentAt : Math.max(held.asOf, sentAt),
        anonymous: held.anonymous || request.viewer === anonymous,
        confirmed: withAnswer(held.confirmed, request.viewer, sentAt)
      })
      await cache.touch(request.key, (held) => (held.hash === entry.hash ? change(held) : held))
      const refreshed = change(entry)
      if (refreshed.from === undefined) publicity.learnAlias(request, refreshed.headers.link)
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
