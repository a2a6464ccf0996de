import type { Purges } from '../cache/purges.ts'
import { type ApiRequest, anonymous } from '../github/request.ts'
import type { Visibility } from '../github/visibility.ts'
import type { Limits } from '../limits.ts'
import type { Asker } from '../rules/serve.ts'
import type { Rights } from './rights.ts'

export interface AskerOptions {
  githubNow: () => number
  /** The user's own lifetime of answers, ms: one for all, or by URL. */
  ttlMs?: (number | ((url: URL) => number | undefined)) | undefined
  purges: Pick<Purges, 'at'>
  rights: Pick<Rights, 'revokedAt'>
  visibility: Pick<Visibility, 'isHidden' | 'isOpen'>
  trusts(peerId: string | undefined): boolean
  limits: Limits
}

/** The caller of a request, and what this member believes at this moment. */
export function createAskerOf(options: AskerOptions): (request: ApiRequest) => Asker {
  const { githubNow, ttlMs, purges, rights, visibility, trusts, limits } = options
  return (request) => ({
    viewer: request.viewer,
    anonymous: request.viewer === anonymous,
    githubNow: githubNow(),
    freshMs: request.graphql?.freshMs ?? (typeof ttlMs === 'function' ? ttlMs(request.url) : ttlMs),
    purgedAt: purges.at(request.canonical),
    revokedAt: rights.revokedAt(request),
    hidden: request.repository !== undefined && visibility.isHidden(request.repository),
    isOpen: visibility.isOpen,
    trusts,
    limits
  })
}
