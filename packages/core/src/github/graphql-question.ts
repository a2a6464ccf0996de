import { type Bytes, sha256Hex, text, utf8 } from '../bytes.ts'
import { normaliseQuery } from './graphql-document.ts'

/** Headers that can change an answer, besides the token. */
const matters = /^(?:accept$|time-zone$|graphql-|x-github-)/
// Apollo Client names itself in `extensions` (https://graphql.github.io/graphql-over-http/draft/#sec-Request-Parameters).
const known = new Set(['query', 'variables', 'operationName', 'extensions'])
/** Ordinary queries are smaller, characters. */
const maxChars = 256 * 1024

/**
 * A name for the question in a request to GraphQL, the same for the same document and variables however they are written.
 * Undefined for what is not kept: mutations, subscriptions, and anything unusual.
 */
export async function graphqlQuestion(body: string, headers: Headers): Promise<string | undefined> {
  // Larger numbers cannot be told apart once they are parsed.
  if (body.length > maxChars || /\d{16}/.test(body)) return undefined
  const asked = parsed(body)
  const query = typeof asked?.query === 'string' ? normaliseQuery(asked.query) : undefined
  if (!asked || query === undefined || Object.keys(asked).some((name) => !known.has(name))) return undefined
  const [variables, extensions] = [asked.variables, asked.extensions].map((one) => sorted(one ?? null))
  if (variables === undefined || extensions === undefined) return undefined
  const parts = [query, variables, asked.operationName ?? null, [...headers].filter(([name]) => matters.test(name))]
  // Without any the name is the one that members of an older version give.
  if (extensions !== null) parts.push(extensions)
  return sha256Hex(utf8(JSON.stringify(parts)))
}

/** Whether an answer may be kept: GitHub says 200 with `errors`, too, such as a rate limit's, and before it knows everything. */
export function isWholeAnswer(body: string): boolean {
  const { data, errors } = parsed(body) ?? {}
  return typeof data === 'object' && data !== null && errors === undefined && !isUnfinished(data)
}

/**
 * Whether GitHub is still finding out if some pull request can be merged
 * (https://docs.github.com/graphql/reference/enums#mergeablestate). Of a closed one it never says so.
 */
function isUnfinished(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { mergeable, mergeStateStatus, state = 'OPEN' } = value as Record<string, unknown>
  if (state === 'OPEN' && [mergeable, mergeStateStatus].includes('UNKNOWN')) return true
  return depth >= maxDepth || Object.values(value).some((one) => isUnfinished(one, depth + 1))
}

/**
 * What a query has cost, points: 1, unless its answer says otherwise
 * (https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api).
 */
export const pointsIn = (body: Bytes | undefined): number =>
  Number(/"rateLimit":\{[^{}]*?"cost":(\d{1,6})[,}]/.exec(body ? text(body) : '')?.[1] ?? 1)

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text)
    return typeof value === 'object' && !Array.isArray(value) ? (value ?? undefined) : undefined
  } catch {
    return undefined
  }
}

/** Ordinary variables and answers are not nested deeper; far deeper ones would overflow the stack. */
const maxDepth = 100

/** The same text for objects whose members are in another order; undefined if nested too deep. */
function sorted(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth === maxDepth) return undefined
  const members = Object.entries(value).map(([name, one]) => [name, sorted(one, depth + 1)] as const)
  if (members.some(([, one]) => one === undefined)) return undefined
  return [Array.isArray(value) ? '[' : '{', ...members.sort(([a], [b]) => (a < b ? -1 : 1))]
}
