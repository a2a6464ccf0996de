import { abortable } from '../abort.ts'
import type { Cache } from '../cache/cache.ts'
import type { Purges } from '../cache/purges.ts'
import type { Entry } from '../entry.ts'
import type { Emit } from '../events.ts'
import type { LeaseEnd } from '../exchange/lease.ts'
import type { Lease } from '../exchange/seek.ts'
import { opaqueTag } from '../github/etag.ts'
import type { OriginAnswer } from '../github/origin.ts'
import type { ApiRequest } from '../github/request.ts'
import type { Members } from '../members.ts'
import { type Asker, type Assessment, assess } from '../rules/serve.ts'
import type { Counters } from '../stats.ts'
import type { AskGitHub } from './ask-github.ts'
import type { AskMembers } from './ask-members.ts'
import type { InFlightRequests } from './in-flight.ts'
import type { NegativeCache } from './negative-cache.ts'
import { fromCache, type Outcome, step } from './outcome.ts'
import type { Responder } from './response.ts'
import type { Rights } from './rights.ts'

/** What the flow needs of the rest of the mesh. */
export interface Flow {
  cache: Cache
  askerOf(request: ApiRequest): Asker
  askMembers: AskMembers
  inFlight: InFlightRequests<Outcome>
  askGitHub: AskGitHub
  respond: Responder
  counters: Counters
  emit: Emit
  /** How long one viewer waits for what another one asked for, ms. */
  maxWaitMs: number
  members: Pick<Members, 'sameToken' | 'used'>
  missing: Pick<NegativeCache, 'get'>
  rights: Pick<Rights, 'recall'>
  purges: Pick<Purges, 'generation'>
  /** Looks at some of the entries that are served on a member's word. */
  audit(request: ApiRequest, entry: Entry): void
}

/** One request, and 304 where the caller has what would be sent. */
export async function resolve(flow: Flow, request: ApiRequest): Promise<Response> {
  const response = await send(flow, request, await answer(flow, request))
  const { ifNoneMatch } = request
  if (ifNoneMatch === undefined || response.status !== 200 || !names(ifNoneMatch, response)) return response
  void response.body?.cancel().catch(() => {})
  return flow.respond.notModified(response)
}

/** From the cache, from a request under way, from a member or from GitHub: the whole product on one page. */
async function answer(flow: Flow, request: ApiRequest): Promise<Outcome> {
  if (!request.background) flow.counters.asked()
  await flow.rights.recall(request)
  const inMemory = flow.cache.held(request.key)
  const holding = inMemory ?? (await flow.cache.find(request.key))
  const asker = flow.askerOf(request)
  const held = assess(holding, asker)
  const cached = fromCache(request, held, asker)
  if (cached) return cached

  const { mode, signal, viewer } = request
  if (mode === 'no-store' || mode === 'reload') return abortable(askAnew(flow, request, mode === 'reload'), signal)
  const missing = flow.missing.get(request, held?.entry)
  if (missing) return { how: 'hits', status: { hit: true, detail: 'not-found' }, answer: missing, viewer }
  if (mode === 'only-if-cached') return onlyFromMembers(flow, request, held)

  return flow.inFlight.joinOrStart({
    ...namesInFlight(request, asker, flow.purges.generation(request.canonical)),
    waiter: request,
    maxWaitMs: flow.maxWaitMs,
    waits: () => flow.emit('wait', step(request)),
    usable: (outcome) => shareWith(flow, request, outcome),
    work: (signal) => fetchAnew(flow, request, { held, isRead: !inMemory }, signal),
    abandoned: ({ answer }) => void answer?.oversized?.body?.cancel().catch(() => {})
  })
}

/** Nothing from before the call will do, not even an answer that is on its way; and nobody else waits for this one. */
async function askAnew(flow: Flow, request: ApiRequest, store: boolean): Promise<Outcome> {
  const outcome = await flow.askGitHub(request, { store, signal: request.signal })
  if (store) void tellHolders(flow, request, outcome)
  return outcome
}

/** Members first, within a deadline; then GitHub, which also answers when anything else fails. */
async function fetchAnew(flow: Flow, request: ApiRequest, known: Known, signal: AbortSignal): Promise<Outcome> {
  const ask = async (held?: Assessment, awaited = false): Promise<Called> => {
    const outcome = await flow.askGitHub({ ...request, awaited }, { held, store: true, signal })
    return { outcome, toldHolders: tellHolders(flow, request, outcome) }
  }
  const first = known.held?.fresh ? known.held : await newest(flow, request, known)
  const { held, lease, tokenLease } = await flow.askMembers(request, first)
  const usable = fromCache(request, held, flow.askerOf(request))
  if (!usable) return askForAll(lease, tokenLease, () => ask(held, lease !== undefined))
  // What is usable is here: from a holder of the token, which is not for all, or from another request of this member.
  for (const one of [lease, tokenLease]) one?.end({ state: 'failed' })
  return usable
}

/** What was held when a request came, and whether it was read from the store for it. */
interface Known {
  held: Assessment | undefined
  isRead: boolean
}

/** Where memory answered, another process may have put something newer into the store. */
async function newest(flow: Flow, request: ApiRequest, { held, isRead }: Known): Promise<Assessment | undefined> {
  if (!isRead) return assess(await flow.cache.reload(request.key), flow.askerOf(request))
  // What was read may be too large for memory.
  return assess(flow.cache.held(request.key), flow.askerOf(request)) ?? held
}

/** GitHub's answer, and what those that hold the asker's token can have of it. */
interface Called {
  outcome: Outcome
  toldHolders: Promise<LeaseEnd>
}

async function tellHolders(flow: Flow, request: ApiRequest, { entry, how, told }: Outcome): Promise<LeaseEnd> {
  if (entry && how !== 'stale') return (await flow.members.sameToken?.hold(request, entry)) ?? nothing
  return (await told) ?? nothing
}

/** One call for all members that wait for it: they hear what came of it, whatever that is. */
async function askForAll(
  lease: Lease | undefined,
  tokenLease: Lease | undefined,
  call: () => Promise<Called>
): Promise<Outcome> {
  try {
    const { outcome, toldHolders } = await call()
    if (lease) void Promise.resolve(outcome.told ?? nothing).then(lease.end)
    if (tokenLease) void toldHolders.then(tokenLease.end)
    return outcome
  } catch (error) {
    for (const one of [lease, tokenLease]) one?.end({ state: 'failed' })
    throw error
  }
}

const nothing: LeaseEnd = { state: 'nothing' }

/** `only-if-cached`: whatever this member or another one holds; never GitHub. */
async function onlyFromMembers(flow: Flow, request: ApiRequest, held: Assessment | undefined): Promise<Outcome> {
  const found = await abortable(flow.askMembers(request, held), request.signal)
  return (
    fromCache(request, found.held, flow.askerOf(request)) ?? {
      how: 'absent',
      status: { detail: 'only-if-cached' },
      viewer: request.viewer
    }
  )
}

/** A request of another mode or condition, or from before a write, may end with what this one would not take. */
function namesInFlight({ key, mode, viewer, ifNoneMatch }: ApiRequest, { purgedAt }: Asker, generation: number) {
  const anybodys = `${key} ${mode} ${purgedAt} ${generation} ${ifNoneMatch ?? ''}`
  return { own: `${anybodys} ${viewer}`, anybodys }
}

/** What somebody who waited may get of another's request: the entry if it is for all, the answer if they are one viewer. */
function shareWith(flow: Flow, request: ApiRequest, outcome: Outcome): Outcome | undefined {
  const { forward } = outcome.status
  const status = forward && outcome.how !== 'stale' ? { forward, collapsed: true as const } : outcome.status
  const how = 'collapsed'
  if (outcome.viewer === request.viewer)
    return outcome.answer?.oversized ? undefined : { ...outcome, how, status, call: undefined }
  const asker = flow.askerOf(request)
  const cached = fromCache(request, assess(flow.cache.held(request.key), asker), asker)
  // What the request did not bring may have been fresh all the time: by GitHub's clock, which its answer has shown.
  return cached && cached.entry?.asOf === outcome.entry?.asOf ? { ...cached, how, status } : cached
}

function send(flow: Flow, request: ApiRequest, outcome: Outcome): Promise<Response> | Response {
  const { how, status, entry, answer, call } = outcome
  if (how === 'absent') return flow.respond.absent(request, status)
  if (!request.background) flow.counters.answered(how, call)
  if (!entry) return flow.respond.fromAnswer(request, answer as OriginAnswer, status)
  if (how === 'peerHits') flow.emit('peer-hit', { ...step(request), peerId: entry.from as string })
  else if (how === 'hits') flow.emit('hit', step(request))
  if (entry.from !== undefined) {
    flow.members.used(request.key)
    flow.audit(request, entry)
  }
  return flow.respond.fromEntry(request, entry, status, how === 'collapsed' ? undefined : answer)
}

/** Weak comparison (RFC 9110, section 13.1.2). */
function names(condition: string, { headers }: Response): boolean {
  const etag = opaqueTag(headers.get('etag'))
  return condition.trim() === '*' || (etag !== '' && condition.split(',').some((one) => opaqueTag(one.trim()) === etag))
}
