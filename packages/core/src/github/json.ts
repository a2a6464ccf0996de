import type { Bytes } from '../bytes.ts'
import { inSlices } from '../in-slices.ts'

const quote = 0x22
const backslash = 0x5c
const isSpace = (byte: number) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

const sliceBytes = 1024 * 1024

/**
 * The same JSON without insignificant white space, textually: GitHub pretty-prints after hashing for some user agents,
 * and parsing would change numbers (`0.0`, ids above 2^53). The very same bytes where there is none.
 */
export const compact = (json: Bytes): Promise<Bytes> => inSlices(compacting(json))

function* compacting(json: Bytes): Generator<undefined, Bytes> {
  const out = new Uint8Array(json.byteLength)
  let length = 0
  let inString = false
  let stopAt = sliceBytes
  for (let i = 0; i < json.byteLength; i++) {
    if (i >= stopAt) {
      yield
      stopAt = i + sliceBytes
    }
    const byte = json[i] as number
    if (inString) {
      out[length++] = byte
      if (byte === backslash && i + 1 < json.byteLength) out[length++] = json[++i] as number
      else if (byte === quote) inString = false
    } else if (!isSpace(byte)) {
      out[length++] = byte
      inString = byte === quote
    }
  }
  return length === json.byteLength ? json : out.slice(0, length)
}
