import { cacheStatus } from 'ghmesh'
import type { Failure } from './problem.ts'

export type SourceKind = 'own' | 'member' | 'github' | 'stale'

/** Where an answer came from, and when GitHub was asked for it, in milliseconds since the epoch. */
export interface Source {
  kind: SourceKind
  /** Why GitHub could not answer; of stale answers only. */
  reason?: Failure
  askedAt: number
}

/** Reads `Cache-Status` (RFC 9211) and `Age`, which every answer of the mesh carries. */
export function sourceOf(response: Pick<Response, 'headers'>, now: number): Source {
  const status = cacheStatus(response)
  const askedAt = now - Number(response.headers.get('age') ?? 0) * 1000
  const reason = status?.detail?.startsWith('stale-') ? status.detail.slice('stale-'.length) : undefined
  if (reason) return { kind: 'stale', reason: reason as Failure, askedAt }
  if (status?.hit) return { kind: status.source === 'member' ? 'member' : 'own', askedAt }
  return { kind: 'github', askedAt }
}

/** Of several pages: the one that is stale, or else the oldest. */
export const worstOf = (sources: readonly Source[]): Source | undefined =>
  sources.toSorted((a, b) => Number(b.kind === 'stale') - Number(a.kind === 'stale') || a.askedAt - b.askedAt)[0]
