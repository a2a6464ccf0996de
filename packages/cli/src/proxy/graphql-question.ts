import { createHash, createHmac, randomBytes } from 'node:crypto'
import { normaliseQuery } from './graphql-document.ts'

/** Identifies a question and who asks it, without keeping a token. */
export type Questions = (url: URL, headers: Headers, body: string) => string | undefined

/** Headers that can change a response, besides the token. */
const matters = /^(?:accept$|time-zone$|graphql-|x-github-)/
const known = new Set(['query', 'variables', 'operationName'])

/** Undefined for requests that are not cached: mutations, subscriptions, and anything unusual. */
export function createQuestions(): Questions {
  // Known to this process only, so what is kept tells nobody anything about a token.
  const secret = randomBytes(32)
  return (url, headers, body) => {
    if (headers.has('cookie') || headers.has('content-encoding')) return undefined
    // Larger numbers cannot be told apart once they are parsed.
    if (/\d{16}/.test(body)) return undefined
    const asked = parse(body)
    const query = typeof asked?.query === 'string' ? normaliseQuery(asked.query) : undefined
    if (!asked || query === undefined || Object.keys(asked).some((name) => !known.has(name))) return undefined
    const variables = sorted(asked.variables ?? null)
    if (variables === undefined) return undefined
    const viewer = createHmac('sha256', secret)
      .update(headers.get('authorization') ?? '')
      .digest('hex')
    const parts = [
      viewer,
      url.href,
      query,
      variables,
      asked.operationName ?? null,
      [...headers].filter(([name]) => matters.test(name))
    ]
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
  }
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text)
    return typeof value === 'object' && !Array.isArray(value) ? (value ?? undefined) : undefined
  } catch {
    return undefined
  }
}

/** Ordinary variables are not nested deeper; far deeper ones would overflow the stack. */
const maxDepth = 100

/** The same text for objects whose members are in another order; undefined if nested too deep. */
function sorted(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth === maxDepth) return undefined
  const members = Object.entries(value).map(([name, one]) => [name, sorted(one, depth + 1)] as const)
  if (members.some(([, one]) => one === undefined)) return undefined
  return [Array.isArray(value) ? '[' : '{', ...members.sort(([a], [b]) => (a < b ? -1 : 1))]
}
