import { type Bytes, sha256Hex, text } from '../bytes.ts'
import type { Cache } from '../cache/cache.ts'
import { withAnswer } from '../confirmations.ts'
import type { Entry } from '../entry.ts'
import type { Emit } from '../events.ts'
import type { LeaseEnd } from '../exchange/leases.ts'
import { type EtagScheme, opaqueTag } from '../github/etag.ts'
import { keptHeaders, maxAgeMs, refreshedHeaders } from '../github/headers.ts'
import { inspect } from '../github/inspect.ts'
import { compact } from '../github/json.ts'
import { isJson, isRaw, versionClass } from '../github/key.ts'
import type { OriginAnswer } from '../github/origin.ts'
import { type ApiRequest, anonymous, type Target, type Targets } from '../github/request.ts'
import { showsRepository } from '../github/routes.ts'
import type { Limits } from '../limits.ts'
import { staysHere } from '../rules/share.ts'
import type { NegativeCache } from './negative-cache.ts'
import type { createPublicity } from './publicity.ts'
import { type createValidators, etagInputs, hasMembersLink, isBlob, isOwnBlob } from './validators.ts'
import { createVariation } from './variation.ts'

export interface AdmissionOptions {
  cache: Cache
  etags: EtagScheme
  validators: ReturnType<typeof createValidators>
  publicity: ReturnType<typeof createPublicity>
  targets: Targets
  missing: Pick<NegativeCache, 'delete'>
  limits: Pick<Limits, 'clockSkewMs'>
  emit: Emit
  githubNow: () => number
  /** The user's own narrowing of what is shared. */
  narrow?: ((request: Request, response: Response) => boolean) | undefined
  /** An entry is held, new or seen current, and may be told to members if it is public or the group shares all. */
  announce(request: ApiRequest, key: string, entry: Entry, wasPublic?: boolean): Promise<LeaseEnd>
}

/** An entry that was made or renewed, and what members that wait for it can have; absent where it stays here. */
export interface Admitted {
  entry: Entry
  told?: Promise<LeaseEnd> | undefined
}

/** Makes entries of GitHub's answers: new ones of a 200, renewed ones of a 304. */
export function createAdmission(options: AdmissionOptions) {
  const { cache, etags, validators, publicity, targets, missing, limits, emit, githubNow, announce } = options
  const varies = createVariation()

  /** What was asked for, or what a redirect led to; undefined where that is not the cache's. */
  async function targetOf(request: ApiRequest, url: string): Promise<Target | undefined> {
    if (url === request.url.href) return request
    const asked = {
      accept: request.headers.get('accept'),
      apiVersion: request.headers.get('x-github-api-version'),
      viewer: request.viewer
    }
    const target = await targets.find({ ...asked, href: url })
    if (target) targets.moved({ ...asked, href: request.url.href }, target)
    return target
  }

  /** The entry that an answer makes, or undefined for one that is handed on and not kept. */
  async function entryOf(
    request: ApiRequest,
    target: Target,
    { headers: live, sentAt }: OriginAnswer,
    received: Bytes,
    freshMs: number
  ): Promise<Entry | undefined> {
    const { apiVersion, viewer } = request
    const json = isJson(live.get('content-type') ?? '')
    // A page of a proxy or portal instead of the API's answer.
    if (!json && isJson(request.accept)) return undefined
    const inputs = etagInputs(request)
    const { validator, body } = await etags.classify(live.get('etag'), forms(received, json), inputs, viewer)
    const hash = await sha256Hex(body)
    if (validator === 'verbatim') validators.remember(target.key, hash, request, live.get('etag') as string)
    const found = await inspect(body, json, target.repository)
    // A 304 would make what is damaged fresh again and again.
    if (found.damaged) return undefined
    const isRawObject = !json && validator === 'object' && isRaw(target.accept)
    if (isRawObject && !(await isBlob(body, live.get('etag')))) return undefined
    publicity.learnAlias(target, live.get('link'))
    publicity.learn({ ...target, viewer }, sentAt, found.repository)
    if (target !== request) publicity.learn(request, sentAt, found.repository)
    return {
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
      variant: found.variant || varies(target, hash, viewer),
      local: staysHere({
        ...found,
        hidden: found.hidden || (target.route.hidesDrafts === true && found.draft),
        shareable: target.shareable,
        viewer,
        accept: target.accept,
        json,
        narrowedOut: isNarrowedOut(options.narrow, target, entryResponse(body, live))
      }),
      maxAgeMs: freshMs,
      items: found.items,
      confirmed: { [viewer]: sentAt }
    }
  }

  return {
    /** Takes a 200: checks it, stores it, and tells members what may be shared. Undefined when it is not kept. */
    async admit(request: ApiRequest, answer: OriginAnswer): Promise<Admitted | undefined> {
      const { headers, body, url } = answer
      const { graphql } = request
      const freshMs = graphql?.freshMs ?? maxAgeMs(headers.get('cache-control') ?? undefined)
      if (!body || freshMs === undefined) return undefined
      if (graphql && !(await import('../github/graphql-question.ts')).isWholeAnswer(text(body))) return undefined
      const selected = headers.get('x-github-api-version-selected')
      if (selected !== null && versionClass(selected) !== request.apiVersion) return undefined
      const target = await targetOf(request, url)
      const entry = target && (await entryOf(request, target, answer, body, freshMs))
      if (!entry) return undefined
      const { key } = target
      missing.delete(key, request.viewer)
      await cache.add(key, entry)
      emit('stored', { url: request.url.href, key, bytes: entry.body.byteLength })
      const told = entry.local ? undefined : announce({ ...request, ...target }, key, entry)
      // Those that wait, wait for what was asked for; what it led to they have to find themselves.
      return { entry, told: key === request.key ? told : undefined }
    },

    /** Takes a 304 for an entry: renews it, stores it, and tells members. */
    async refresh(request: ApiRequest, entry: Entry, { headers, sentAt }: OriginAnswer): Promise<Admitted> {
      // Only an ETag that can be computed from the body proves the body; then it is as good as an own one, but not its `Link`.
      const isTrue = entry.validator === 'portable' || (await isOwnBlob(entry))
      const isProven = isTrue && (headers.has('link') || !(await hasMembersLink(entry, request.url)))
      const proven = isProven ? { from: undefined, takenAt: undefined } : {}
      if (isTrue || entry.from === undefined) {
        const shows = showsRepository(request.path) && isJson(request.accept)
        const shown = shows ? (await inspect(entry.body, true, request.repository)).repository : undefined
        publicity.learn(request, sentAt, shown)
      }
      const isAhead = (at = 0) => at > githubNow() + limits.clockSkewMs
      const change = (held: Entry): Entry => ({
        ...held,
        ...proven,
        ...publicity.of(request, sentAt, held),
        headers: refreshedHeaders(held.headers, headers),
        // A time ahead of GitHub's clock was of a wrong one.
        asOf: isAhead(held.asOf) ? sentAt : Math.max(held.asOf, sentAt),
        anonymous: held.anonymous || request.viewer === anonymous,
        confirmed: isAhead(held.confirmed[request.viewer])
          ? { ...held.confirmed, [request.viewer]: sentAt }
          : withAnswer(held.confirmed, request.viewer, sentAt)
      })
      await cache.touch(request.key, (held) => (held.hash === entry.hash ? change(held) : held))
      const refreshed = change(entry)
      if (refreshed.from === undefined) publicity.learnAlias(request, refreshed.headers.link)
      const told =
        refreshed.local || request.isAudit ? undefined : announce(request, request.key, refreshed, entry.public)
      return { entry: refreshed, told }
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
export function isNarrowedOut(
  narrow: AdmissionOptions['narrow'],
  { url, accept }: Pick<Target, 'url' | 'accept'>,
  response: () => Response
): boolean {
  try {
    return narrow !== undefined && !narrow(new Request(url, { headers: { accept } }), response())
  } catch {
    return true
  }
}
