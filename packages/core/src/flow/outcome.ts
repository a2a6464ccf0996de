import type { CacheStatus } from '../cache-status.ts'
import type { Entry } from '../entry.ts'
import type { LeaseEnd } from '../exchange/lease.ts'
import type { OriginAnswer } from '../github/origin.ts'
import type { ApiRequest } from '../github/request.ts'
import { ttlMs } from '../rules/fresh.ts'
import { type Asker, type Assessment, servable } from '../rules/serve.ts'
import type { Counter } from '../stats.ts'

/** How a request ended: with an entry, or with an answer from GitHub that is not cached. */
export interface Outcome {
  /** What it counts as. */
  how: Counter | 'absent'
  status: CacheStatus
  entry?: Entry | undefined
  answer?: OriginAnswer | undefined
  /** The call of GitHub that it took, and whether that cost nothing. */
  call?: { free: boolean } | undefined
  /** What members that wait can have of it; absent where nothing was asked of GitHub, or nobody else may have it. */
  told?: Promise<LeaseEnd> | undefined
  /** Who asked, and so may see `answer` and its headers. */
  viewer: string
}

/** What the cache holds, if it may be sent at once. */
export function fromCache(
  { mode, viewer }: ApiRequest,
  assessment: Assessment | undefined,
  asker: Asker
): Outcome | undefined {
  const entry = servable(mode, assessment)
  if (!entry) return undefined
  const isPeers = entry.from !== undefined
  return {
    how: isPeers ? 'peerHits' : 'hits',
    status: { hit: true, ...(isPeers && { detail: 'peer' }), ttlMs: ttlMs(entry, asker) },
    entry,
    viewer
  }
}

/** Nothing was sent: GitHub's last refusal of this token still holds. */
export const heldBack: CacheStatus = { detail: 'rate-limit' }

/** Which request an event is about. */
export const step = ({ url, key }: ApiRequest) => ({ url: url.href, key })
