import type { Purges } from '../cache/purges.ts'
import type { CacheStatus, ForwardReason } from '../cache-status.ts'
import type { Entry } from '../entry.ts'
import type { Emit, StaleReason } from '../events.ts'
import type { Condition, Origin, OriginAnswer } from '../github/origin.ts'
import type { ApiRequest } from '../github/request.ts'
import { ttlMs } from '../rules/fresh.ts'
import { type Asker, type Assessment, mayServeStale } from '../rules/serve.ts'
import type { Admitted } from './admitted.ts'
import { type Asked, type Asking, createAskConditionally } from './ask-conditionally.ts'
import type { LateAdmission } from './late-admission.ts'
import type { NegativeCache } from './negative-cache.ts'
import { heldBack, type Outcome, step } from './outcome.ts'
import type { Rights } from './rights.ts'
import type { ViewerClasses } from './viewer-classes.ts'

const failed = Promise.resolve({ state: 'failed' } as const)

/** What a call of GitHub needs, and what becomes of its answer. */
export interface AskGitHubOptions {
  origin: Origin
  emit: Emit
  /** How old an answer may be that is given because GitHub cannot give a new one, ms. */
  staleIfErrorMs: number
  askerOf(request: ApiRequest): Asker
  purges: Pick<Purges, 'at' | 'wroteAt' | 'generation'>
  /** The condition under which GitHub would say 304 to this viewer, for this entry. */
  conditionFor(entry: Entry, request: ApiRequest): Promise<Condition>
  admission: LateAdmission
  rights: Pick<Rights, 'refused'>
  missing: Pick<NegativeCache, 'set'>
  classes: Pick<ViewerClasses, 'learn' | 'likeliest'>
}

export type AskGitHub = (request: ApiRequest, asking: Asking) => Promise<Outcome>

/**
 * Asks GitHub with the asker's own token: conditionally where something is held, and what is held is the answer where GitHub
 * cannot give one.
 */
export function createAskGitHub(options: AskGitHubOptions): AskGitHub {
  const { origin, emit, staleIfErrorMs, askerOf, conditionFor, admission } = options
  const { purges, rights, missing, classes } = options
  const { guessEmpty } = admission
  const ask = createAskConditionally({ origin: { ask: askInOrder }, conditionFor, guessEmpty, classes })

  /** What this member purges meanwhile it purges after it has asked, even where the answer sets its clock forward. */
  async function askInOrder(
    request: ApiRequest,
    ...how: [condition?: Condition, signal?: AbortSignal | null]
  ): Promise<OriginAnswer> {
    const generation = purges.generation(request.canonical)
    const answer = await origin.ask(request, ...how)
    if (purges.generation(request.canonical) !== generation)
      answer.sentAt = Math.min(answer.sentAt, purges.at(request.canonical))
    return answer
  }

  /** An older answer, if it may be given instead. */
  function stale(
    request: ApiRequest,
    held: Assessment | undefined,
    reason: StaleReason,
    call?: { free: boolean },
    forwardStatus?: number
  ): Outcome | undefined {
    const asker = askerOf(request)
    // Who has written something must not be shown what was before it.
    if (held && held.entry.asOf <= purges.wroteAt(request.canonical)) return undefined
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

  return async (request, asking) => {
    const { held, store } = asking
    if (origin.limitedUntil(request) > askerOf(request).githubNow) {
      const instead = stale(request, held, 'rate-limit')
      if (instead) return instead
    }
    if (!held) emit('miss', step(request))
    if (store) admission.expect()
    let asked: Asked
    try {
      asked = await ask(request, asking)
    } catch (error) {
      const instead = stale(request, held, 'network', { free: false })
      if (instead) return instead
      throw error
    }

    const { answer, current, guessed } = asked
    const { status } = answer
    const call = { free: status === 304 && request.authorization !== undefined }
    const forwarded: CacheStatus = answer.heldBack
      ? heldBack
      : { forward: forwardReason(request, held), forwardStatus: status }
    const handedOn: Outcome = { how: 'misses', call, status: forwarded, answer, viewer: request.viewer }
    const kept = ({ entry, told }: Admitted): Outcome => {
      classes.learn(request, entry)
      return {
        ...handedOn,
        told,
        status: { ...forwarded, stored: true, ttlMs: ttlMs(entry, askerOf(request)) },
        entry
      }
    }
    if (status === 304 && store && (current || guessed)) {
      const renewed = guessed ?? (await admission.refresh(request, current as Entry, answer))
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
      if (status === 404 && answer.body && store) missing.set(request, answer)
      return handedOn
    }
    const admitted = store ? await admission.admit(request, answer) : undefined
    return admitted ? kept(admitted) : handedOn
  }
}

/** RFC 9211, section 2.2. */
function forwardReason({ mode }: ApiRequest, held: Assessment | undefined): ForwardReason {
  if (mode !== 'default' && mode !== 'force-cache') return 'request'
  if (!held) return 'uri-miss'
  return held.permitted || !held.fresh ? 'stale' : 'vary-miss'
}
