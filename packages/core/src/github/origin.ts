import { LRU } from 'tiny-lru'
import type { Bytes } from '../bytes.ts'
import type { FetchInput } from '../web-types.ts'
import type { Clock } from './clock.ts'
import { type Caller, createGovernor, type GovernorOptions } from './governor.ts'
import { ageMs } from './headers.ts'
import { type Quota, quotaOf, resourceOf, type TokenLimit } from './rate-limit.ts'
import { readBody } from './read-body.ts'
import type { Answered, Followed, FollowRedirects } from './redirects.ts'
import type { Refusal } from './refusal.ts'
import { type ApiRequest, anonymous } from './request.ts'
import type { ViewerHeaders } from './viewer-headers.ts'

/** What GitHub answered, its body read, or left to the caller where it is larger than the cache takes. */
export interface OriginAnswer {
  status: number
  statusText: string
  headers: Headers
  /** After redirects. */
  url: string
  /** When the request was sent, ms on GitHub's clock, or when a cache on the way got the answer. */
  sentAt: number
  body: Bytes | undefined
  /** The answer itself, to be handed on, when its body was too large to read. */
  oversized?: Response
  /** Set for a rate-limited answer: how long to wait, ms. */
  limitedMs?: number | undefined
  /** Nothing was sent: this is GitHub's last refusal, which still holds. */
  heldBack?: boolean
}

/** What a caller gets while its token is rate-limited. */
type HeldBackAnswer = OriginAnswer & { heldBack: true }

/** One condition a request, never both (RFC 9110, section 13.1.3). */
export interface Condition {
  ifNoneMatch?: string | undefined
  ifModifiedSince?: string
}

/** A call to GitHub that the cache does not answer. */
export interface PassedCall extends Caller {
  authorization?: string | undefined
  /** It changes something: see `isWrite`. */
  writes: boolean
  /** It is on its way from now on. */
  sent?(): void
  signal?: AbortSignal | null | undefined
}

export interface Origin {
  /** Asks GitHub. Rejects as fetch does. While the token is rate-limited, its last refusal is the answer: `heldBack`. */
  ask(request: Question, condition?: Condition, signal?: AbortSignal | null): Promise<OriginAnswer>
  /** Sends a request to elsewhere, as it is. */
  pass(input: FetchInput, init?: RequestInit): Promise<Response>
  /** Sends a request to GitHub as it is, when its turn has come; `heldBack` as above. */
  passOn(input: FetchInput, init: RequestInit, call: PassedCall): Promise<Response | HeldBackAnswer>
  /** Whether GitHub has answered this token, since this member started, with anything but an error. */
  knows(viewer: string): boolean
  /** Until when a viewer's requests of this kind are rate-limited, ms on GitHub's clock; 0 when they are not. */
  limitedUntil(caller: Caller): number
  /** Whether there is enough left of a limit for what nobody waits for. */
  canSpare(caller: Caller): boolean
  /** A member that holds a viewer's token says that GitHub refuses it. */
  limited(viewer: string, resource: string | undefined, refusal: Refusal): void
  /** It says what is left of one of the token's limits. */
  spent(viewer: string, resource: string, quota: Quota): void
}

type Question = Pick<
  ApiRequest,
  'url' | 'path' | 'accept' | 'apiVersion' | 'headers' | 'authorization' | 'viewer' | 'graphql' | 'sending'
>

export interface OriginOptions extends Pick<GovernorOptions, 'writeGapMs' | 'slowStartMs' | 'reservePercent'> {
  /** Default: the global one, as it was at import. */
  fetch?: typeof globalThis.fetch | undefined
  clock: Clock
  localNow: () => number
  counters: Pick<GovernorOptions, 'heldBack'> & {
    called(units: number, resource: string): void
    quota(resource: string, quota: Quota): void
  }
  viewerHeaders: Pick<ViewerHeaders, 'learn'>
  /** GitHub refuses a viewer's token, or another tenth of a limit is used up; those that hold it too may want to know. */
  tellLimit(viewer: string, limit: TokenLimit): void
  /** How much later than the end of a limit this member begins with a viewer's token again, ms. */
  restartsAfterMs(viewer: string): number
  /** How long the head of an answer took, ms. */
  answeredAfter(ms: number): void
  maxBytes: number
  /** Where redirects can be seen. Without it `fetch` follows them. */
  followRedirects?: FollowRedirects | undefined
}

/** A body that is larger is no refusal of GitHub's; 0 where no body is. */
function maxRefusalBytes({ path }: Pick<Caller, 'path'>, { status }: Response): number {
  if (status === 403 || status === 429) return 64 * 1024
  return status === 200 && path === '/graphql' ? 4096 : 0
}

// Taken once: with `globalThis.fetch = mesh.fetch` a later look would find the mesh itself.
const ownFetch = globalThis.fetch

/** The platform's, as it was when this was imported. */
export const platformFetch: typeof globalThis.fetch = (...args) => ownFetch(...args)

/** The only place that asks GitHub for answers. */
export function createOrigin(options: OriginOptions): Origin {
  const { fetch = platformFetch, clock, localNow, counters, viewerHeaders, answeredAfter, maxBytes } = options
  const { followRedirects: follow } = options
  const { heldBack } = counters
  const governor = createGovernor<Refusal>({ ...options, githubNow: clock.now, heldBack })

  const known = new LRU<boolean>(1000)

  /** A proxy's error page has a clock of its own, and what a proxy kept is of another time; what GitHub answers bears a request id. */
  function learn({ headers }: Response, started: number): void {
    if (headers.has('x-github-request-id') && ageMs(headers) === 0) clock.learn(headers, started, localNow())
  }

  /** A call is a unit, or none where it is an authorised 304. */
  function count({ authorization, path }: Pick<PassedCall, 'authorization' | 'path'>, { status }: Response): void {
    counters.called(status === 304 && authorization !== undefined ? 0 : 1, resourceOf(path))
  }

  function learnOf({ viewer }: Pick<Caller, 'viewer'>, { status, headers }: Response): void {
    if (status < 400 && viewer !== anonymous) known.set(viewer, true)
    const said = quotaOf(headers)
    if (!said || ageMs(headers) > 0) return
    const { resource, ...quota } = said
    counters.quota(resource, quota)
    if (governor.learn(viewer, resource, quota)) options.tellLimit(viewer, { resource, until: 0, quota })
  }

  /** How long the token has to wait, ms; undefined for an answer that is no refusal for its rate. */
  async function limitedMs(caller: Caller, response: Response, body: Bytes): Promise<number | undefined> {
    const { limitedBy } = await import('./limited.ts')
    const limited = limitedBy(caller, response, new TextDecoder().decode(body), clock.now())
    if (!limited) return undefined
    const { ms, resource } = limited
    const { status, headers } = response
    const until = clock.now() + ms
    refuse(caller.viewer, resource, { status, headers, body, until })
    options.tellLimit(caller.viewer, { resource, until })
    return ms
  }

  /** Members that hold the same token do not all come back in the same moment. */
  function refuse(viewer: string, resource: string | undefined, refusal: Refusal): void {
    const until = refusal.until + options.restartsAfterMs(viewer)
    governor.refused({ viewer, path: '' }, resource, until - clock.now(), { ...refusal, until })
  }

  async function ask(request: Question, condition: Condition, signal: AbortSignal | null): Promise<OriginAnswer> {
    const headers = new Headers(request.headers)
    const { graphql } = request
    if (!graphql) headers.set('accept', request.accept)
    if (condition.ifNoneMatch) headers.set('if-none-match', condition.ifNoneMatch)
    else if (condition.ifModifiedSince) headers.set('if-modified-since', condition.ifModifiedSince)
    const askOnce = async (url: string): Promise<Answered> => {
      const started = localNow()
      const startedAt = performance.now()
      const response = await fetch(url, {
        ...request.sending,
        headers,
        ...(graphql && { method: 'POST', body: graphql.body }),
        cache: 'no-store',
        credentials: 'omit',
        redirect: follow ? 'manual' : 'follow',
        signal
      })
      const tookMs = performance.now() - startedAt
      learn(response, started)
      answeredAfter(tookMs)
      viewerHeaders.learn(request, response.headers)
      // By what this answer has taught of GitHub's clock: a first one must not bear the time of a wrong clock.
      const sentAt = clock.sentAt(started) - ageMs(response.headers)
      if (!graphql) count(request, response)
      learnOf(request, response)
      return { response, sentAt }
    }

    const first = request.url.href
    const { response, sentAt, url, isElsewhere }: Followed =
      follow && !graphql
        ? await follow({ ask: askOnce, url: first, headers, signal, fetch })
        : { ...(await askOnce(first)), url: first }
    const { status, statusText } = response
    const head = { status, statusText, headers: response.headers, url: response.url || url, sentAt }
    if (isElsewhere) return { ...head, body: undefined, oversized: response }
    const { body, rest } = await readBody(response, maxBytes)
    if (graphql) counters.called((await import('./graphql-question.ts')).pointsIn(body), resourceOf(request.path))
    const answer: OriginAnswer = { ...head, body }
    if (rest) answer.oversized = new Response(rest, { status, statusText, headers: response.headers })
    const most = maxRefusalBytes(request, response)
    if (most > 0 && body && body.byteLength <= most) answer.limitedMs = await limitedMs(request, response, body)
    return answer
  }

  async function sendOn(input: FetchInput, init: RequestInit, call: PassedCall): Promise<Response> {
    const started = localNow()
    call.sent?.()
    const response = await fetch(input, init)
    learn(response, started)
    count(call, response)
    // After a redirect it may be somebody else who speaks.
    if (response.redirected) return response
    learnOf(call, response)
    const maxBytes = maxRefusalBytes(call, response)
    if (maxBytes === 0) return response
    try {
      const { body, rest } = await readBody(response.clone(), maxBytes)
      void rest?.cancel().catch(() => {})
      if (body) await limitedMs(call, response, body)
    } catch {
      // Its body breaks off, which the caller finds out from the response.
    }
    return response
  }

  return {
    // Not a method of `options`: browsers' fetch must be called without a receiver.
    pass: async (input, init) => fetch(input, init),
    async passOn(input, init, call) {
      // It says how the limits are, costs nothing, and is not refused.
      if (call.path === '/rate_limit') return fetch(input, init)
      if (call.writes && governor.limitedUntil(call) === 0) await governor.writeTurn(call, call.signal)
      const sent = await governor.inTurn(call, () => sendOn(input, init, call), call.signal)
      return 'until' in sent ? refusedAgain(sent, hrefOf(input), clock.now()) : sent
    },
    knows: (viewer) => known.peek(viewer) === true,
    limitedUntil: governor.limitedUntil,
    canSpare: governor.canSpare,
    limited: refuse,
    spent(viewer, resource, quota) {
      if (governor.hear(viewer, resource, quota)) counters.quota(resource, quota)
    },
    async ask(request, condition = {}, signal = null) {
      const answer = await governor.inTurn(request, () => ask(request, condition, signal), signal)
      return 'until' in answer ? refusedAgain(answer, request.url.href, clock.now()) : answer
    }
  }
}

/** A refusal as GitHub would say it now. */
function refusedAgain({ status, headers, body, until }: Refusal, url: string, githubNow: number): HeldBackAnswer {
  const now = new Headers(headers)
  now.set('date', new Date(githubNow).toUTCString())
  const limitedMs = until - githubNow
  if (now.has('retry-after')) now.set('retry-after', String(Math.ceil(limitedMs / 1000)))
  return { status, statusText: '', headers: now, url, sentAt: githubNow, body, limitedMs, heldBack: true }
}

export const hrefOf = (input: FetchInput): string =>
  typeof input === 'object' && 'url' in input ? input.url : String(input)
