import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'

// Taken once, as the core does: later, the global one may be a mesh's.
const ownFetch = globalThis.fetch

/**
 * The global fetch, extended by what it refuses: a body with GET or HEAD (Fetch standard, constructor of `Request`). Such a body
 * has no meaning (RFC 9110, section 9.3.1), but clients send it and GitHub answers. These requests follow no redirects.
 *
 * @throws as fetch does
 */
export const fetchWithAnyBody: typeof globalThis.fetch = (input, init) =>
  init?.body != null && /^(?:get|head)$/i.test(init.method ?? 'GET')
    ? send(new URL(input instanceof Request ? input.url : input), init, init.body)
    : ownFetch(input, init)

async function send(url: URL, init: RequestInit, body: BodyInit): Promise<Response> {
  const sender = url.protocol === 'http:' ? requestHttp : requestHttps
  const sending = sender(url, {
    method: init.method,
    headers: Object.fromEntries(new Headers(init.headers)),
    signal: init.signal ?? undefined
  })
  const answered = new Promise<Response>((resolve, reject) => {
    sending.once('error', (cause) => reject(init.signal?.aborted ? init.signal.reason : failed(cause)))
    sending.once('response', (incoming) => {
      try {
        resolve(responseOf(incoming, init.method))
      } catch (cause) {
        // Servers may send what no Response can hold, such as a status above 599.
        incoming.destroy()
        reject(failed(cause))
      }
    })
  })
  // The response may arrive before everything is sent; it then shows what went wrong with sending.
  pipeline(Readable.fromWeb(new Response(body).body as ReadableStream), sending).catch(() => {})
  return answered
}

function responseOf(incoming: IncomingMessage, method = 'GET'): Response {
  const { statusCode: status = 502, statusMessage: statusText = '', rawHeaders } = incoming
  const headers = new Headers()
  for (let i = 0; i + 1 < rawHeaders.length; i += 2)
    headers.append(rawHeaders[i] as string, rawHeaders[i + 1] as string)
  const isBodiless = method.toUpperCase() === 'HEAD' || [204, 205, 304].includes(status)
  if (isBodiless) incoming.resume()
  return new Response(isBodiless ? null : (Readable.toWeb(incoming) as BodyInit), { status, statusText, headers })
}

const failed = (cause: unknown) => new TypeError('fetch failed', { cause })
