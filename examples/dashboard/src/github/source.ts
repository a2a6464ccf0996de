export type SourceKind = 'own' | 'member' | 'github' | 'stale'

/** Where an answer came from, and when GitHub was asked for it, in milliseconds since the epoch. */
export interface Source {
  kind: SourceKind
  /** Why GitHub could not answer; of stale answers only. */
  reason?: 'rate-limit' | 'server-error' | 'network'
  askedAt: number
}

/** Reads `Cache-Status` (RFC 9211) and `Age`, which every answer of the mesh carries. */
export function sourceOf(headers: Headers, now: number): Source {
  const status = headers.get('cache-status') ?? ''
  const askedAt = now - Number(headers.get('age') ?? 0) * 1000
  const reason = /detail=stale-(rate-limit|server-error|network)/.exec(status)?.[1] as Source['reason']
  if (reason) return { kind: 'stale', reason, askedAt }
  if (/;\s*hit/.test(status)) return { kind: /detail=peer/.test(status) ? 'member' : 'own', askedAt }
  return { kind: 'github', askedAt }
}
