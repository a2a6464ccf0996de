import type { Entry } from '../entry.ts'
import type { Condition, Origin, OriginAnswer } from '../github/origin.ts'
import type { ApiRequest } from '../github/request.ts'
import type { Assessment } from '../rules/serve.ts'
import type { Admitted } from './admitted.ts'
import type { GuessEmpty } from './guess-empty.ts'
import { createVariantConditions } from './variant-conditions.ts'
import type { ViewerClasses } from './viewer-classes.ts'

export interface Asking {
  /** What is held: GitHub is asked whether it is still current. */
  held?: Assessment | undefined
  /** Whether the answer is kept. */
  store: boolean
  signal?: AbortSignal | null | undefined
}

/** GitHub's answer, and what a 304 is about. */
export interface Asked {
  answer: OriginAnswer
  /** What is held that is still current; null where the caller's own is, and that alone. */
  current?: Entry | null | undefined
  /** What was not held: an empty list, which is kept now. */
  guessed?: Admitted | undefined
}

export interface AskConditionallyOptions {
  origin: Pick<Origin, 'ask'>
  /** The condition under which GitHub would say 304 to this viewer, for this entry. */
  conditionFor(entry: Entry, request: ApiRequest): Promise<Condition>
  guessEmpty: GuessEmpty
  classes: Pick<ViewerClasses, 'likeliest'>
}

/** Asks GitHub under the condition under which the answer is most likely a 304. */
export function createAskConditionally({ origin, conditionFor, guessEmpty, classes }: AskConditionallyOptions) {
  const variants = createVariantConditions(conditionFor)

  async function askAnew(request: ApiRequest, { store, signal }: Asking): Promise<Asked> {
    const guess = store ? await guessEmpty.etagFor(request) : undefined
    // What the caller has may be what this very request would get: then a 304 is for it, and free.
    const { ifNoneMatch = guess } = request
    const answer = await origin.ask(request, { ifNoneMatch }, signal)
    if (guess === undefined || answer.status !== 304) return { answer }
    const guessed = await guessEmpty.take(request, guess, answer)
    return guessed ? { answer, guessed } : { answer: await origin.ask(request, {}, signal) }
  }

  return async (request: ApiRequest, asking: Asking): Promise<Asked> => {
    const { signal } = asking
    if (!asking.held) return askAnew(request, asking)
    const held = classes.likeliest(request, asking.held)
    const asked = await variants.of(held, request)
    const answer = await origin.ask(request, asked.condition, signal)
    const current = variants.meant(asked, answer)
    if (answer.status !== 304 || current !== undefined) return { answer, current }
    const single = await conditionFor(held.entry, request)
    return { answer: await origin.ask(request, single, signal), current: held.entry }
  }
}
