import { Transform } from 'node:stream'

/** A longer string is no URL that GitHub would take: its limit is some 8 KiB. */
const maxUrlBytes = 8 * 1024
/** A string that may be a URL is held back until what follows shows whether it is a property name; no longer than this. */
const maxHeldBytes = 2 * maxUrlBytes
const quote = 0x22
const backslash = 0x5c
const colon = 0x3a

export interface Rewriter {
  /** What can be said of the text so far. */
  push(piece: Uint8Array): Uint8Array
  /** The rest. */
  end(): Uint8Array
}

/**
 * Exchanges the base of URLs in a JSON text: of strings that are a URL below `from` as a whole, and only of values. Names, URLs
 * within longer text and everything else stay as they are, byte by byte. It holds back no more than one string.
 */
export function createRewriter(from: string, to: string): Rewriter {
  const prefix = Buffer.from(from)
  let held: Uint8Array = new Uint8Array()
  // Within a string that is no URL, and after a backslash in it.
  let [inside, escaped] = [false, false]

  /** Where a string ends, from a place inside of it: at its closing quote, or -1. */
  function closing(bytes: Uint8Array, start: number): number {
    for (let at = start; at < bytes.length; at++) {
      if (escaped) escaped = false
      else if (bytes[at] === backslash) escaped = true
      else if (bytes[at] === quote) return at
    }
    return -1
  }

  const mayBeUrl = (content: Buffer) =>
    content.length <= maxUrlBytes &&
    (content.includes(backslash)
      ? content[0] === prefix[0]
      : prefix.subarray(0, content.length).equals(content.subarray(0, prefix.length)))

  /** A string's content below the new base; undefined where it is not below the old one. */
  function rewritten(content: Buffer): string | undefined {
    if (!mayBeUrl(content)) return undefined
    const text = unescaped(content.toString())
    if (text === undefined || /\s/.test(text)) return undefined
    if (text !== from && !text.startsWith(`${from}/`)) return undefined
    return JSON.stringify(to + text.slice(from.length)).slice(1, -1)
  }

  function push(piece: Uint8Array, isEnd: boolean): Uint8Array {
    const bytes =
      held.length > 0 ? Buffer.concat([held, piece]) : Buffer.from(piece.buffer, piece.byteOffset, piece.length)
    held = new Uint8Array()
    const said: Uint8Array[] = []
    // `sent`: up to where all is said; `at`: up to where it is understood.
    let [sent, at] = [0, 0]
    for (;;) {
      if (inside) {
        const end = closing(bytes, at)
        if (end < 0) break
        inside = false
        at = end + 1
      }
      const start = bytes.indexOf(quote, at)
      if (start < 0) break
      const end = closing(bytes, start + 1)
      const content = bytes.subarray(start + 1, end < 0 ? undefined : end)
      if (end < 0 && (isEnd || !mayBeUrl(content))) {
        inside = true
        at = bytes.length
        break
      }
      const changed = end < 0 ? undefined : rewritten(content)
      const next = end < 0 ? undefined : afterSpace(bytes, end + 1)
      const isOpen = end < 0 || (changed !== undefined && next === undefined && !isEnd)
      if (isOpen && bytes.length - start <= maxHeldBytes) {
        // Read again together with what follows.
        escaped = false
        held = Buffer.from(bytes.subarray(start))
        said.push(bytes.subarray(sent, start))
        return Buffer.concat(said)
      }
      if (changed !== undefined && next !== colon && !isOpen) {
        said.push(bytes.subarray(sent, start + 1), Buffer.from(changed))
        sent = end
      }
      at = end + 1
    }
    said.push(bytes.subarray(sent))
    return said.length === 1 ? (said[0] as Uint8Array) : Buffer.concat(said)
  }

  return { push: (piece) => push(piece, false), end: () => push(new Uint8Array(), true) }
}

/** The same for a stream. */
export function rewriting(rewriter: Rewriter): Transform {
  return new Transform({
    transform: (piece, _, done) => done(null, rewriter.push(piece)),
    flush: (done) => done(null, rewriter.end())
  })
}

/** Whether an answer is JSON of GitHub's own, and whole. A file that was asked for as it is may be called JSON too. */
export const isOwnJson = ({ status, headers }: Pick<Response, 'status' | 'headers'>): boolean =>
  status !== 206 && /^application\/(?!.*\b(?:raw|sarif)\b)(?:[\w.-]+\+)?json\b/i.test(headers.get('content-type') ?? '')

/** Undefined for what is no JSON string. */
function unescaped(content: string): string | undefined {
  if (!content.includes('\\')) return content
  try {
    return JSON.parse(`"${content}"`)
  } catch {
    return undefined
  }
}

/** The next byte that is no white space (RFC 8259, section 2). */
function afterSpace(bytes: Uint8Array, from: number): number | undefined {
  let at = from
  while (at < bytes.length && [0x20, 0x0a, 0x0d, 0x09].includes(bytes[at] as number)) at++
  return bytes[at]
}
