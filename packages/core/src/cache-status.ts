import type { StaleReason } from './events.ts'

/** Why GitHub was asked (RFC 9211, section 2.2). */
export type ForwardReason = 'uri-miss' | 'vary-miss' | 'stale' | 'request'

/** What a response's `Cache-Status` says (RFC 9211), as a value. */
export interface CacheStatus {
  /** Answered without GitHub. */
  hit?: true | undefined
  /** GitHub was asked, for this reason. */
  forward?: ForwardReason | undefined
  /** The status of GitHub's answer. */
  forwardStatus?: number | undefined
  /** GitHub's answer is in the cache now. */
  stored?: true | undefined
  /** The answer to another request that was under way. */
  collapsed?: true | undefined
  /**
   * `peer`: a member's body. `not-found`: a 404 of a moment ago. `peek`: whatever is held. `only-if-cached`: nobody has it.
   * `rate-limit`: GitHub's last refusal, for the token's limit is not over. `stale-…`: an older answer, and why GitHub could not
   * give a new one.
   */
  detail?: 'peer' | 'not-found' | 'peek' | 'only-if-cached' | 'rate-limit' | `stale-${StaleReason}` | undefined
  /** How long the answer stays fresh, in ms; negative once it is stale. Absent where this member does not know. */
  ttlMs?: number
}

/** Who gave an answer: this member's cache, a member, GitHub, or nobody. */
export type Source = 'cache' | 'member' | 'github' | 'nobody'

/** The header that stands for a value. */
export function formatCacheStatus({ hit, forward, forwardStatus, stored, collapsed, detail }: CacheStatus): string {
  const parts = [
    'ghmesh',
    hit && 'hit',
    forward && `fwd=${forward}`,
    forwardStatus && `fwd-status=${forwardStatus}`,
    stored && 'stored',
    collapsed && 'collapsed',
    detail && `detail=${detail}`
  ]
  return parts.filter(Boolean).join('; ')
}

// The lifetime is not in the header: it is known only for the response object itself.
const values = new WeakMap<object, CacheStatus>()

/** Remembers the value of a response that this member has made. */
export const setCacheStatus = (response: Response, status: CacheStatus): void => void values.set(response, status)

/**
 * Where a response came from and why: the value behind its `Cache-Status`. Works for responses of `mesh.fetch`, and for those
 * that came through `ghmesh proxy`, which say nothing of their lifetime. Undefined for a response that did not go through a mesh.
 */
export function cacheStatus(response: Pick<Response, 'headers'>): (CacheStatus & { source: Source }) | undefined {
  const status = values.get(response) ?? parseCacheStatus(response.headers.get('cache-status'))
  return status && { ...status, source: sourceOf(status) }
}

function sourceOf({ hit, forwardStatus, detail }: CacheStatus): Source {
  if (detail === 'only-if-cached') return 'nobody'
  if (detail === 'peer') return 'member'
  // GitHub has only confirmed what the cache held, or could not answer at all.
  return hit || forwardStatus === 304 || detail === 'rate-limit' || detail?.startsWith('stale-') ? 'cache' : 'github'
}

/** Of several caches on the way (RFC 9211, section 2: the last is the nearest), the mesh's own; others are ignored. */
function parseCacheStatus(header: string | null): CacheStatus | undefined {
  const own = header
    ?.split(',')
    .map((cache) => cache.split(';').map((part) => part.trim()))
    .findLast(([name]) => name === 'ghmesh')
  if (!own) return undefined
  const parameters = new Map(own.slice(1).map((part) => part.split('=', 2) as [string, string | undefined]))
  const forwardStatus = Number(parameters.get('fwd-status'))
  return {
    ...(parameters.has('hit') && { hit: true }),
    ...(parameters.get('fwd') && { forward: parameters.get('fwd') as ForwardReason }),
    ...(forwardStatus > 0 && { forwardStatus }),
    ...(parameters.has('stored') && { stored: true }),
    ...(parameters.has('collapsed') && { collapsed: true }),
    ...(parameters.get('detail') && { detail: parameters.get('detail') as CacheStatus['detail'] })
  }
}
