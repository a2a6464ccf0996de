import type { CacheStatus, ForwardReason } from '../cache-status.ts'
import type { Entry } from '../entry.ts'
import type { Emit, StaleReason } from '../events.ts'
import type { Condition, Origin, OriginAnswer } from '../github/origin.ts'
import type { ApiRequest } from '../github/request.ts'
import { ttlMs } from '../rules/fresh.ts'
import { type Asker, type Assessment, mayServeStale } from '../rules/serve.ts'
import type { Admitted } from './admission.ts'
import type { NegativeCache } from './negative-cache.ts'
import { type Outcome, step } from './outcome.ts'
import type { Rights } from './rights.ts'
import { createVariantConditions } from './variant-conditions.ts'

const failed = Promise.resolve({ state: 'failed' } as const)

/** What a call of GitHub needs, and what becomes of its answer. */
export interface AskGitHubOptions {
  origin: Origin
  emit: Emit
  /** How old an answer may be that is given because GitHub cannot give a new one, ms. */
  staleIfErrorMs: number
  askerOf(request: ApiRequest): Asker
  /** The condition under which GitHub would say 304 to this viewer, for this entry. */
  conditionFor(entry: Entry, request: ApiRequest): Promise<Condition>
  /** Takes a 304 for an entry: renews it, stores it, tells members. */
  refresh(request: ApiRequest, entry: Entry, answer: OriginAnswer): Promise<Admitted>
  /** Takes a 200: checks it, stores it, tells members what may be shared. Undefined when it is not kept. */
  admit(request: ApiRequest, answer: OriginAnswer): Promise<Admitted | undefined>
  rights: Pick<Rights, 'refused'>
  missing: Pick<NegativeCache, 'set'>
}

interface Asking {
  /** What is held: GitHub is asked whether it is still current. */
  held?: Assessment | undefined
  /** Whether the answer is kept. */
  store: boolean
  signal?: AbortSignal | null | undefined
}

export type AskGitHub = (request: ApiRequest, asking: Asking) => Promise<Outcome>

/**
 * Asks GitHub with the asker's own token: conditionally where something is held, and what is held is the answer where GitHub
 * cannot give one.
 */
export function createAskGitHub(options: AskGitHubOptions): AskGitHub {
  const { origin, emit, staleIfErrorMs, askerOf, conditionFor, refresh, admit, rights, missing } = options
  const variants = createVariantConditions(conditionFor)

  /** An older answer, if it may be given instead. */
  function stale(
    request: ApiRequest,
    held: Assessment | undefined,
    reason: StaleReason,
    call?: { free: boolean },
    forwardStatus?: number
  ): Outcome | undefined {
    const asker = askerOf(request)
    if (!held || request.mode === 'reload' || !mayServeStale(held, asker, staleIfErrorMs)) return undefined
    emit('stale', { ...step(request), reason })
    const status: CacheStatus = {
      forward: 'stale',
      ...(forwardStatus && { forwardStatus }),
      detail: `stale-${reason}`,
      ttlMs: ttlMs(held.entry, asker)
    }
    return { how: 'stale', status, entry: held.entry, call, told: failed, viewer: request.viewer }
  }

  /** Asks under the condition that fits; `current`: what is held that a 304 means. */
  async function ask(request: ApiRequest, held: Assessment | undefined, signal: AbortSignal | null | undefined) {
    if (!held) {
      // What the caller has may be what this very request would get: then a 304 is for it, and free.
      const { ifNoneMatch } = request
      return { answer: await origin.ask(request, { ifNoneMatch }, signal), current: undefined }
    }
    const asked = await variants.of(held, request)
    const answer = await origin.ask(request, asked.condition, signal)
    const current = variants.meant(asked, answer) ?? (asked.entries.size < 2 ? held.entry : undefined)
    if (answer.status !== 304 || current) return { answer, current }
    const single = await conditionFor(held.entry, request)
    return { answer: await origin.ask(request, single, signal), current: held.entry }
  }

  return async (request, { held, store, signal }) => {
    if (origin.limitedUntil(request) > askerOf(request).githubNow) {
      const instead = stale(request, held, 'rate-limit')
      if (instead) return instead
    }
    if (!held) emit('miss', step(request))
    let answer: OriginAnswer
    let current: Entry | undefined
    try {
      ;({ answer, current } = await ask(request, held, signal))
    } catch (error) {
      const instead = stale(request, held, 'network', { free: false })
      if (instead) return instead
      throw error
    }

    const { status } = answer
    const call = { free: status === 304 && request.authorization !== undefined }
    const forwarded: CacheStatus = { forward: forwardReason(request, held), forwardStatus: status }
    const handedOn: Outcome = { how: 'misses', call, status: forwarded, answer, viewer: request.viewer }
    const kept = ({ entry, told }: Admitted): Outcome => ({
      ...handedOn,
      told,
      status: { ...forwarded, stored: true, ttlMs: ttlMs(entry, askerOf(request)) },
      entry
    })
    if (status === 304 && current && store) {
      const renewed = await refresh(request, current, answer)
      emit('revalidated', step(request))
      return { ...kept(renewed), how: 'revalidated' }
    }
    if (answer.limitedMs !== undefined || status >= 500)
      return (
        stale(request, held, status >= 500 ? 'server-error' : 'rate-limit', call, status) ?? {
          ...handedOn,
          told: failed
        }
      )
    if (status !== 200) {
      await rights.refused(request, answer)
      if (status === 404 && answer.body) missing.set(request, answer)
      return handedOn
    }
    const admitted = store ? await admit(request, answer) : undefined
    return admitted ? kept(admitted) : handedOn
  }
}

/** RFC 9211, section 2.2. */
function forwardReason({ mode }: ApiRequest, held: Assessment | undefined): ForwardReason {
  if (mode !== 'default' && mode !== 'force-cache') return 'request'
  if (!held) return 'uri-miss'
  return held.permitted || !held.fresh ? 'stale' : 'vary-miss'
}
