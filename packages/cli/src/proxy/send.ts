import { type ServerResponse, STATUS_CODES } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { cacheStatus } from 'ghmesh'
import type { Header } from './headers.ts'
import { type Rewriter, rewriting } from './rewrite-urls.ts'

export function sendText(res: ServerResponse, status: number, type: string, text: string): void {
  const length = Buffer.byteLength(text)
  res.writeHead(status, { 'content-type': type, 'content-length': length, 'cache-control': 'no-store' })
  res.end(res.req.method === 'HEAD' ? undefined : text)
}

export const sendJson = (res: ServerResponse, status: number, value: object): void =>
  sendText(res, status, 'application/json; charset=utf-8', `${JSON.stringify(value)}\n`)

/** The cache has whole bodies in memory: sent in one piece, they arrive sooner. */
function isInMemory(response: Response): boolean {
  const { hit, stored, collapsed } = cacheStatus(response) ?? {}
  return hit === true || stored === true || collapsed === true
}

/**
 * Sends a response as it arrives, or as a rewriter changes it. If it breaks off, it breaks off for the client too.
 */
export async function sendResponse(
  res: ServerResponse,
  response: Response,
  headers: readonly Header[],
  rewriter?: Rewriter
): Promise<void> {
  const { status, statusText, body } = response
  if (!body || res.req.method === 'HEAD' || status === 304) {
    await body?.cancel()
    sendHead(res, status, statusText, rewriter ? withoutLength(headers) : headers).end()
  } else if (isInMemory(response)) {
    const bytes = await whole(body as ReadableStream)
    const sent = rewriter ? Buffer.concat([rewriter.push(bytes), rewriter.end()]) : bytes
    sendBytes(res, { status, statusText, body: sent }, headers)
  } else if (rewriter) {
    sendHead(res, status, statusText, withoutLength(headers))
    await pipeline(Readable.fromWeb(body as ReadableStream), rewriting(rewriter), res)
  } else {
    sendHead(res, status, statusText, headers)
    await pipeline(Readable.fromWeb(body as ReadableStream), res)
  }
}

// Without the copy that `arrayBuffer` would make of a body that is already in one piece.
async function whole(body: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces)
}

function sendBytes(
  res: ServerResponse,
  { status, statusText, body }: { status: number; statusText: string; body: Uint8Array },
  headers: readonly Header[]
): void {
  const length: Header = ['content-length', String(body.length)]
  sendHead(res, status, statusText, [...withoutLength(headers), length]).end(body)
}

const withoutLength = (headers: readonly Header[]) => headers.filter(([name]) => name !== 'content-length')

function sendHead(res: ServerResponse, status: number, statusText: string, headers: readonly Header[]): ServerResponse {
  for (const [name, value] of headers) res.appendHeader(name, value)
  return res.writeHead(status, statusText || STATUS_CODES[status])
}
