import { LRUCache } from 'lru-cache'
import { type Bytes, concat } from '../bytes.ts'
import type { FetchInput } from '../web-types.ts'
import type { Clock } from './clock.ts'
import { limitedForMs, type Quota, quotaOf, resourceOf } from './rate-limit.ts'
import type { ApiRequest } from './request.ts'
import type { ViewerHeaders } from './viewer-headers.ts'

/** What GitHub answered, its body read, or left to the caller where it is larger than the cache takes. */
export interface OriginAnswer {
  status: number
  statusText: string
  headers: Headers
  /** After redirects. */
  url: string
  /** When the request was sent, ms on GitHub's clock. */
  sentAt: number
  body: Bytes | undefined
  /** The answer itself, to be handed on, when its body was too large to read. */
  oversized?: Response
  /** Set for a rate-limited answer: how long to wait, ms. */
  limitedMs?: number | undefined
}

/** One condition a request, never both (RFC 9110, section 13.1.3). */
export interface Condition {
  ifNoneMatch?: string | undefined
  ifModifiedSince?: string
}

export interface Origin {
  /** Asks GitHub. Rejects as fetch does. */
  ask(
    request: Pick<ApiRequest, 'url' | 'path' | 'accept' | 'apiVersion' | 'headers' | 'authorization' | 'viewer'>,
    condition?: Condition,
    signal?: AbortSignal | null
  ): Promise<OriginAnswer>
  /** Sends a request as it is; `isOurs`: to GitHub, whose clock an answer tells. */
  pass(input: FetchInput, init?: RequestInit, isOurs?: boolean): Promise<Response>
  /** Until when a viewer's requests of this kind are rate-limited, ms on GitHub's clock; 0 when they are not. */
  limitedUntil(request: Pick<ApiRequest, 'viewer' | 'path'>): number
}

export interface OriginOptions {
  /** Default: the global one, as it was at import. */
  fetch?: typeof globalThis.fetch | undefined
  clock: Clock
  localNow: () => number
  counters: { called(units: number): void; quota(resource: string, quota: Quota): void }
  viewerHeaders: Pick<ViewerHeaders, 'learn'>
  /** How long the head of an answer took, ms. */
  answeredAfter(ms: number): void
  maxBytes: number
  /** Whether redirects can be seen, and so be followed by hand: in Node, not in browsers. */
  seesRedirects: boolean
}

const followed = new Set([301, 307, 308])
const maxRedirects = 5

// Taken once: with `globalThis.fetch = mesh.fetch` a later look would find the mesh itself.
const ownFetch = globalThis.fetch

/** The platform's, as it was when this was imported. */
export const platformFetch: typeof globalThis.fetch = (...args) => ownFetch(...args)

/** The only place that asks GitHub for answers. */
export function createOrigin({
  fetch = platformFetch,
  clock,
  localNow,
  counters,
  viewerHeaders,
  answeredAfter,
  maxBytes,
  seesRedirects
}: OriginOptions): Origin {
  const limited = new LRUCache<string, number>({ max: 1000 })

  /** A proxy's error page has a clock of its own; what GitHub answers bears a request id. */
  function learn({ headers }: Response, started: number): void {
    if (headers.has('x-github-request-id')) clock.learn(headers, started, localNow())
  }

  return {
    async pass(input, init, isOurs) {
      const started = localNow()
      // Not a method of `options`: browsers' fetch must be called without a receiver.
      const response = await fetch(input, init)
      if (isOurs) learn(response, started)
      return response
    },
    limitedUntil: ({ viewer, path }) =>
      Math.max(limited.get(viewer) ?? 0, limited.get(`${viewer} ${resourceOf(path)}`) ?? 0),

    async ask(request, condition = {}, signal = null) {
      const headers = new Headers(request.headers)
      headers.set('accept', request.accept)
      if (condition.ifNoneMatch) headers.set('if-none-match', condition.ifNoneMatch)
      else if (condition.ifModifiedSince) headers.set('if-modified-since', condition.ifModifiedSince)
      let url = request.url.href
      for (let redirects = 0; ; redirects++) {
        const started = localNow()
        const startedAt = performance.now()
        const response = await fetch(url, {
          headers,
          cache: 'no-store',
          credentials: 'omit',
          redirect: seesRedirects ? 'manual' : 'follow',
          signal
        })
        answeredAfter(performance.now() - startedAt)
        learn(response, started)
        viewerHeaders.learn(request, response.headers)
        // By what this answer has taught of GitHub's clock: a first one must not bear the time of a wrong clock.
        const sentAt = started + clock.offsetMs
        const { status } = response
        counters.called(status === 304 && request.authorization !== undefined ? 0 : 1)
        const quota = quotaOf(response.headers)
        if (quota)
          counters.quota(quota.resource, { limit: quota.limit, remaining: quota.remaining, resetAt: quota.resetAt })
        const next = status >= 300 && status < 400 && status !== 304 ? response.headers.get('location') : null
        if (next !== null && redirects < maxRedirects) {
          await response.body?.cancel()
          const target = URL.parse(next, url)
          if (followed.has(status) && target?.origin === request.url.origin) {
            url = target.href
            continue
          }
          // A signed URL elsewhere must not get the token.
          if (target?.origin !== request.url.origin) headers.delete('authorization')
          // Nor is the condition, which is made of it and is about another body.
          for (const name of ['if-none-match', 'if-modified-since']) headers.delete(name)
          const elsewhere = await fetch(target ?? next, { headers, cache: 'no-store', credentials: 'omit', signal })
          return { ...head(elsewhere, target?.href ?? next), sentAt, body: undefined, oversized: elsewhere }
        }
        const { body, rest } = await read(response, maxBytes)
        const answer: OriginAnswer = { ...head(response, url), sentAt, body }
        if (rest)
          answer.oversized = new Response(rest, { status, statusText: response.statusText, headers: response.headers })
        if (body && (status === 403 || status === 429)) {
          answer.limitedMs = limitedForMs(status, response.headers, new TextDecoder().decode(body), clock.now())
          if (answer.limitedMs !== undefined) {
            // A secondary limit is for all that a user does, the primary one for one resource.
            const scope = quota?.remaining === 0 ? `${request.viewer} ${quota.resource}` : request.viewer
            limited.set(scope, clock.now() + answer.limitedMs)
          }
        } else limited.delete(request.viewer)
        return answer
      }
    }
  }
}

const head = ({ status, statusText, headers, url }: Response, asked: string) => ({
  status,
  statusText,
  headers,
  url: url || asked
})

/** The whole body, or a stream of it once it turns out to be larger than the bound. */
async function read(
  response: Response,
  maxBytes: number
): Promise<{ body?: Bytes; rest?: ReadableStream<Uint8Array> }> {
  if (!response.body) return { body: new Uint8Array() }
  const reader = response.body.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return { body: concat(...chunks) }
    chunks.push(value)
    length += value.byteLength
    if (length > maxBytes) break
  }
  const rest = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = chunks.shift() ?? (await reader.read()).value
      if (chunk) controller.enqueue(chunk)
      else controller.close()
    },
    cancel: (reason) => reader.cancel(reason)
  })
  return { rest }
}
