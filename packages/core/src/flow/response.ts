import { LRU } from 'tiny-lru'
import { abortable } from '../abort.ts'
import { type CacheStatus, cacheStatus as cacheStatusOf, formatCacheStatus, setCacheStatus } from '../cache-status.ts'
import type { Entry } from '../entry.ts'
import type { OriginAnswer } from '../github/origin.ts'
import type { ApiRequest } from '../github/request.ts'
import type { ViewerHeaders } from '../github/viewer-headers.ts'

/** Who asked, as far as the answer needs to know. */
type Caller = Pick<ApiRequest, 'signal'>

/** Where a response comes from. */
type Place = Pick<Response, 'url' | 'redirected'>

const placeOf = (url: string, request: Partial<Pick<ApiRequest, 'url' | 'redirected'>>): Place => ({
  url,
  redirected: request.redirected ?? (request.url?.href ?? url) !== url
})

const reads = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'] as const

/**
 * A Response as fetch would have made it: with `url`, which the constructor cannot set and Octokit needs, with `redirected`, and
 * with a body that cannot be read any more once the caller's signal aborts (https://fetch.spec.whatwg.org/#dom-global-fetch, step 11).
 */
class MeshResponse extends Response {
  readonly #place: Place
  readonly #caller: Caller

  static {
    for (const name of reads) {
      const read = Response.prototype[name] as (() => Promise<unknown>) | undefined
      // Not every browser has `bytes`.
      if (read)
        Object.assign(MeshResponse.prototype, {
          [name](this: MeshResponse) {
            return abortable(read.call(this), this.#caller.signal)
          }
        })
    }
  }

  constructor(body: BodyInit | null, init: ResponseInit, place: Place, cacheStatus: CacheStatus, caller: Caller) {
    super(body, init)
    // Not the response itself, which a clone would keep with its body.
    this.#place = { url: place.url, redirected: place.redirected }
    this.#caller = caller
    setCacheStatus(this, cacheStatus)
  }

  override get url(): string {
    return this.#place.url
  }

  override get redirected(): boolean {
    return this.#place.redirected
  }

  override clone(): Response {
    const { body, status, statusText, headers } = super.clone()
    return new MeshResponse(body, { status, statusText, headers }, this, cacheStatusOf(this) ?? {}, this.#caller)
  }
}

const bodiless = new Set([204, 205, 304])
// The body is decoded and its length may have changed with white space.
const ofTheMessage = new Set(['content-encoding', 'content-length', 'transfer-encoding', 'connection', 'keep-alive'])

/** The answer of GitHub that just brought or confirmed an entry. */
type Live = Pick<OriginAnswer, 'headers' | 'url'>

// Nor is what we say of the answer taken from a proxy before us.
const notTaken = new Set([...ofTheMessage, 'age', 'cache-status'])

type Asked = Pick<ApiRequest, 'method' | 'signal'> & Partial<Pick<ApiRequest, 'url' | 'redirected'>>

export interface Responder {
  /** From an entry; `live` are the headers of the answer that just confirmed or brought it. */
  fromEntry(request: ApiRequest, entry: Entry, status: CacheStatus, live?: Live): Promise<Response> | Response
  /** An answer of GitHub that is no entry, as it came. */
  fromAnswer(request: Asked, answer: OriginAnswer, status: CacheStatus): Response
  /** 304 in place of a whole answer. */
  notModified(response: Response): Response
  /** 504, the Fetch standard's network error in terms of HTTP (RFC 9111, section 5.2.1.7). */
  absent(request: ApiRequest, status: CacheStatus): Response
}

export interface ResponderOptions {
  githubNow(): number
  /** The ETag that this request would get from GitHub, if that can be told. */
  etagFor(entry: Entry, request: ApiRequest): Promise<string | undefined>
  viewerHeaders: Pick<ViewerHeaders, 'of'>
}

export function createResponder({ githubNow, etagFor, viewerHeaders }: ResponderOptions): Responder {
  const etags = new LRU<string>(4096)
  // What does not change from hit to hit is put together once.
  const fixed = new WeakMap<Entry, Record<string, string>>()

  const age = (asOf: number) => String(Math.max(0, Math.floor((githubNow() - asOf) / 1000)))

  function fixedHeaders(entry: Entry): Record<string, string> {
    let headers = fixed.get(entry)
    if (!headers) {
      headers = { ...entry.headers, date: new Date(entry.asOf).toUTCString() }
      fixed.set(entry, headers)
    }
    return headers
  }

  function make(request: ApiRequest, entry: Entry, status: CacheStatus, etag?: string, live?: Live): Response {
    const headers: Record<string, string> = { ...fixedHeaders(entry), 'cache-status': formatCacheStatus(status) }
    headers.age = age(entry.asOf)
    if (etag) headers.etag = etag
    // Stored values stand where a 304 has none, and a compacted body keeps the ETag of its answer.
    if (live) for (const [name, value] of live.headers) if (!notTaken.has(name)) headers[name] = value
    if (!live) for (const [name, value] of viewerHeaders.of(request)) headers[name] ??= value
    return new MeshResponse(
      request.method === 'HEAD' ? null : entry.body,
      { status: 200, statusText: 'OK', headers },
      placeOf(live?.url ?? request.url.href, request),
      status,
      request
    )
  }

  return {
    fromEntry(request, entry, status, live) {
      // The header's own text, for one viewer may send its token in several ways, and GitHub hashes what was sent.
      const name = `${entry.hash} ${request.authorization} ${request.accept}`
      const etag = live?.headers.get('etag') ?? etags.get(name)
      if (etag) return make(request, entry, status, etag, live)
      return etagFor(entry, request).then((computed) => {
        // Where none can be told now, one may be later.
        if (computed) etags.set(name, computed)
        return make(request, entry, status, computed, live)
      })
    },
    fromAnswer(request, answer, cacheStatus) {
      const { status, statusText, headers: live, body, url, oversized, sentAt } = answer
      const isBodiless = request.method === 'HEAD' || bodiless.has(status)
      let large = oversized?.body
      if (isBodiless) void large?.cancel().catch(() => {})
      // What is read on as it comes ends with the caller's signal, as fetch's own does.
      else if (request.signal) large = large?.pipeThrough(new TransformStream(), { signal: request.signal })
      const headers = new Headers()
      for (const [name, value] of live) if (!ofTheMessage.has(name)) headers.append(name, value)
      headers.set('cache-status', formatCacheStatus(cacheStatus))
      headers.set('age', age(sentAt))
      const content = isBodiless ? null : (large ?? body ?? null)
      return new MeshResponse(content, { status, statusText, headers }, placeOf(url, request), cacheStatus, request)
    },
    notModified(whole) {
      const headers = new Headers(whole.headers)
      headers.delete('content-type')
      const init = { status: 304, statusText: 'Not Modified', headers }
      return new MeshResponse(null, init, whole, cacheStatusOf(whole) ?? {}, {})
    },
    absent: (request, status) =>
      new MeshResponse(
        JSON.stringify({ message: 'Not in the cache, and only-if-cached was asked for', status: '504' }),
        {
          status: 504,
          statusText: 'Gateway Timeout',
          headers: {
            'content-type': 'application/json; charset=utf-8',
            'cache-status': formatCacheStatus(status),
            age: '0'
          }
        },
        placeOf(request.url.href, request),
        status,
        request
      )
  }
}
