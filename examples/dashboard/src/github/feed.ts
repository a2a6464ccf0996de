import type { Mesh } from 'ghmesh'
import { readPages } from './pages.ts'
import { type Failure, failureOf, type Problem, problemOf } from './problem.ts'
import type { Query } from './queries.ts'
import type { Source } from './source.ts'

/** What is known of one query: the last good answer, and what went wrong since. */
export interface Answer<Item = unknown> {
  data?: Item[] | undefined
  /** There are more items than those in `data`. */
  isMore?: boolean
  source?: Source
  problem?: Problem
  /** Since when GitHub has not answered this query, in milliseconds since the epoch; undefined where it has. */
  failingSince?: number
  /** GitHub refused the token, so this was requested without it. */
  withoutToken?: boolean
}

export type Answers = ReadonlyMap<string, Answer>

/** The answer to a query; undefined before the first. */
export const answerTo = <Item>(answers: Answers, { path }: Query<Item>): Answer<Item> | undefined =>
  answers.get(path) as Answer<Item> | undefined

export interface Feed {
  answers(): Answers
  subscribe(listener: () => void): () => void
  /** Shows what this browser holds, whatever its age, where nothing is shown yet. */
  recall<Item>(query: Query<Item>): Promise<Answer<Item> | undefined>
  /** `modeNow` is asked before each request: `only-if-cached` is one that GitHub does not see. */
  ask<Item>(query: Query<Item>, modeNow: () => RequestCache): Promise<Answer<Item>>
  /** Sends the token again, though GitHub refused it: it is another one, or the reader wants to know. */
  trustToken(): void
  /** Forgets all other answers: of heads that moved on, of repositories that were removed. */
  keepOnly(paths: ReadonlySet<string>): void
}

/** GitHub refuses who keeps sending a bad token (https://docs.github.com/rest/authentication/authenticating-to-the-rest-api). */
const tokenRefusedMs = 15 * 60_000

/** Of fifty repositories come hundreds of answers at once: the page is drawn once for all that come within this time. */
const drawMs = 30

/** GitHub's answers through the mesh, kept for as long as the page is open. `now`: milliseconds since the epoch. */
export function createFeed({ fetch, peek }: Pick<Mesh, 'fetch' | 'peek'>, apiUrl: string, now = Date.now): Feed {
  let answers: Answers = new Map()
  let tokenRefusedAt = Number.NEGATIVE_INFINITY
  const listeners = new Set<() => void>()

  let isTelling = false
  function replace(by: Answers): void {
    answers = by
    if (isTelling) return
    isTelling = true
    setTimeout(() => {
      isTelling = false
      for (const listener of listeners) listener()
    }, drawMs)
  }

  function keep<Item>({ path }: Query<Item>, answer: Answer<Item>): Answer<Item> {
    replace(new Map(answers).set(path, answer))
    return answer
  }

  const isTokenRefused = () => now() - tokenRefusedAt < tokenRefusedMs

  /** Without the token where GitHub does not accept it: most of what is shown is public. */
  async function send(url: string, modeNow: () => RequestCache): Promise<Response> {
    if (!isTokenRefused()) {
      const response = await fetch(url, { cache: modeNow() })
      if (response.status !== 401) return response
      tokenRefusedAt = now()
    }
    return fetch(url, { cache: modeNow(), credentials: 'omit' })
  }

  async function read<Item>(query: Query<Item>, get: (url: string) => Promise<Response>): Promise<Answer<Item>> {
    const { refusal, ...answer } = await readPages(query, apiUrl, get, now)
    if (!refusal) return answer
    if (refusal.status === 404 && query.isOptional && !isTokenRefused()) return { ...answer, data: [] }
    const problem = problemOf(refusal, now())
    // What cannot be seen without a token may be there: GitHub says 404 of a private repository.
    return { ...answer, problem: isTokenRefused() && !failureOf(problem) ? { kind: 'token' } : problem }
  }

  return {
    answers: () => answers,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async recall(query) {
      const known = answerTo(answers, query)
      if (known) return known
      const found = await read(query, async (url) => (await peek(url)) ?? new Response(null, { status: 504 })).catch(
        () => undefined
      )
      if (!found?.data || answers.has(query.path)) return answerTo(answers, query)
      const { problem: _, ...held } = found
      return keep(query, held)
    },
    async ask(query, modeNow) {
      let isHeldBack = false
      const mode = () => {
        const chosen = modeNow()
        isHeldBack ||= chosen === 'only-if-cached'
        return chosen
      }
      const found = await read(query, (url) => send(url, mode)).catch(
        (): Answer<never> => ({ problem: { kind: 'network' } })
      )
      const before = answerTo(answers, query)
      const { withoutToken: _, ...known } = before ?? { ...found, problem: { kind: 'waiting' as const } }
      const answer = isHeldBack && found.problem ? known : after(before, found, now())
      return keep(query, { ...answer, ...(isTokenRefused() && { withoutToken: true }) })
    },
    trustToken() {
      tokenRefusedAt = Number.NEGATIVE_INFINITY
    },
    keepOnly(paths) {
      const kept = [...answers].filter(([path]) => paths.has(path))
      if (kept.length < answers.size) replace(new Map(kept))
    }
  }
}

/** What is shown after another request: older data stays, marked, unless GitHub answers, even if only to deny access. */
export function after<Item>(before: Answer<Item> | undefined, found: Answer<Item>, now: number): Answer<Item> {
  const reason = found.problem ? failureOf(found.problem) : found.source?.reason
  if (reason) {
    const failing = { ...(found.problem && { problem: found.problem }), failingSince: before?.failingSince ?? now }
    // The first pages of a list are worth showing only where there is nothing else.
    const { data, isMore, source } = found.problem && before?.data ? before : found
    return { ...(data && { data }), ...(isMore && { isMore }), ...(source && stale(source, reason)), ...failing }
  }
  const { source } = found
  const { failingSince, problem } = before ?? {}
  const wasFailing = before?.source?.reason ?? (problem && failureOf(problem))
  // A copy from before GitHub stopped answering is no sign that it answers again.
  if (source && wasFailing && failingSince !== undefined && source.kind !== 'github' && source.askedAt < failingSince) {
    return { ...found, ...stale(source, wasFailing), ...(problem && { problem }), failingSince }
  }
  return found
}

const stale = (source: Source, reason: Failure): Pick<Answer, 'source'> => ({
  source: { ...source, kind: 'stale', reason }
})
