import { text } from '../bytes.ts'
import type { Cache } from '../cache/cache.ts'
import { MeshError } from '../errors.ts'
import type { Emit } from '../events.ts'
import type { Api } from '../github/api.ts'
import type { EtagScheme } from '../github/etag.ts'
import { createEtagLabels } from '../github/etag-labels.ts'
import { maxAgeMs } from '../github/headers.ts'
import { versionClass } from '../github/key.ts'
import type { OriginAnswer } from '../github/origin.ts'
import type { ApiRequest, Target, Targets } from '../github/request.ts'
import type { Visibility } from '../github/visibility.ts'
import type { Limits } from '../limits.ts'
import { variesByMore } from '../rules/varies-by-more.ts'
import type { Admitted, AnnounceEntry } from './admitted.ts'
import { createGuessEmpty } from './guess-empty.ts'
import type { Narrow } from './narrow.ts'
import type { NegativeCache } from './negative-cache.ts'
import { createNewEntry } from './new-entry.ts'
import { createPublicity } from './publicity.ts'
import { createRenewal } from './renewal.ts'
import type { createValidators } from './validators.ts'

export interface AdmissionOptions {
  api: Api
  cache: Cache
  etags: EtagScheme
  validators: ReturnType<typeof createValidators>
  visibility: Visibility
  targets: Targets
  missing: Pick<NegativeCache, 'delete'>
  limits: Pick<Limits, 'clockSkewMs' | 'visibilityMs'>
  emit: Emit
  githubNow: () => number
  /** The user's own narrowing of what is shared. */
  narrow?: Narrow | undefined
  announce: AnnounceEntry
}

const driftMessage = "GitHub's ETags cannot be recomputed; until they can, stale answers of members are fetched anew"

/** Makes entries of GitHub's answers: new ones of a 200, renewed ones of a 304. */
export function createAdmission(options: AdmissionOptions) {
  const { cache, etags, validators, targets, missing, emit, narrow, announce } = options
  const { limits, githubNow } = options
  const labels = createEtagLabels(etags, githubNow, () => emit('warning', new MeshError('ERR_PROTOCOL', driftMessage)))
  const publicity = createPublicity(options)
  const entryOf = createNewEntry({ etags: labels, validators, publicity, narrow })

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

  /** Takes a 200: checks it, stores it, and tells members what may be shared. Undefined when it is not kept. */
  async function admit(request: ApiRequest, answer: OriginAnswer): Promise<Admitted | undefined> {
    const { headers, body, url } = answer
    const { graphql } = request
    const freshMs = graphql?.freshMs ?? maxAgeMs(headers.get('cache-control') ?? undefined)
    if (!body || freshMs === undefined) return undefined
    if (graphql && !(await import('../github/graphql-question.ts')).isWholeAnswer(text(body))) return undefined
    const selected = headers.get('x-github-api-version-selected')
    if (selected !== null && versionClass(selected) !== request.apiVersion) return undefined
    if (variesByMore(headers.get('vary'), request.headers)) return undefined
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
  }

  return {
    admit,
    refresh: createRenewal({ cache, publicity, limits, githubNow, announce }),
    guessEmpty: createGuessEmpty({ etags: { compute: etags.compute, holdsFor: labels.holdsFor }, admit })
  }
}
