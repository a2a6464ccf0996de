import { createHash, createHmac, randomBytes } from 'node:crypto'
import { normaliseQuery } from './graphql-document.ts'

/** Names what is asked, and by whom, without keeping a token. */
export type Questions = (url: URL, headers: Headers, body: string) => string | undefined

/** Headers that may change an answer, besides the token. */
const matters = /^(?:accept$|time-zone$|graphql-|x-github-)/
const known = new Set(['query', 'variables', 'operationName'])

/** Undefined for what is not cached: mutations, subscriptions, and everything that is out of the ordinary. */
export function createQuestions(): Questions {
  // Of this process alone, so what is kept says nothing of a token to anybody.
  const secret = randomBytes(32)
  return (url, headers, body) => {
    if (headers.has('cookie') || headers.has('content-encoding')) return undefined
    // Larger numbers are not told apart once they are parsed.
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

/** Deeper variables are no ordinary ones; far deeper ones would overflow the stack. */
const maxDepth = 100

/** The same for objects whose members come in another order; undefined for what is nested too deep. */
function sorted(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth === maxDepth) return undefined
  const members = Object.entries(value).map(([name, one]) => [name, sorted(one, depth + 1)] as const)
  if (members.some(([, one]) => one === undefined)) return undefined
  return [Array.isArray(value) ? '[' : '{', ...members.sort(([a], [b]) => (a < b ? -1 : 1))]
}
