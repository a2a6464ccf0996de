import type { IncomingMessage, ServerResponse } from 'node:http'
import process from 'node:process'
import type { GroupStats, Mesh, MeshStats, Peer, Relay } from 'ghmesh'
import { version } from 'ghmesh'
import { messageOf } from '../errors.ts'
import type { Entrance } from './entrance.ts'
import type { ProxyCounts } from './metrics.ts'
import { sendJson, sendText } from './send.ts'
import { purgeTarget } from './target.ts'

/** The response of `/ghmesh/stats`. */
export interface ProxyFigures {
  pid: number
  version: string
  /** ISO time. */
  since: string
  uptimeSeconds: number
  peers: Peer[]
  relays: Relay[]
  stats: MeshStats
  proxy: ProxyCounts
  /** Where entries are kept. Only told on the socket, because it names a folder of the user. */
  cacheDir?: string | undefined
  /** Where members and probes reach this one. Only told on the socket, too. */
  addresses?: string[] | undefined
}

/** The response of `/ghmesh/group`: the figures of all members heard from recently, by name, and their sum. */
export type GroupFigures = GroupStats

/** The response of `/ghmesh/purge`: the entries that became stale here, and the members that were told. */
export interface Purged {
  purged: number
  members: number
}

/** The response of `/ghmesh/clear`. */
export interface Cleared {
  removed: number
}

export interface OwnPagesOptions {
  mesh: Pick<Mesh, 'stats' | 'peers' | 'relays' | 'addresses' | 'purge'>
  api: URL
  cacheDir?: string | undefined
  counts(): ProxyCounts
  /** Removes all entries, on disk and in memory; resolves to how many. */
  clear(): Promise<number>
}

type Answer = object | { type: string; text: string }

/** Maximum size of a request body: a URL is shorter. */
const maxBodyBytes = 16 * 1024
const paths = ['/ghmesh/stats', '/ghmesh/group', '/ghmesh/metrics', '/ghmesh/purge', '/ghmesh/clear']

/**
 * The proxy's own pages, below `/ghmesh/`. Changes require POST through the socket, which only its owner can open: the port is
 * open to every program on this machine, including browsers.
 */
export function createOwnPages(options: OwnPagesOptions) {
  const { mesh, api, cacheDir, counts, clear } = options
  const since = Date.now()
  const uptimeSeconds = () => Math.floor((Date.now() - since) / 1000)

  const shown: Record<string, (entrance: Entrance) => Answer | Promise<Answer>> = {
    '/ghmesh/stats': ({ kind }): ProxyFigures => ({
      pid: process.pid,
      version,
      since: new Date(since).toISOString(),
      uptimeSeconds: uptimeSeconds(),
      peers: mesh.peers(),
      relays: mesh.relays(),
      stats: mesh.stats(),
      proxy: counts(),
      ...(kind === 'socket' && { addresses: mesh.addresses, ...(cacheDir !== undefined && { cacheDir }) })
    }),
    '/ghmesh/group': (): GroupFigures => mesh.stats({ group: true }),
    async '/ghmesh/metrics'() {
      // Imported here, because most proxies are never asked for it.
      const { metricsText } = await import('./metrics.ts')
      const text = await metricsText(
        mesh.stats(),
        mesh.stats({ group: true }),
        mesh.relays(),
        counts(),
        uptimeSeconds(),
        version
      )
      return { type: 'text/plain; version=0.0.4; charset=utf-8', text }
    }
  }
  const changes: Record<string, (asked: Record<string, unknown>) => Promise<Purged | Cleared>> = {
    async '/ghmesh/purge'({ target }) {
      const count = await mesh.purge(purgeTarget(String(target), api))
      // A member that has told its name is known to receive gossip.
      return { purged: count, members: mesh.peers().filter(({ name }) => name !== undefined).length }
    },
    '/ghmesh/clear': async () => ({ removed: await clear() })
  }

  return async (path: string, req: IncomingMessage, res: ServerResponse, entrance: Entrance): Promise<void> => {
    const page = shown[path]
    const change = changes[path]
    if (page) {
      if (req.method !== 'GET' && req.method !== 'HEAD') return notAllowed(res, 'GET')
      const answer = await page(entrance)
      if ('text' in answer) sendText(res, 200, answer.type, answer.text)
      else sendJson(res, 200, answer)
    } else if (change) {
      if (entrance.kind !== 'socket') return refuse(res, 403, 'changes are accepted on the socket only')
      if (req.method !== 'POST') return notAllowed(res, 'POST')
      const asked = await bodyOf(req)
      if (!asked) return refuse(res, 400, 'a JSON object was expected')
      try {
        sendJson(res, 200, await change(asked))
      } catch (error) {
        const wrong = (error as { code?: string }).code === 'ERR_INVALID_OPTION'
        refuse(res, wrong ? 400 : 500, messageOf(error))
      }
    } else refuse(res, 404, `the pages here are ${paths.join(', ')}`)
  }
}

const refuse = (res: ServerResponse, status: number, message: string) =>
  sendJson(res, status, { message: `ghmesh: ${message}` })

function notAllowed(res: ServerResponse, method: string): void {
  res.setHeader('allow', method)
  refuse(res, 405, `this page accepts only ${method}`)
}

/** Undefined if it is not a JSON object, or too large to be one of ours. */
async function bodyOf(req: IncomingMessage): Promise<Record<string, unknown> | undefined> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of req) {
    bytes += piece.length
    if (bytes > maxBodyBytes) return undefined
    pieces.push(piece)
  }
  try {
    const value = JSON.parse(Buffer.concat(pieces).toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
