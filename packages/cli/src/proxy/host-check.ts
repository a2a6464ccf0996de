import type { IncomingHttpHeaders } from 'node:http'
import type { Entrance } from './entrance.ts'

export interface Refusal {
  status: number
  message: string
}

/**
 * Host names accepted on the socket, which only its owner can open: every name that clients use for GitHub's API, or for a socket
 * as such. got sends `unix`, and axios `[::1]`.
 */
const socketHosts = ['api.github.com', 'api.github.localhost', 'localhost', '127.0.0.1', '[::1]', 'unix']
/** gh also sends these through the socket, for uploads and for signing in. */
const neighbours = ['github.com', 'uploads.github.com']

/** Whether a host other than the API is also reached through the socket. */
export const isNeighbour = (host: string, api: URL): boolean =>
  api.hostname === 'api.github.com' && neighbours.includes(host)

/**
 * Why a request is refused at this entrance. Web pages can send requests to the port: through a name of their own that resolves
 * to 127.0.0.1 (DNS rebinding), or across origins.
 */
export function refusal(headers: IncomingHttpHeaders, entrance: Entrance, api: URL): Refusal | undefined {
  const host = (headers.host ?? '').toLowerCase()
  if (entrance.kind === 'socket') {
    if (socketHosts.includes(host) || host === api.host || isNeighbour(host, api)) return undefined
    return { status: 421, message: `this socket leads to ${api.host}, not to ${JSON.stringify(host)}` }
  }
  const own = [`127.0.0.1:${entrance.port}`, `localhost:${entrance.port}`]
  // The port that clients omit.
  if (entrance.port === 80) own.push('127.0.0.1', 'localhost')
  if (!own.includes(host)) return { status: 403, message: `use http://${own[0]}` }
  const { origin } = headers
  const site = headers['sec-fetch-site']
  if (origin !== undefined && !own.some((name) => origin === `http://${name}`)) return foreign
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return foreign
  return undefined
}

const foreign: Refusal = { status: 403, message: 'no requests from web pages of other origins' }
