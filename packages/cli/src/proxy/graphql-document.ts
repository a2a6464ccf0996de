import { Kind, parse } from 'graphql/language'
import { stripIgnoredCharacters } from 'graphql/utilities/stripIgnoredCharacters.js'

/** Maximum tokens, which take 4 ms to parse. 256 KiB can hold 131,000, which take 60 ms; an ordinary query has some hundreds. */
const maxLexicalTokens = 20_000
/** The parser keeps them all. */
const maxComments = 1000

/**
 * A GraphQL document without its ignored tokens (GraphQL specification, "Ignored Tokens"). Undefined if it contains anything but
 * queries and fragments, or cannot be parsed: then GitHub has to answer.
 */
export function normaliseQuery(text: string): string | undefined {
  try {
    const { definitions } = parse(text, { noLocation: true, maxLexicalTokens, maxComments })
    const isQuery = definitions.map((one) => one.kind === Kind.OPERATION_DEFINITION && one.operation === 'query')
    const isMore = definitions.some((one, i) => !isQuery[i] && one.kind !== Kind.FRAGMENT_DEFINITION)
    return isQuery.includes(true) && !isMore ? stripIgnoredCharacters(text) : undefined
  } catch {
    return undefined // not GraphQL, or nested so deep that the stack overflows
  }
}
