import { abortable } from './abort.ts'
import type { Cache } from './cache/cache.ts'
import type { Entry, Holding } from './entry.ts'
import type { Emit, StaleReason } from './events.ts'
import { opaqueTag } from './github/etag.ts'
import type { Condition, Origin, OriginAnswer } from './github/origin.ts'
import type { ApiRequest } from './github/request.ts'
import type { Responder } from './response.ts'
import type { Flight, Flights } from './single-flight.ts'
import type { Counter, Counters } from './stats.ts'
import { type Judgement, judge, mayServeStale, type Verdict } from './verify.ts'

/** How a flight ended: with an entry, or with an answer that is none. */
export interface Outcome {
  how: Counter
  status: string
  entry?: Entry
  answer?: OriginAnswer
  /** The call of GitHub that it took, and whether that cost nothing. */
  call?: { free: boolean }
  /** Who asked, and so may see `answer` and its headers. */
  viewer: string
}

/** What the flow needs of the rest of the mesh. */
export interface Flow {
  cache: Cache
  flights: Flights<Outcome>
  origin: Origin
  respond: Responder
  counters: Counters
  emit: Emit
  staleIfErrorMs: number
  /** How long one viewer waits for what another one asked for, ms. */
  patienceMs: number
  judgement(request: ApiRequest): Judgement
  /** An answer that is remembered though it is no entry: a recent 404 of this viewer. */
  remembered(request: ApiRequest): Outcome | undefined
  /** Asks members, within the budget; what they have is in the cache afterwards. */
  askMembers(request: ApiRequest, verdict: Verdict | undefined): Promise<Holding | undefined>
  /** The condition under which GitHub would say 304 to this viewer, for this entry. */
  conditionFor(entry: Entry, request: ApiRequest): Promise<Condition>
  /** Takes a 304 for an entry: refreshes, stores, tells members. */
  refresh(request: ApiRequest, entry: Entry, answer: OriginAnswer): Promise<Entry>
  /** Takes a 200: checks, stores, tells members what may be shared. Undefined when it is no entry. */
  admit(request: ApiRequest, answer: OriginAnswer): Promise<Entry | undefined>
  /** Takes an answer that ends the viewer's right, and keeps a 404 for a moment. */
  refused(request: ApiRequest, answer: OriginAnswer): Promise<void>
  /** An entry taken on trust was served. */
  served(request: ApiRequest, entry: Entry): void
}

const anyAge = new Set<RequestCache>(['force-cache', 'only-if-cached'])
const askOrigin = new Set<RequestCache>(['no-store', 'reload', 'no-cache'])

/** One request, and 304 where the caller has what would be sent. */
export async function resolve(flow: Flow, request: ApiRequest): Promise<Response> {
  const response = await answer(flow, request)
  const { ifNoneMatch } = request
  if (ifNoneMatch === undefined || response.status !== 200 || !names(ifNoneMatch, response)) return response
  void response.body?.cancel().catch(() => {})
  return flow.respond.notModified(response)
}

/** Weak comparison (RFC 9110, section 13.1.2). */
function names(condition: string, { headers }: Response): boolean {
  const etag = opaqueTag(headers.get('etag'))
  return condition.trim() === '*' || (etag !== '' && condition.split(',').some((one) => opaqueTag(one.trim()) === etag))
}

/** From the cache, a member or GitHub: the whole product on one page. */
async function answer(flow: Flow, request: ApiRequest): Promise<Response> {
  if (!request.background) flow.counters.asked()
  const stored = await flow.cache.find(request.key)
  const judgement = flow.judgement(request)
  const verdict = judge(stored, judgement)
  const entry = servable(request.mode, verdict)
  if (entry) return send(flow, request, fromCache(request, entry))
  if (request.mode === 'no-store') {
    // What nobody else gets goes on for nobody else.
    const answered = ask(flow, request, undefined, false, request.signal)
    return send(flow, request, await abortable(answered, request.signal))
  }

  const remembered = flow.remembered(request)
  if (remembered) return send(flow, request, remembered)
  if (request.mode === 'only-if-cached') return onlyFromMembers(flow, request, verdict)

  // A flight of another mode or condition, or from before a write, may end with what this one would not take.
  const anybodys = `${request.key} ${request.mode} ${judgement.purgedAt} ${request.ifNoneMatch ?? ''}`
  const own = `${anybodys} ${request.viewer}`
  // After another viewer's flight, which may end with what this one must not get, there may be an own one.
  for (const name of [own, anybodys, own]) {
    const flight = flow.flights.get(name)
    if (!flight) continue // at once, so that of many who come together only one starts a flight
    flow.emit('wait', step(request))
    const outcome = await (name === own ? flight.end(request) : flight.endWithin(flow.patienceMs, request))
    const shared = outcome && shareWith(flow, request, outcome)
    if (shared) return send(flow, request, shared)
  }
  const flight = flow.flights.start([own, anybodys], (signal) => fly(flow, request, verdict, signal))
  return send(flow, request, await landing(flight, request))
}

/** A flight's end for the one who began it; a large answer that nobody waits for any more is let go. */
function landing(flight: Flight<Outcome>, request: ApiRequest): Promise<Outcome> {
  return flight.end(request).catch((error) => {
    flight.outcome.then(letGo, () => {})
    throw error
  })
}

const letGo = ({ answer }: Outcome) => void answer?.oversized?.body?.cancel().catch(() => {})

/** Members first, within a deadline; then GitHub, which also answers when anything else fails. */
async function fly(flow: Flow, request: ApiRequest, first: Verdict | undefined, signal: AbortSignal): Promise<Outcome> {
  if (request.mode === 'reload') return ask(flow, request, undefined, true, signal)
  let verdict = first?.fresh ? first : judge(await flow.cache.reload(request.key), flow.judgement(request))
  let entry = servable(request.mode, verdict)
  if (!entry && !verdict?.fresh) {
    verdict = judge(await flow.askMembers(request, verdict), flow.judgement(request)) ?? verdict
    entry = servable(request.mode, verdict)
  }
  if (entry) return fromCache(request, entry)
  return ask(flow, request, verdict, true, signal)
}

/** GitHub, conditional where something is held, with the asker's own token. */
async function ask(
  flow: Flow,
  request: ApiRequest,
  verdict: Verdict | undefined,
  store: boolean,
  signal: AbortSignal | null | undefined
): Promise<Outcome> {
  const stale = (reason: StaleReason, call?: { free: boolean }, fwdStatus?: number): Outcome | undefined => {
    if (!verdict || request.mode === 'reload' || !mayServeStale(verdict, flow.judgement(request), flow.staleIfErrorMs))
      return undefined
    flow.emit('stale', { ...step(request), reason })
    const status = `ghmesh; fwd=stale${fwdStatus ? `; fwd-status=${fwdStatus}` : ''}; detail=stale-${reason}`
    return { how: 'stale', status, entry: verdict.entry, call, viewer: request.viewer }
  }
  const forward = `ghmesh; fwd=${forwardReason(request, verdict)}`
  if (flow.origin.limitedUntil(request) > flow.judgement(request).now) {
    const instead = stale('rate-limit')
    if (instead) return instead
  }
  if (!verdict) flow.emit('miss', step(request))
  let answer: OriginAnswer
  try {
    // With nothing held, what the caller has may be what this very request would get: then a 304 is for it, and free.
    const { ifNoneMatch } = request
    const condition = verdict ? await flow.conditionFor(verdict.entry, request) : { ifNoneMatch }
    answer = await flow.origin.ask(request, condition, signal)
  } catch (error) {
    const instead = stale('network', { free: false })
    if (instead) return instead
    throw error
  }
  const { status } = answer
  const call = { free: status === 304 && request.authorization !== undefined }
  const ended: Outcome = {
    how: 'misses',
    call,
    status: `${forward}; fwd-status=${status}`,
    answer,
    viewer: request.viewer
  }
  if (status === 304 && verdict && store) {
    const entry = await flow.refresh(request, verdict.entry, answer)
    flow.emit('revalidated', step(request))
    return { ...ended, how: 'revalidated', status: `${ended.status}; stored`, entry }
  }
  if (answer.limitedMs !== undefined || status >= 500) {
    return stale(status >= 500 ? 'server-error' : 'rate-limit', call, status) ?? ended
  }
  if (status !== 200) {
    await flow.refused(request, answer)
    return ended
  }
  const entry = store ? await flow.admit(request, answer) : undefined
  return entry ? { ...ended, status: `${ended.status}; stored`, entry } : ended
}

/** `only-if-cached`: whatever this member or another one holds; never GitHub. */
async function onlyFromMembers(flow: Flow, request: ApiRequest, held: Verdict | undefined): Promise<Response> {
  const asked = await abortable(flow.askMembers(request, held), request.signal)
  const entry = servable(request.mode, judge(asked, flow.judgement(request)))
  return entry ? send(flow, request, fromCache(request, entry)) : flow.respond.absent(request)
}

/** The entry that may be sent at once, without asking anybody. */
function servable(mode: RequestCache, verdict: Verdict | undefined): Entry | undefined {
  return verdict?.permitted && !askOrigin.has(mode) && (verdict.fresh || anyAge.has(mode)) ? verdict.entry : undefined
}

function fromCache(request: ApiRequest, entry: Entry): Outcome {
  const peer = entry.from !== undefined
  return {
    how: peer ? 'peerHits' : 'hits',
    status: peer ? 'ghmesh; hit; detail=peer' : 'ghmesh; hit',
    entry,
    viewer: request.viewer
  }
}

/** What somebody who waited may get of another's flight: the entry if it is for all, the answer if they are one viewer. */
function shareWith(flow: Flow, request: ApiRequest, outcome: Outcome): Outcome | undefined {
  const forwarded = /^ghmesh; fwd=[\w-]+/.exec(outcome.status)?.[0]
  const status = forwarded && outcome.how !== 'stale' ? `${forwarded}; collapsed` : outcome.status
  const shared: Outcome = { ...outcome, how: 'collapsed', status, call: undefined }
  if (outcome.viewer === request.viewer) return outcome.answer?.oversized ? undefined : shared
  const entry = servable(request.mode, judge(flow.cache.held(request.key), flow.judgement(request)))
  return entry && { ...shared, entry, answer: undefined, viewer: request.viewer }
}

/** RFC 9211, section 2.2. */
function forwardReason(request: ApiRequest, verdict: Verdict | undefined): string {
  if (request.mode !== 'default' && request.mode !== 'force-cache') return 'request'
  if (!verdict) return 'uri-miss'
  return verdict.permitted || !verdict.fresh ? 'stale' : 'vary-miss'
}

function send(
  flow: Flow,
  request: ApiRequest,
  { how, status, entry, answer, call }: Outcome
): Promise<Response> | Response {
  if (!request.background) flow.counters.answered(how, call)
  if (!entry) return flow.respond.fromAnswer(request, answer as OriginAnswer, status)
  if (how === 'peerHits') flow.emit('peer-hit', { ...step(request), peerId: entry.from as string })
  else if (how === 'hits') flow.emit('hit', step(request))
  if (entry.from !== undefined) flow.served(request, entry)
  return flow.respond.fromEntry(request, entry, status, how === 'collapsed' ? undefined : answer)
}

const step = ({ url, key }: ApiRequest) => ({ url: url.href, key })
