import type { Mesh } from 'ghmesh'
import { type Answer, type Answers, after, answerTo } from './answer.ts'
import { createAnswerStore } from './answer-store.ts'
import { readPages } from './pages.ts'
import { failureOf, problemOf } from './problem.ts'
import { type Query, teams, viewer } from './queries.ts'
import { createSender, type ModeNow } from './sender.ts'

export interface Feed {
  answers(): Answers
  subscribe(listener: () => void): () => void
  /** Shows what this browser holds, whatever its age, where nothing is shown yet. */
  recall<Item>(query: Query<Item>): Promise<Answer<Item> | undefined>
  ask<Item>(query: Query<Item>, modeNow: ModeNow): Promise<Answer<Item>>
  /** Whether requests are made with a token that GitHub accepts, as far as is known. */
  hasToken(): boolean
  /** Whether there is a token that GitHub refused lately: what it showed stays, marked. */
  isTokenRefused(): boolean
  /** Sends the token again, though GitHub refused it: the reader wants to know. */
  trustToken(): void
  /** Another token is sent from now on: it may be somebody else's, and see other things. */
  takeOtherToken(): void
  /** Forgets all other answers: of heads that moved on, of repositories that were removed. */
  keepOnly(paths: ReadonlySet<string>): void
}

export interface FeedOptions {
  /** Milliseconds since the epoch. */
  now?: () => number
  /** Whether the mesh has a token to send; default: no, so that nothing is asked that needs one. */
  hasToken?: () => boolean
  /** What is shown already; default: nothing. */
  stored?: Answers | undefined
}

/** GitHub's answers through the mesh, kept for as long as the page is open. */
export function createFeed(
  { fetch, peek }: Pick<Mesh, 'fetch' | 'peek'>,
  apiUrl: string,
  { now = Date.now, hasToken = () => false, stored = new Map() }: FeedOptions = {}
): Feed {
  const { all, replace, subscribe } = createAnswerStore(stored)
  const { send, sendQuestion, isTokenRefused, trustToken, takeOtherToken, tokenNumber } = createSender({
    fetch,
    apiUrl,
    now,
    // Checks that have ended are not requested again, and would say for ever that the token was refused.
    onTrusted: () => replace(new Map([...all()].map(([path, { withoutToken: _, ...answer }]) => [path, answer])))
  })

  function keep<Item>({ path }: Query<Item>, answer: Answer<Item>): Answer<Item> {
    replace(new Map(all()).set(path, answer))
    return answer
  }

  async function read<Item>(query: Query<Item>, get: (url: string) => Promise<Response>): Promise<Answer<Item>> {
    const { refusal, isUnreadable, ...answer } = await readPages(query, apiUrl, get, now)
    if (isUnreadable) return { ...answer, problem: { kind: 'unreadable' } }
    if (!refusal) return answer
    if (refusal.status === 404 && query.isOptional && !isTokenRefused()) return { ...answer, data: [] }
    const problem = await problemOf(refusal, now())
    // What cannot be seen without a token may be there: GitHub says 404 of a private repository.
    return { ...answer, problem: isTokenRefused() && !failureOf(problem) ? { kind: 'token' } : problem }
  }

  return {
    answers: all,
    subscribe,
    async recall(query) {
      const known = answerTo(all(), query)
      if (known || query.graphql) return known
      const found = await read(query, async (url) => (await peek(url)) ?? new Response(null, { status: 504 })).catch(
        () => undefined
      )
      if (!found?.data || all().has(query.path)) return answerTo(all(), query)
      const { problem: _, ...held } = found
      return keep(query, held)
    },
    async ask(query, modeNow) {
      const known = answerTo(all(), query)
      // Only the token can read it: another request without it would use up the rate limit and change nothing.
      if (known?.withoutToken && known.problem?.kind === 'token' && isTokenRefused()) return known
      const asked = tokenNumber()
      let isHeldBack = false
      const mode = () => {
        const chosen = modeNow()
        isHeldBack ||= chosen === 'only-if-cached'
        return chosen
      }
      const { graphql } = query
      const get = (url: string) => (graphql ? sendQuestion(graphql, url, mode) : send(url, mode))
      const found = await read(query, get).catch((): Answer<never> => ({ problem: { kind: 'network' } }))
      const before = answerTo(all(), query)
      // The token that it answers may see other things. With the new one everything is asked for again.
      if (asked !== tokenNumber()) return before ?? { problem: { kind: 'waiting' } }
      if (found.data && before?.data && isTokenRefused())
        found.data = query.keepOfToken?.(found.data, before.data) ?? found.data
      // The same object where nothing changed, so that nothing is drawn again for it.
      if (JSON.stringify(before?.data) === JSON.stringify(found.data)) found.data = before?.data
      const { withoutToken: _, ...unchanged } = before ?? { ...found, problem: { kind: 'waiting' as const } }
      const answer = isHeldBack && found.problem ? unchanged : after(before, found, now())
      return keep(query, { ...answer, ...(isTokenRefused() && { withoutToken: true }) })
    },
    hasToken: () => hasToken() && !isTokenRefused(),
    isTokenRefused: () => hasToken() && isTokenRefused(),
    trustToken,
    takeOtherToken() {
      takeOtherToken()
      replace(new Map([...all()].filter(([path]) => path !== viewer.path && path !== teams.path)))
    },
    keepOnly(paths) {
      const kept = [...all()].filter(([path]) => paths.has(path))
      if (kept.length < all().size) replace(new Map(kept))
    }
  }
}
