import type { Links } from './data/links.ts'
import type { Repository } from './model.ts'
import { cursorPage, isTooFar, linkOf, type Place, pageOf, sincePage, slice } from './pagination.ts'
import type { QuotaState } from './quota.ts'
import { failure, type Reply } from './reply.ts'
import type { Role, Token } from './tokens.ts'
import type { World } from './world.ts'

/** A request as routes see it: who asks, for what, in which world. */
export interface Ask {
  world: World
  links: Links
  viewer: Token | undefined
  method: string
  query: URLSearchParams
  /** Path parameters by name, decoded. */
  params: Record<string, string>
  /** The path that `Link` shows: `/repositories/{id}/...`, `/user/{id}/...` or the path itself. */
  canonicalPath: string
  accept: string
  apiVersion: string
  /** The parsed JSON body, or undefined. */
  body: unknown
  now: number
  /** The caller's budgets, read when called. */
  budgets: () => QuotaState[]
}

/** A request about a repository that the caller may see. */
export interface RepositoryAsk extends Ask {
  repository: Repository
  role: Role
}

export type Handler = (ask: Ask) => Reply
export type RepositoryHandler = (ask: RepositoryAsk) => Reply

/** One page of a list, with its `Link`, whose query is the asked one if not said otherwise. Only its items are rendered. */
export function listReply<T>(
  ask: Ask,
  items: readonly T[],
  render: (item: T) => unknown,
  linkQuery: URLSearchParams = ask.query
): Reply {
  const page = pageOf(ask.query)
  const link = linkOf(ask.links.api + ask.canonicalPath, linkQuery, page, items.length)
  return { json: slice(items, page).map(render), ...(link !== undefined && { headers: { link } }) }
}

/** The same of a list that GitHub pages by cursor. */
export function cursorReply<T>(
  ask: Ask,
  items: readonly T[],
  placeOf: (item: T) => Place,
  render: (item: T) => unknown
): Reply {
  if (isTooFar(ask.query)) {
    const advice = 'please use cursor based pagination (after/before)'
    return failure(422, `Pagination with the page parameter is not supported for large datasets, ${advice}`)
  }
  const { items: found, link } = cursorPage(ask.links.api + ask.canonicalPath, ask.query, items, placeOf)
  return { json: found.map(render), ...(link !== undefined && { headers: { link } }) }
}

/** The same of a list that goes on by id. */
export function sinceReply<T extends { id: number }>(
  ask: Ask,
  items: readonly T[],
  render: (item: T) => unknown
): Reply {
  const { items: found, link } = sincePage(ask.links.api + ask.canonicalPath, ask.query, items)
  return { json: found.map(render), ...(link !== undefined && { headers: { link } }) }
}

/** One page of a list that GitHub wraps in an object with `total_count`. */
export function wrappedReply<T>(ask: Ask, key: string, items: readonly T[], render: (item: T) => unknown): Reply {
  const reply = listReply(ask, items, render)
  return { ...reply, json: { total_count: items.length, [key]: reply.json } }
}

/** The JSON object a client sent, or an empty one. */
export function bodyOf(ask: Ask): Record<string, unknown> {
  return typeof ask.body === 'object' && ask.body !== null ? (ask.body as Record<string, unknown>) : {}
}

/** Names out of a JSON array of strings or of objects with `name`. */
export function namesOf(value: unknown): string[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((v: unknown) => {
    const name = typeof v === 'object' && v !== null ? (v as { name?: unknown }).name : v
    return typeof name === 'string' ? [name] : []
  })
}
