// Everything that may stand in a document: what means something first, then comments, white space and commas.
const piece =
  /"""(?:\\"""|.)*?"""|"(?:\\.|[^"\\\n\r])*"|[A-Za-z_]\w*|-?\d[\d.eE+-]*|\.\.\.|[!$&():=@[\]{|}]|#[^\n\r]*|[\s,\uFEFF]+/sy

/**
 * A GraphQL document without what means nothing in it. Undefined for one that is not made of queries and fragments only,
 * or is not understood: that is GitHub's business.
 */
export function normaliseQuery(text: string): string | undefined {
  const kept: string[] = []
  let depth = 0
  let queries = 0
  let starts = true
  piece.lastIndex = 0
  while (piece.lastIndex < text.length) {
    const found = piece.exec(text)?.[0]
    if (found === undefined) return undefined
    if (/^[#\s,\uFEFF]/.test(found)) continue
    if (starts) {
      if (found !== 'query' && found !== 'fragment' && found !== '{') return undefined
      if (found !== 'fragment') queries++
      starts = false
    }
    if (/^[{([]$/.test(found)) depth++
    if (/^[})\]]$/.test(found)) depth--
    if (depth < 0) return undefined
    if (found === '}' && depth === 0) starts = true
    kept.push(found)
  }
  return depth === 0 && starts && queries > 0 ? kept.join(' ') : undefined
}
