import { type Bytes, concat } from '../bytes.ts'

/** The whole body, or a stream of it once it turns out to be larger than the bound. */
export async function readBody(
  response: Response,
  maxBytes: number
): Promise<{ body?: Bytes; rest?: ReadableStream<Uint8Array> }> {
  if (!response.body) return { body: new Uint8Array() }
  const reader = response.body.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return { body: concat(...chunks) }
    chunks.push(value)
    length += value.byteLength
    if (length > maxBytes) break
  }
  const rest = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = chunks.shift() ?? (await reader.read()).value
      if (chunk) controller.enqueue(chunk)
      else controller.close()
    },
    cancel: (reason) => reader.cancel(reason)
  })
  return { rest }
}
