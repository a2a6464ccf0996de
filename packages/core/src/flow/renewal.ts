import type { Cache } from '../cache/cache.ts'
import { withAnswer } from '../confirmations.ts'
import type { Entry } from '../entry.ts'
import { maxAgeMs, refreshedHeaders } from '../github/headers.ts'
import { type Inspection, inspect } from '../github/inspect.ts'
import { isJson } from '../github/key.ts'
import type { OriginAnswer } from '../github/origin.ts'
import { type ApiRequest, anonymous } from '../github/request.ts'
import { showsRepository } from '../github/routes.ts'
import type { Limits } from '../limits.ts'
import type { Admitted, AnnounceEntry } from './admitted.ts'
import { hasMembersLink, isOwnBlob } from './doubts.ts'
import type { createPublicity } from './publicity.ts'

export interface RenewalOptions {
  cache: Pick<Cache, 'touch'>
  publicity: ReturnType<typeof createPublicity>
  limits: Pick<Limits, 'clockSkewMs'>
  githubNow: () => number
  announce: AnnounceEntry
}

/** Takes a 304 for an entry: renews it, stores it, and tells members. */
export function createRenewal({ cache, publicity, limits, githubNow, announce }: RenewalOptions) {
  // The body stays the same with each 304, and to look into a long list takes milliseconds.
  const inspections = new WeakMap<Entry['body'], Promise<Inspection>>()

  async function shownBy({ path, accept, repository }: ApiRequest, { body }: Entry): Promise<Inspection['repository']> {
    if (!showsRepository(path) || !isJson(accept)) return undefined
    const inspection = inspections.get(body) ?? inspect(body, true, repository)
    inspections.set(body, inspection)
    return (await inspection).repository
  }

  return async (request: ApiRequest, entry: Entry, { headers, sentAt }: OriginAnswer): Promise<Admitted> => {
    // Only an ETag that can be computed from the body proves the body; then it is as good as an own one, but not its `Link`.
    const isTrue = entry.validator === 'portable' || (await isOwnBlob(entry))
    const isProven = isTrue && (headers.has('link') || !(await hasMembersLink(entry, request.url)))
    const proven = isProven ? { from: undefined, takenAt: undefined } : {}
    if (isTrue || entry.from === undefined) publicity.learn(request, sentAt, await shownBy(request, entry))
    const { viewer } = request
    const latest = githubNow() + limits.clockSkewMs
    const said = headers.get('cache-control')
    // A time ahead of GitHub's clock was of a wrong one, be it of a look or of a refusal.
    const confirmed = (held: Entry): Entry => ({
      ...held,
      confirmed:
        Math.abs(held.confirmed[viewer] ?? 0) > latest
          ? { ...held.confirmed, [viewer]: sentAt }
          : withAnswer(held.confirmed, viewer, sentAt)
    })
    const renewed = (held: Entry): Entry => ({
      ...confirmed(held),
      ...proven,
      ...publicity.of(request, sentAt, held),
      headers: refreshedHeaders(held.headers, headers),
      // Of the two the shorter: what GitHub has not worked out yet has none.
      maxAgeMs: said === null ? held.maxAgeMs : Math.min(held.maxAgeMs, maxAgeMs(said) ?? 0),
      asOf: held.asOf > latest ? sentAt : Math.max(held.asOf, sentAt),
      anonymous: held.anonymous || viewer === anonymous
    })
    // As this member's own it would be for nobody else until its repository is looked up, and an audit is to cost nothing.
    const change = request.isAudit ? confirmed : renewed
    const refreshed = change(entry)
    if (refreshed.from === undefined) publicity.learnAlias(request.url, refreshed.headers.link)
    const told =
      refreshed.local || request.isAudit ? undefined : announce(request, request.key, refreshed, entry.public)
    // Only now: a member that asks for it as it is renewed has to wait for what becomes of it.
    await cache.touch(request.key, (held) => (held.hash === entry.hash ? change(held) : held))
    return { entry: refreshed, told }
  }
}
