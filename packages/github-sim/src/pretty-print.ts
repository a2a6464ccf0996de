/** Whether GitHub pretty-prints JSON for this user agent: browsers, curl and Wget. */
export function prettyPrints(userAgent: string): boolean {
  return /Safari|Firefox|curl|Wget/.test(userAgent)
}

/**
 * Compact JSON text with two-space indentation and a final line feed. Works on the text, so every number and escape
 * keeps its spelling; empty arrays and objects get the blank lines that GitHub's printer gives them.
 */
export function prettyPrint(json: string): string {
  let out = ''
  let depth = 0
  let inString = false
  const line = () => `\n${'  '.repeat(depth)}`
  for (let i = 0; i < json.length; i++) {
    const c = json.charAt(i)
    if (inString) {
      out += c
      if (c === '\\') out += json.charAt(++i)
      else if (c === '"') inString = false
    } else if (c === '"') {
      inString = true
      out += c
    } else if (c === '[' || c === '{') {
      depth++
      const next = json.charAt(i + 1)
      if (next === ']' || next === '}') {
        depth--
        out += next === ']' ? `[\n${line()}]` : `{${line()}}`
        i++
      } else out += c + line()
    } else if (c === ']' || c === '}') {
      depth--
      out += line() + c
    } else if (c === ',') out += c + line()
    else if (c === ':') out += ': '
    else out += c
  }
  return `${out}\n`
}
