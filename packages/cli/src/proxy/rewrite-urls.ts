import { Transform } from 'node:stream'

/** Maximum length of a URL: GitHub's limit is about 8 KiB. */
const maxUrlBytes = 8 * 1024
/** How much text is held back while it is unclear whether a string that looks like a URL is a property name. */
const maxHeldBytes = 2 * maxUrlBytes
const quote = 0x22
const backslash = 0x5c
const colon = 0x3a

export interface Rewriter {
  /** The part of the text so far that can be sent. */
  push(piece: Uint8Array): Uint8Array
  /** The rest. */
  end(): Uint8Array
}

/**
 * Replaces the base of URLs in a JSON text: only in values, and only if the whole string is a URL below `from`. Property names,
 * URLs within longer text and everything else stay the same, byte by byte. It holds back at most one string.
 */
export function createRewriter(from: string, to: string): Rewriter {
  const prefix = Buffer.from(from)
  let held: Uint8Array = new Uint8Array()
  // Inside a string that is not a URL, and after a backslash in it.
  let [inside, escaped] = [false, false]

  /** The position of the closing quote, from a place inside the string; -1 if it is not there yet. */
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
    // `sent`: up to where the text has been passed on; `at`: up to where it has been read.
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
        // Read again, together with the next piece.
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

/** Whether a response is JSON from GitHub itself, and complete. A raw file can have a JSON type too. */
export const isOwnJson = ({ status, headers }: Pick<Response, 'status' | 'headers'>): boolean =>
  status !== 206 && /^application\/(?!.*\b(?:raw|sarif)\b)(?:[\w.-]+\+)?json\b/i.test(headers.get('content-type') ?? '')

/** Undefined if it is not a JSON string. */
function unescaped(content: string): string | undefined {
  if (!content.includes('\\')) return content
  try {
    return JSON.parse(`"${content}"`)
  } catch {
    return undefined
  }
}

/** The position of the next byte that is not white space (RFC 8259, section 2). */
function afterSpace(bytes: Uint8Array, from: number): number | undefined {
  let at = from
  while (at < bytes.length && [0x20, 0x0a, 0x0d, 0x09].includes(bytes[at] as number)) at++
  return bytes[at]
}
