import type { Mesh } from 'ghmesh'
import { type Problem, problemOf } from './problem.ts'
import type { Query } from './queries.ts'
import { type Source, sourceOf } from './source.ts'

/** What is known of one query: the last good answer, and what went wrong since. */
export interface Answer<T = unknown> {
  data?: T | undefined
  source?: Source
  problem?: Problem
}

export type Answers = ReadonlyMap<string, Answer>

/** The answer to a query; undefined before the first. */
export const answerTo = <T>(answers: Answers, { path }: Query<T>): Answer<T> | undefined =>
  answers.get(path) as Answer<T> | undefined

export interface Feed {
  answers(): Answers
  subscribe(listener: () => void): () => void
  /** Shows what this browser holds, whatever its age, where nothing is shown yet. */
  recall<T>(query: Query<T>): Promise<Answer<T> | undefined>
  ask<T>(query: Query<T>, cache: RequestCache): Promise<Answer<T>>
  /** Forgets all other answers: of heads that moved on, of repositories that were removed. */
  keepOnly(paths: ReadonlySet<string>): void
}

/** GitHub's answers through the mesh, kept for as long as the page is open. */
export function createFeed({ fetch, peek }: Pick<Mesh, 'fetch' | 'peek'>, apiUrl: string): Feed {
  let answers: Answers = new Map()
  const listeners = new Set<() => void>()

  function replace(by: Answers): void {
    answers = by
    for (const listener of listeners) listener()
  }

  function keep<T>({ path }: Query<T>, answer: Answer<T>): Answer<T> {
    replace(new Map(answers).set(path, answer))
    return answer
  }

  async function read<T>(query: Query<T>, response: Response): Promise<Answer<T>> {
    const now = Date.now()
    if (!response.ok) return { problem: problemOf(response, now) }
    return { data: query.read(await response.json()), source: sourceOf(response, now) }
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
      const response = await peek(apiUrl + query.path).catch(() => undefined)
      if (!response || answers.has(query.path)) return answerTo(answers, query)
      return keep(query, await read(query, response))
    },
    async ask(query, cache) {
      const before = answerTo(answers, query)
      let answer: Answer<ReturnType<typeof query.read>>
      try {
        answer = await read(query, await fetch(apiUrl + query.path, { cache }))
      } catch {
        answer = { problem: { kind: 'network' } }
      }
      return keep(query, answer.problem ? withoutAnswer(answer.problem, before) : answer)
    },
    keepOnly(paths) {
      const kept = [...answers].filter(([path]) => paths.has(path))
      if (kept.length < answers.size) replace(new Map(kept))
    }
  }
}

/** What was shown stays, marked, unless the answer says that it may not be seen any more. */
function withoutAnswer<T>(problem: Problem, before: Answer<T> | undefined): Answer<T> {
  const reason = ({ 'rate-limit': 'rate-limit', server: 'server-error', network: 'network' } as const)[
    problem.kind as 'network'
  ]
  if (!reason || !before?.source) return { problem }
  return { data: before.data, source: { ...before.source, kind: 'stale', reason }, problem }
}
