import { abortable } from '../abort.ts'
import { type Api, graphqlPath } from '../github/api.ts'
import type { PassedCall } from '../github/origin.ts'
import { type ApiRequest, anonymous, type Sending, type Target, type Targets } from '../github/request.ts'
import { bodyText, isWrite } from '../github/writes.ts'
import type { CacheMode, FetchInput } from '../web-types.ts'
import type { Viewers } from './viewers.ts'

/** A call to GitHub's API that the cache does not answer. */
export interface Passed extends PassedCall {
  url: URL
  /** A mutation of GraphQL's, as it is sent; empty where only GitHub can read it. */
  mutation?: string | undefined
}

/** How a call to `fetch` is handled: by the cache, or passed on with nothing added except the member's token. */
type Classified =
  | { api: ApiRequest }
  | { input: FetchInput; init: RequestInit; passed: Passed }
  | { input: FetchInput; init?: RequestInit | undefined; passed?: undefined }

export interface Classifier {
  classify(input: FetchInput, init?: RequestInit): Promise<Classified>
  /** The request that a member of this process would make for a URL, with the same credentials as another. */
  like(
    other: Pick<ApiRequest, 'authorization' | 'viewer'>,
    url: string,
    parts: Partial<ApiRequest>
  ): Promise<ApiRequest | undefined>
}

/** The member's token, if it has one. */
export type TokenSource = () => Promise<string | undefined> | string | undefined

export interface ClassifierOptions {
  api: Pick<Api, 'origin' | 'pathOf' | 'urlOf' | 'graphql'>
  targets: Targets
  viewers: Viewers
  token: TokenSource
  /** How long answers to GraphQL queries are kept, ms; 0: not at all. */
  graphqlTtlMs: number
}

/** Cache modes; the first three have directives of their own. */
const modes: readonly CacheMode[] = ['no-store', 'no-cache', 'only-if-cached', 'default', 'reload', 'force-cache']

/** What a `Cache-Control` header asks of the cache (RFC 9111, section 5.2.1). */
function modeOf(cacheControl: string | null): CacheMode {
  const directives = cacheControl
    ?.toLowerCase()
    .replace('max-age=0', 'no-cache')
    .split(/\s*,\s*/)
  return modes.slice(0, 3).find((mode) => directives?.includes(mode)) ?? 'default'
}

/**
 * What a call of `fetch` says of a request to the API, with the member's token where it brings none and does not refuse one
 * by `credentials: 'omit'`; undefined for a request to elsewhere.
 */
async function readRequest(
  input: FetchInput,
  init: RequestInit | undefined,
  api: Pick<Api, 'origin'>,
  token: TokenSource
) {
  const request = typeof input === 'object' && 'headers' in input ? input : undefined
  const url = URL.parse(request?.url ?? String(input), globalThis.location?.href)
  if (url?.origin !== api.origin) return undefined
  // Null is not the same as nothing: it takes the signal of a `Request` away, and elsewhere is what fetch refuses.
  const said = <K extends keyof RequestInit & keyof Request>(name: K) =>
    init?.[name] === undefined ? request?.[name] : init[name]
  const [mode = 'default', method = 'GET', redirect = 'follow'] = [said('cache'), said('method'), said('redirect')]
  const signal = said('signal')
  if (signal && !signal.throwIfAborted) throw new TypeError('signal is no AbortSignal')
  signal?.throwIfAborted()
  const headers = new Headers(init?.headers ?? request?.headers)
  if (!headers.has('authorization') && said('credentials') !== 'omit') {
    // A sign-in may take for ever.
    const own = await abortable(Promise.resolve(token()), signal)
    if (own) headers.set('authorization', `Bearer ${own}`)
  }
  return {
    url,
    method: String(method).toUpperCase(),
    headers,
    authorization: headers.get('authorization') ?? undefined,
    mode: mode === 'default' ? modeOf(headers.get('cache-control')) : mode,
    redirect,
    integrity: said('integrity') || undefined,
    hasBody: (init?.body ?? request?.body ?? null) !== null,
    // A `Request` loses the first two where it is sent with other headers (Fetch, section 5.4); the third is Node's own.
    sending: {
      referrer: said('referrer'),
      referrerPolicy: said('referrerPolicy'),
      dispatcher: (init as Sending | undefined)?.dispatcher
    } as Sending,
    signal
  }
}

// A range, or another condition of the caller's own than `If-None-Match`, wants GitHub's answer to it; cookies are nobody else's.
const untouched = /^(?:range|if-(?:modified-since|match|unmodified-since|range)|cookie|x-github-(?!api-version$).+)$/

/** `X-GitHub-Next-Global-ID` and its kind change answers in ways that no key knows: what has one is GitHub's business. */
const isUntouched = (headers: Headers): boolean => [...headers.keys()].some((name) => untouched.test(name))

/**
 * Without the caller's `If-None-Match`, which the mesh answers: the ETags that it gives out are those of its own requests. Beside
 * one, `If-Modified-Since` does not count (RFC 9110, section 13.1.3).
 */
function withoutCondition(headers: Headers): Pick<ApiRequest, 'headers' | 'ifNoneMatch'> {
  const ifNoneMatch = headers.get('if-none-match')
  if (ifNoneMatch === null) return { headers }
  const without = new Headers(headers)
  for (const name of ['if-none-match', 'if-modified-since']) without.delete(name)
  return { headers: without, ifNoneMatch }
}

/** Tells answers of GraphQL from what a GET of their URL would be. */
const graphqlAccept = 'application/graphql-response+json'

/** What decides on the answer is only the body of a query. */
const isPlainQuery = (headers: Headers): boolean =>
  ![...headers.keys()].some((name) => /^(?:range|if-.+|cookie)$/.test(name))

export function createClassifier(options: ClassifierOptions): Classifier {
  const { api, targets, viewers, token, graphqlTtlMs } = options

  /** The target of a GraphQL query whose answer is kept; undefined for anything else. */
  async function queryTarget(body: string, headers: Headers, viewer: string): Promise<Target | undefined> {
    // Loaded only where queries are kept.
    const { graphqlQuestion } = await import('../github/graphql-question.ts')
    const question = await graphqlQuestion(body, headers)
    if (question === undefined) return undefined
    const target = await targets.find({
      href: `${api.urlOf(graphqlPath)}?question=${question}`,
      accept: graphqlAccept,
      apiVersion: headers.get('x-github-api-version'),
      viewer
    })
    return target && { ...target, url: new URL(api.graphql) }
  }

  return {
    async classify(input, init) {
      const read = await readRequest(input, init, api, token)
      if (!read) return { input, init }
      const { url, method, headers, authorization, signal, mode, sending } = read
      const viewer = await viewers.of(authorization)
      const isGraphql = url.href === api.graphql
      // One that is compressed only GitHub may read.
      const isReadable = isGraphql && method === 'POST' && !headers.has('content-encoding')
      const body = isReadable ? await bodyText(input, init).catch(() => undefined) : undefined
      const pass = () => {
        const path = isGraphql ? graphqlPath : (api.pathOf(url) ?? '')
        const writes = isWrite(method, path, body)
        const mutation = isGraphql && writes ? (body ?? '') : undefined
        return {
          input,
          init: { ...init, ...sending, headers },
          passed: { url, path, authorization, viewer, signal, writes, mutation }
        }
      }
      if (graphqlTtlMs > 0 && body !== undefined && viewer !== anonymous && isPlainQuery(headers)) {
        const target = await queryTarget(body, headers, viewer)
        const graphql = { body, freshMs: graphqlTtlMs }
        if (target)
          return { api: { ...target, method: 'POST', graphql, mode, headers, authorization, viewer, signal, sending } }
      }
      if (method !== 'GET' && method !== 'HEAD') return pass()
      const own = withoutCondition(headers)
      // A body with GET or HEAD and an unknown mode are errors that fetch reports, and some wishes only fetch can fulfil.
      const isSpecial = read.hasBody || read.redirect !== 'follow' || read.integrity || !modes.includes(mode)
      if (isSpecial || isUntouched(own.headers)) return pass()
      const question = {
        href: url.href,
        accept: headers.get('accept'),
        apiVersion: headers.get('x-github-api-version'),
        viewer,
        isAnew: mode === 'reload' || mode === 'no-store'
      }
      const target = targets.known(question) ?? (await targets.find(question))
      if (!target) return pass()
      return { api: { ...target, ...own, method, mode, authorization, viewer, signal, sending } }
    },

    async like({ authorization, viewer }, href, parts) {
      const target = await targets.find({
        href,
        accept: parts.accept ?? null,
        apiVersion: parts.apiVersion ?? '',
        viewer
      })
      if (!target) return undefined
      const headers = new Headers(authorization === undefined ? {} : { authorization })
      if (target.apiVersion) headers.set('x-github-api-version', target.apiVersion)
      return { ...target, method: 'GET', mode: 'default', headers, authorization, viewer, background: true, ...parts }
    }
  }
}
