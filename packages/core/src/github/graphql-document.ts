/*
 * GraphQL's lexical grammar, https://spec.graphql.org/October2021/#sec-Appendix-Grammar-Summary.Lexical-Tokens. Whether a document
 * means anything only GitHub can tell; what it answers with errors is not kept.
 */
const ignored = String.raw`[\t\n\r ,\uFEFF]+|#[^\n\r]*`
const blockString = String.raw`"""(?:[^"\\]|\\"""|\\(?!""")|"(?!""))*"""`
const string = String.raw`"(?:[^"\\\n\r]|\\[^\n\r])*"`
const word = String.raw`[_A-Za-z]\w*|-?\d[\w.+-]*`
const token = new RegExp(`(${ignored})|(${blockString}|${string}|${word}|\\.\\.\\.|[!$&()[\\]{}:=@|])`, 'y')

/** An ordinary query has some hundreds. */
const maxTokens = 20_000
const closing: Record<string, string> = { '(': ')', '[': ']', '{': '}' }

/**
 * A GraphQL document without what has no meaning in it, such as white space and comments. Undefined if it contains anything but
 * queries and fragments, or is no document: then GitHub has to answer.
 */
export function normaliseQuery(text: string): string | undefined {
  const normal: string[] = []
  let tokens = 0
  let hasQuery = false
  let begins = true
  const open: (string | undefined)[] = []
  token.lastIndex = 0
  while (token.lastIndex < text.length) {
    const [, space, found] = token.exec(text) ?? []
    if (space !== undefined) continue
    const last = normal.at(-1) ?? ''
    if (found === undefined || ++tokens > maxTokens) return undefined
    if (begins) {
      if (!/^(?:query|fragment|\{)$/.test(found)) return undefined
      hasQuery ||= found !== 'fragment'
      begins = false
    }
    if (found in closing) open.push(closing[found])
    else if (/^[)\]}]$/.test(found)) {
      if (open.pop() !== found) return undefined
      // A definition ends with its selection.
      begins = found === '}' && open.length === 0
    }
    const touches = /\w$/.test(last) ? /^[\w-]/.test(found) : last.endsWith('"') && found.startsWith('"')
    normal.push(touches ? ` ${found}` : found)
  }
  return hasQuery && begins ? normal.join('') : undefined
}
