import { type Failure, failureOf, isDenial, type Problem } from './problem.ts'
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

/** GitHub does not show it to this page. */
export const isHidden = (answer: Answer | undefined): boolean => !!answer?.problem && isDenial(answer.problem)

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
