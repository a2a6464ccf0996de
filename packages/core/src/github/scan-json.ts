/*
 * One pass over the bytes of a JSON text (RFC 8259): is it one, which of its properties matter, how many items has it?
 * `JSON.parse` cannot stop half-way, and with a reviver it takes a second for a megabyte of `[[],[],...`.
 */
const quote = 0x22
const backslash = 0x5c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d
const comma = 0x2c
const colon = 0x3a

/** Containers in containers. GitHub's answers have about ten; a deeper text counts as none. */
export const maxJsonDepth = 1000

/** Bytes looked at between two stops: a few milliseconds of work. */
const sliceBytes = 512 * 1024

/** A property that is visited takes as long as so many bytes that are not. */
const visitBytes = 64

/** Longer names and values do not matter; this many bytes also hold an escaped one. */
const maxScalarBytes = 1024

/** What a property's value is when it is an array, an object or very long. */
const composite: unique symbol = Symbol('composite')

export interface JsonVisitor {
  /** Whether a name that begins with these three bytes can matter; escaped ones always can. */
  mayMatter(first: number, second: number, third: number): boolean
  /** A property of an object `depth` containers deep, the outermost being 1; scalar values as `JSON.parse` has them. */
  property(name: string, value: unknown, depth: number): void
  /** The object at this depth has ended; called where one of its properties was visited. */
  endOfObject(depth: number): void
}

// What may come next.
const value = 0
const valueOrEnd = 1
const nameOrEnd = 2
const name = 3
const commaOrEnd = 4

const literals = new Map<number, [text: string, value: unknown]>([
  [0x74, ['true', true]],
  [0x66, ['false', false]],
  [0x6e, ['null', null]]
])
const decoder = new TextDecoder()

/** How many items a JSON text has: as an array, else in the arrays that are properties of its outermost object. */
export interface Counts {
  items?: number | undefined
  inner: number
}

/**
 * Reads a body as `JSON.parse` would read its text, and tells the visitor on the way. Returns how many items it has, or undefined
 * where it is no JSON. It yields after each few milliseconds, so that others can run.
 */
export function* scanJson(body: Uint8Array, visitor: JsonVisitor): Generator<undefined, Counts | undefined> {
  const opened = new Uint8Array(maxJsonDepth + 1)
  const visited = new Uint8Array(maxJsonDepth + 1)
  let [depth, expected, items, inner] = [0, value, 0, 0]
  let property: string | undefined
  let at = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0 // a byte order mark, which decoders drop
  const first = afterSpace(body, at)
  let stopAt = at + sliceBytes
  const tell = (told: unknown) => {
    if (property === undefined) return
    visited[depth] = 1
    stopAt -= visitBytes
    visitor.property(property, told, depth)
    property = undefined
  }

  for (;;) {
    at = afterSpace(body, at)
    if (at >= stopAt) {
      yield
      stopAt = at + sliceBytes
    }
    if (at >= body.byteLength)
      return depth === 0 && expected === commaOrEnd
        ? { items: body[first] === openBracket ? items : undefined, inner }
        : undefined
    const byte = body[at] as number
    if (byte === closeBrace || byte === closeBracket) {
      // In ASCII, and so in UTF-8, each closing bracket stands two places behind its opening one.
      if (depth === 0 || opened[depth] !== byte - 2 || expected === value || expected === name) return undefined
      if (visited[depth]) visitor.endOfObject(depth)
      visited[depth--] = 0
      at++
      expected = commaOrEnd
    } else if (expected === commaOrEnd) {
      if (byte !== comma || depth === 0) return undefined
      at++
      expected = opened[depth] === openBrace ? name : value
    } else if (expected === nameOrEnd || expected === name) {
      const end = byte === quote ? stringEnd(body, at + 1) : -1
      if (end < 0) return undefined
      if (mayMatter(body, at, visitor)) property = nameIn(body, at, end)
      at = afterSpace(body, end + 1)
      if (body[at++] !== colon) return undefined
      expected = value
    } else {
      if (depth === 1) items++
      else if (depth === 2 && opened[2] === openBracket && opened[1] === openBrace) inner++
      if (byte === openBrace || byte === openBracket) {
        if (depth === maxJsonDepth) return undefined
        tell(composite)
        opened[++depth] = byte
        at++
        expected = byte === openBrace ? nameOrEnd : valueOrEnd
        continue
      }
      const end = scalarEnd(body, at)
      if (end < 0) return undefined
      if (property !== undefined) tell(scalarIn(body, at, end))
      at = end
      expected = commaOrEnd
    }
  }
}

function mayMatter(body: Uint8Array, at: number, visitor: JsonVisitor): boolean {
  const [first, second, third] = [body[at + 1] as number, body[at + 2] as number, body[at + 3] as number]
  const isEscaped = first === backslash || second === backslash || third === backslash
  return isEscaped || visitor.mayMatter(first, second, third)
}

/** Whatever is not ASCII comes out garbled, which no name that matters does. */
function asciiIn(body: Uint8Array, from: number, to: number): string {
  let text = ''
  for (; from < to; from++) text += String.fromCharCode(body[from] as number)
  return text
}

const stringIn = (body: Uint8Array, from: number, to: number): string =>
  JSON.parse(decoder.decode(body.subarray(from, to)))

/** The name between two quotes, or undefined for one too long to matter. */
function nameIn(body: Uint8Array, from: number, end: number): string | undefined {
  if (end - from > maxScalarBytes) return undefined
  const written = asciiIn(body, from + 1, end)
  return written.includes('\\') ? stringIn(body, from, end + 1) : written
}

function scalarIn(body: Uint8Array, from: number, to: number): unknown {
  if (to - from > maxScalarBytes) return composite
  if (body[from] === quote) return stringIn(body, from, to)
  const literal = literals.get(body[from] as number)
  return literal ? literal[1] : Number(asciiIn(body, from, to))
}

function afterSpace(body: Uint8Array, at: number): number {
  for (; at < body.byteLength; at++) {
    const byte = body[at]
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break
  }
  return at
}

/** Behind the string, number or literal that begins here; -1 where none does. */
function scalarEnd(body: Uint8Array, at: number): number {
  const byte = body[at] as number
  if (byte === quote) return stringEnd(body, at + 1) + 1 || -1
  const literal = literals.get(byte)?.[0]
  if (literal === undefined) return numberEnd(body, at)
  for (let i = 0; i < literal.length; i++) if (body[at + i] !== literal.charCodeAt(i)) return -1
  return at + literal.length
}

/** The closing quote of the string whose content begins here; -1 where it does not end or is malformed. */
function stringEnd(body: Uint8Array, at: number): number {
  for (; at < body.byteLength; at++) {
    const byte = body[at] as number
    if (byte === quote) return at
    if (byte < 0x20) return -1
    if (byte !== backslash) continue
    const escaped = body[++at] as number
    if (escaped === 0x75) {
      for (const end = at + 4; at < end; ) if (!isHexDigit(body[++at] as number)) return -1
    } else if (!isEscapable(escaped)) return -1
  }
  return -1
}

const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39
const isHexDigit = (byte: number) => isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66)
const escapable = new Set([...'"\\/bfnrt'].map((character) => character.charCodeAt(0)))
const isEscapable = (byte: number) => escapable.has(byte)

function afterDigits(body: Uint8Array, at: number): number {
  while (isDigit(body[at] as number)) at++
  return at
}

/** Behind the number that begins here; -1 where none does. */
function numberEnd(body: Uint8Array, at: number): number {
  if (body[at] === 0x2d) at++
  const whole = afterDigits(body, at)
  if (whole === at || (body[at] === 0x30 && whole > at + 1)) return -1
  at = whole
  if (body[at] === 0x2e) {
    const fraction = afterDigits(body, at + 1)
    if (fraction === at + 1) return -1
    at = fraction
  }
  if (body[at] === 0x65 || body[at] === 0x45) {
    at++
    if (body[at] === 0x2b || body[at] === 0x2d) at++
    const exponent = afterDigits(body, at)
    if (exponent === at) return -1
    at = exponent
  }
  return at
}
