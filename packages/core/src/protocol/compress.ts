import { type Bytes, concat } from '../bytes.ts'

interface NodeZlib {
  deflateRawSync(bytes: Uint8Array): Uint8Array
  inflateRawSync(
    bytes: Uint8Array,
    options: { maxOutputLength: number; info: true }
  ): { buffer: Uint8Array; engine: { bytesWritten: number } }
}
type MaybeNode = { process?: { getBuiltinModule?(name: 'node:zlib'): NodeZlib | undefined } }
// As in bytes.ts: browsers have streams only.
const zlib = (globalThis as MaybeNode).process?.getBuiltinModule?.('node:zlib')
/** Up to here it is done at once, which takes about 1 ms: by streams a list of 5 kB takes six times the processor time. */
const smallBytes = 128 * 1024

/**
 * Browsers inflate all that is given to them at once, however little is read. Of one byte DEFLATE makes at most 1,032
 * (https://zlib.net/zlib_tech.html), so this makes 4 MiB.
 */
const sliceBytes = 4096

/** Raw DEFLATE (RFC 1951). */
export async function deflate(bytes: Bytes): Promise<Bytes> {
  if (zlib && bytes.byteLength <= smallBytes) return new Uint8Array(zlib.deflateRawSync(bytes))
  const deflated = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate-raw'))
  return new Uint8Array(await new Response(deflated).arrayBuffer())
}

/** The bytes behind raw DEFLATE, or undefined when they are not exactly `byteLength`: it stops there and reads no bomb to its end. */
export async function inflate(bytes: Bytes, byteLength: number): Promise<Bytes | undefined> {
  try {
    if (zlib && Math.max(bytes.byteLength, byteLength) <= smallBytes) return inflateAtOnce(zlib, bytes, byteLength)
    return await inflateByStream(bytes, byteLength)
  } catch {
    return undefined
  }
}

function inflateAtOnce({ inflateRawSync }: NodeZlib, bytes: Bytes, byteLength: number): Bytes | undefined {
  const { buffer, engine } = inflateRawSync(bytes, { maxOutputLength: Math.max(1, byteLength), info: true })
  const isWhole = engine.bytesWritten === bytes.byteLength && buffer.byteLength === byteLength
  // A copy, for the buffer has room for more.
  return isWhole ? new Uint8Array(buffer) : undefined
}

async function inflateByStream(bytes: Bytes, byteLength: number): Promise<Bytes | undefined> {
  const reader = slicesOf(bytes).pipeThrough(new DecompressionStream('deflate-raw')).getReader()
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
  } finally {
    reader.cancel().catch(() => {})
  }
}

function slicesOf(bytes: Bytes): ReadableStream<Bytes> {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.byteLength) return controller.close()
      controller.enqueue(bytes.slice(at, at + sliceBytes))
      at += sliceBytes
    }
  })
}
