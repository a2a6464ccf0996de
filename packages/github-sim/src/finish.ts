import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { corsHeaders } from './cors.ts'
import { etagMatches, etagOf, varyOf } from './etag.ts'
import { prettyPrint, prettyPrints } from './pretty-print.ts'
import { type QuotaState, quotaHeaders } from './quota.ts'
import type { Reply } from './reply.ts'
import { hex, type Random } from './seed.ts'
import type { Token } from './tokens.ts'

/** What an answer's headers depend on beside the reply. */
export interface Circumstances {
  request: Request
  viewer: Token | undefined
  now: number
  random: Random
  quota: QuotaState | undefined
  apiVersion: string
  driftEtags: boolean
  gzip: boolean
}

const compress = promisify(gzip)

const security = {
  'content-security-policy': "default-src 'none'",
  'referrer-policy': 'origin-when-cross-origin, strict-origin-when-cross-origin',
  'strict-transport-security': 'max-age=31536000; includeSubdomains; preload',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'deny',
  'x-xss-protection': '0'
}

/** Whether the copy the client names is still good. `If-None-Match` wins over `If-Modified-Since`, as in HTTP. */
function isUnchanged(headers: Headers, etag: string | undefined, lastModified: string | undefined): boolean {
  const ifNoneMatch = headers.get('if-none-match')
  if (ifNoneMatch !== null) return etag !== undefined && etagMatches(ifNoneMatch, etag)
  const since = Date.parse(headers.get('if-modified-since') ?? '')
  return lastModified !== undefined && Date.parse(lastModified) <= since
}

function requestId(random: Random): string {
  const part = (length: number) => hex(random, length).toUpperCase()
  return [part(4), part(6), part(7), part(7), part(8)].join(':')
}

function mediaType(accept: string): string {
  const param = /application\/vnd\.github\.(?:v3\.)?(\w+)/.exec(accept)?.[1]
  return param === undefined || param === 'v3' ? 'github.v3; format=json' : `github.v3; param=${param}; format=json`
}

/** The headers every answer has. */
function commonHeaders({ request, viewer, now, random, quota, apiVersion }: Circumstances): Headers {
  return new Headers({
    date: new Date(now).toUTCString(),
    server: 'github.com',
    ...corsHeaders,
    ...security,
    'x-github-api-version-selected': apiVersion,
    'x-github-media-type': mediaType(request.headers.get('accept') ?? ''),
    'x-github-request-id': requestId(random),
    ...(viewer?.kind === 'user' && { 'x-oauth-scopes': viewer.scopes, 'x-accepted-oauth-scopes': 'repo' }),
    ...(quota && quotaHeaders(quota))
  })
}

function etagFor(reply: Reply, body: string | Uint8Array, c: Circumstances, vary: string): string | undefined {
  if (reply.etag === 'none') return undefined
  const header = (name: string) => c.request.headers.get(name) ?? undefined
  const etag =
    reply.etag ??
    etagOf({
      accept: header('accept'),
      authorization: header('authorization'),
      cookie: header('cookie'),
      body: reply.etagJson === undefined ? body : JSON.stringify(reply.etagJson),
      vary
    })
  return c.driftEtags ? createHash('sha256').update(`another scheme ${etag}`).digest('hex') : etag
}

/** Makes the HTTP answer: hash first, then 304 or pretty-printing and compression. */
export async function finish(reply: Reply, c: Circumstances): Promise<Response> {
  const { request, viewer } = c
  const status = reply.status ?? 200
  const headers = commonHeaders(c)
  const compact = reply.bytes ?? (reply.json === undefined ? '' : JSON.stringify(reply.json))
  const succeeded = status === 200 || status === 201
  if (succeeded) {
    const scope = viewer?.kind === 'user' ? 'private' : 'public'
    const vary = varyOf(scope)
    const etag = etagFor(reply, compact, c, vary)
    headers.set('vary', vary)
    headers.set('cache-control', etag === undefined ? 'no-cache' : `${scope}, max-age=60, s-maxage=60`)
    // Nobody outside GitHub knows when it sends the weak form, so clients must cope with both.
    if (etag !== undefined) headers.set('etag', c.random() < 0.5 ? `"${etag}"` : `W/"${etag}"`)
    if (reply.lastModified) headers.set('last-modified', new Date(reply.lastModified).toUTCString())
    const reads = request.method === 'GET' || request.method === 'HEAD'
    if (reads && status === 200 && isUnchanged(request.headers, etag, reply.lastModified)) {
      return new Response(null, { status: 304, headers })
    }
  } else headers.set('vary', 'Accept-Encoding, Accept, X-Requested-With')

  for (const [name, value] of Object.entries(reply.headers ?? {})) headers.set(name, value)
  if (status === 204 || status === 302) return new Response(null, { status, headers })
  headers.set('content-type', reply.contentType ?? 'application/json; charset=utf-8')
  const pretty = typeof compact === 'string' && prettyPrints(request.headers.get('user-agent') ?? '')
  const body = Buffer.from(pretty ? prettyPrint(compact) : compact)
  const zip = c.gzip && body.length > 1000 && /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')
  if (zip) headers.set('content-encoding', 'gzip')
  if (request.method === 'HEAD') return new Response(null, { status, headers })
  return new Response(new Uint8Array(zip ? await compress(body) : body), { status, headers })
}
