/** A field or fragment that a query asks for. */
export type Selection =
  | {
      kind: 'field'
      name: string
      alias: string
      args: Record<string, Value>
      directives: Directive[]
      of: Selection[]
    }
  | { kind: 'spread'; name: string; directives: Directive[] }
  | { kind: 'inline'; on: string | undefined; directives: Directive[]; of: Selection[] }

/** A value as written; a variable's is not known yet. */
export type Value =
  | null
  | boolean
  | number
  | string
  | Value[]
  | { variable: string }
  | { fields: Record<string, Value> }

export interface Directive {
  name: string
  args: Record<string, Value>
}

interface Operation {
  kind: 'query' | 'mutation' | 'subscription'
  name: string | undefined
  /** Default values of variables. */
  defaults: Record<string, Value>
  of: Selection[]
}

export interface Document {
  operations: Operation[]
  fragments: Map<string, { on: string; of: Selection[] }>
}

const token =
  /"""(?:\\"""|.)*?"""|"(?:\\.|[^"\\\n])*"|[A-Za-z_]\w*|-?\d[\d.eE+-]*|\.\.\.|[!$&():=@[\]{|}]|#[^\n]*|[\s,\uFEFF]+/sy

function tokensOf(text: string): string[] {
  const tokens: string[] = []
  token.lastIndex = 0
  while (token.lastIndex < text.length) {
    const at = token.lastIndex
    const found = token.exec(text)?.[0]
    if (found === undefined) throw new SyntaxError(`Parse error on ${JSON.stringify(text.slice(at, at + 10))}`)
    if (!/^[#\s,\uFEFF]/.test(found)) tokens.push(found)
  }
  return tokens
}

/** Reads the part of GraphQL that clients use. @throws SyntaxError for anything else */
export function parseDocument(text: string): Document {
  const tokens = tokensOf(text)
  let at = 0
  const peek = () => tokens[at]
  const take = (wanted?: string): string => {
    const found = tokens[at++]
    if (found === undefined || (wanted !== undefined && found !== wanted)) {
      throw new SyntaxError(`Expected ${wanted ?? 'more'}, actual: ${found ?? 'end of document'}`)
    }
    return found
  }
  const has = (wanted: string) => peek() === wanted && ++at > 0

  function value(): Value {
    const first = take()
    if (first === '$') return { variable: take() }
    if (first === '[') return until(']', value)
    if (first === '{') return { fields: Object.fromEntries(until('}', pair)) }
    if (first.startsWith('"""')) return first.slice(3, -3)
    if (first.startsWith('"')) return JSON.parse(first)
    if (/^[-\d]/.test(first)) return Number(first)
    if (first === 'true' || first === 'false') return first === 'true'
    return first === 'null' ? null : first
  }
  function until<T>(end: string, one: () => T): T[] {
    const all: T[] = []
    while (!has(end)) all.push(one())
    return all
  }
  function pair(): [string, Value] {
    const name = take()
    take(':')
    return [name, value()]
  }
  const args = () => (has('(') ? Object.fromEntries(until(')', pair)) : {})
  function directives(): Directive[] {
    const all: Directive[] = []
    while (has('@')) all.push({ name: take(), args: args() })
    return all
  }
  const selections = (): Selection[] => {
    take('{')
    return until('}', selection)
  }
  function selection(): Selection {
    if (has('...')) {
      if (peek() !== 'on' && /^\w/.test(peek() ?? '')) return { kind: 'spread', name: take(), directives: directives() }
      const on = has('on') ? take() : undefined
      return { kind: 'inline', on, directives: directives(), of: selections() }
    }
    const alias = take()
    const name = has(':') ? take() : alias
    const given = args()
    return { kind: 'field', name, alias, args: given, directives: directives(), of: peek() === '{' ? selections() : [] }
  }
  function defaults(): Record<string, Value> {
    const found: Record<string, Value> = {}
    if (!has('(')) return found
    while (!has(')')) {
      take('$')
      const name = take()
      take(':')
      while (/^[[\]!]$|^\w+$/.test(peek() ?? '')) at++
      if (has('=')) found[name] = value()
    }
    return found
  }

  const document: Document = { operations: [], fragments: new Map() }
  while (at < tokens.length) {
    const kind = peek() === '{' ? 'query' : take()
    if (kind === 'fragment') {
      const name = take()
      take('on')
      document.fragments.set(name, { on: take(), of: selections() })
    } else if (kind === 'query' || kind === 'mutation' || kind === 'subscription') {
      const name = /^\w/.test(peek() ?? '') ? take() : undefined
      const given = defaults()
      directives()
      document.operations.push({ kind, name, defaults: given, of: selections() })
    } else throw new SyntaxError(`Parse error on ${JSON.stringify(kind)}`)
  }
  return document
}
