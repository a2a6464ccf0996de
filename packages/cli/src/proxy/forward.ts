import type { IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { ReadableStream } from 'node:stream/web'
import { cacheStatus, type Mesh } from 'ghmesh'
import { baseUrl, requestHeaders, responseHeaders } from './headers.ts'
import { elsewhere, headersElsewhere } from './redirects.ts'
import { createRewriter, isOwnJson } from './rewrite-urls.ts'
import { sendResponse } from './send.ts'
import type { Target } from './target.ts'

export interface ForwardOptions {
  mesh: Pick<Mesh, 'fetch' | 'peek'>
  api: URL
  /** Rewrites URLs of the API in JSON bodies to the base URL that the client uses. */
  rewriteUrls?: boolean | undefined
  ready?: Promise<unknown> | undefined
  /** Called when a request was forwarded without using the cache. */
  passed(): void
}

interface ForwardHow {
  signal: AbortSignal
  /** Follow redirects to other origins: the client cannot reach them itself. */
  follows: boolean
}

export type Forward = (req: IncomingMessage, res: ServerResponse, target: Target, how: ForwardHow) => Promise<void>

/** The client's own token, or none: a client of the port must not use this member's token. */
const ownToken = { credentials: 'omit' } as const

/** Maximum size of a query that is looked at: ordinary ones are smaller. */
const maxQueryBytes = 256 * 1024

/** Sends a request through the mesh, streaming both ways, with the client's own method, headers and body. */
export function createForward({ mesh, api, rewriteUrls, ready, passed }: ForwardOptions): Forward {
  return async (req, res, { url, graphql: isGraphql, clientBase }, { signal, follows }) => {
    const headers = requestHeaders(req)
    const { method = 'GET' } = req
    const writes = method !== 'GET' && method !== 'HEAD'
    let body: BodyInit | undefined = hasBody(req) ? bodyOf(req, res) : undefined
    // Whether a query was asked before, or a mutation changes something, only the body shows.
    if (isGraphql && method === 'POST' && Number(req.headers['content-length']) <= maxQueryBytes)
      body = await buffer(req)
    // To follow a redirect, a write would have to be sent twice, and its body is gone.
    const redirect = writes ? 'manual' : 'follow'
    const cache = wantsCurrent(headers) ? 'no-cache' : 'default'
    const init = { ...ownToken, method, headers, body, duplex: 'half', redirect, signal, cache }
    if (!writes && ready && !(await isFresh(url, headers))) await ready
    const response = await mesh.fetch(url, init as RequestInit)
    if (!cacheStatus(response)) passed()
    const left = writes ? undefined : elsewhere(response)
    if (left && follows) {
      await response.body?.cancel()
      const there = { ...ownToken, method, headers: headersElsewhere(headers), signal }
      const followed = await mesh.fetch(left.url, there)
      return sendResponse(res, followed, responseHeaders(followed.headers, api, clientBase))
    }
    const rewrites = rewriteUrls && clientBase !== undefined && !isGraphql && isOwnJson(response)
    const rewriter = rewrites ? createRewriter(baseUrl(api), clientBase) : undefined
    await sendResponse(res, response, responseHeaders(left?.headers ?? response.headers, api, clientBase), rewriter)
  }

  async function isFresh(url: URL, headers: Headers): Promise<boolean> {
    const held = await mesh.peek(url, { ...ownToken, headers })
    return held !== undefined && (cacheStatus(held)?.ttlMs ?? 0) > 0
  }
}

/**
 * What is left of it when the client has its response, such as a refusal, is read over, so that the connection can go on: undici
 * neither reads it then nor gives it up.
 */
function bodyOf(req: IncomingMessage, res: ServerResponse): BodyInit {
  const pieces = req.iterator({ destroyOnReturn: false })
  res.once('finish', () => {
    pieces.return?.().then(
      () => req.resume(),
      () => {} // the client has gone
    )
  })
  return ReadableStream.from(pieces) as unknown as BodyInit
}

/** A client with a condition wants the current state, which is free if nothing changed, unless it says otherwise. */
const wantsCurrent = (headers: Headers): boolean =>
  headers.has('if-none-match') && !/\b(?:no-store|only-if-cached)\b/i.test(headers.get('cache-control') ?? '')

const hasBody = ({ headers }: IncomingMessage) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
