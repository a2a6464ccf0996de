import type { IncomingMessage } from 'node:http'

// Of one connection, not of the message (RFC 9110, section 7.6.1).
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade'
])
/** `fetch` decides on these itself, or cannot send them. */
const notForFetch = new Set(['host', 'accept-encoding', 'expect'])

/** The client's headers as they are forwarded. */
export function requestHeaders({ headers, rawHeaders }: IncomingMessage): Headers {
  const named = new Set((headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase()))
  const sent = new Headers()
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase()
    if (!hopByHop.has(name) && !notForFetch.has(name) && !named.has(name))
      sent.append(name, rawHeaders[i + 1] as string)
  }
  return sent
}

/** The API's base URL, without a final slash. */
export const baseUrl = (api: URL): string => api.href.replace(/\/$/, '')

export type Header = readonly [name: string, value: string]

/** A response's headers as the client receives them. `fetch` has decoded the body. */
export function responseHeaders(headers: Headers, api: URL, clientBase?: string): Header[] {
  const decoded = headers.has('content-encoding')
  const sent: Header[] = []
  for (const [name, value] of headers) {
    if (hopByHop.has(name) || name === 'content-encoding' || (decoded && name === 'content-length')) continue
    sent.push([name, clientBase === undefined ? value : rebased(name, value, api, clientBase)])
  }
  return sent
}

/** Rewrites links to other pages to the base URL that the client uses. */
function rebased(name: string, value: string, api: URL, clientBase: string): string {
  const base = `${baseUrl(api)}/`
  if (name === 'link') return value.replaceAll(`<${base}`, `<${clientBase}/`)
  if (name === 'location' && value.startsWith(base)) return `${clientBase}/${value.slice(base.length)}`
  return value
}
