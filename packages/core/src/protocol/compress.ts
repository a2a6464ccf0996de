import { type Bytes, concat } from '../bytes.ts'

const through = (bytes: Bytes, stream: CompressionStream | DecompressionStream) =>
  new Blob([bytes]).stream().pipeThrough(stream)

/** Raw DEFLATE (RFC 1951). */
export async function deflate(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await new Response(through(bytes, new CompressionStream('deflate-raw'))).arrayBuffer())
}

/** The bytes behind raw DEFLATE, or undefined when they are not exactly `byteLength`: it stops there and reads no bomb to its end. */
export async function inflate(bytes: Bytes, byteLength: number): Promise<Bytes | undefined> {
  const reader = through(bytes, new DecompressionStream('deflate-raw')).getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return length === byteLength ? concat(...chunks) : undefined
      length += value.byteLength
      if (length > byteLength) return undefined
      chunks.push(value)
    }
  } catch {
    return undefined
  } finally {
    reader.cancel().catch(() => {})
  }
}
