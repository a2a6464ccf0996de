/**
 * The response headers that are kept: what describes the body. Never cookies, scopes, rate limits or request ids,
 * and no ETag, which is bound to a token.
 */
const kept = [
  'content-type',
  'content-language',
  'cache-control',
  'last-modified',
  'link',
  'x-github-media-type',
  'x-github-api-version-selected',
  'x-poll-interval',
  'deprecation',
  'sunset'
]

export function keptHeaders(headers: Headers): Record<string, string> {
  const out: Record<string, string> = {}
  for (const name of kept) {
    const value = headers.get(name)
    if (value !== null) out[name] = value
  }
  return out
}

/** A 304's headers win over the stored ones; absent ones leave them (RFC 9111, section 4.3.4). */
export const refreshedHeaders = (stored: Readonly<Record<string, string>>, live: Headers): Record<string, string> => ({
  ...stored,
  ...keptHeaders(live)
})

/** How long an own answer is fresh, by its `cache-control`; undefined where it may not be stored at all. */
export function maxAgeMs(cacheControl: string | undefined): number | undefined {
  if (/\bno-store\b/i.test(cacheControl ?? '')) return undefined
  if (cacheControl === undefined || /\bno-cache\b/i.test(cacheControl)) return 0
  return Number(/\bmax-age=(\d{1,9})\b/i.exec(cacheControl)?.[1] ?? 0) * 1000
}

/** How long ago a cache on the way got an answer, ms (RFC 9111, section 5.1); 0 for what comes from GitHub itself. */
export const ageMs = (headers: Headers): number => 1000 * Number(/^\d{1,9}/.exec(headers.get('age') ?? '')?.[0] ?? 0)
