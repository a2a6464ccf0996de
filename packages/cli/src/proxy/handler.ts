import type { RequestListener } from 'node:http'
import type { Mesh } from 'ghmesh'
import { messageOf } from '../errors.ts'
import { clearCache } from './clear-cache.ts'
import type { Entrance } from './entrance.ts'
import { createForward } from './forward.ts'
import { refusal } from './host-check.ts'
import { createOwnPages } from './own-pages.ts'
import { sendJson } from './send.ts'
import { cameBy } from './slots.ts'
import { targetOf } from './target.ts'

export interface HandlerOptions {
  mesh: Pick<Mesh, 'fetch' | 'peek' | 'stats' | 'addresses' | 'peers' | 'relays' | 'purge' | 'clear'>
  api: URL
  /** The folder in which the mesh keeps its entries. */
  cacheDir?: string | undefined
  /** Rewrites URLs of the API in JSON bodies to the base URL that the client uses. */
  rewriteUrls?: boolean | undefined
  /** What requests wait for if the local cache has no fresh response, such as a first member. */
  ready?: Promise<unknown> | undefined
  /** Called after each response, without the query of its URL, which may contain a secret. */
  answered?: ((method: string, path: string, status: number, cacheStatus: string) => void) | undefined
}

/** What the proxy does with a request, depending on how the client connected. Never throws. */
export function createHandler(options: HandlerOptions): (entrance: Entrance) => RequestListener {
  const { mesh, api, cacheDir, rewriteUrls, ready, answered } = options
  const counts = { passed: 0, refused: 0 }
  const forward = createForward({
    mesh,
    api,
    rewriteUrls,
    ready,
    passed: () => {
      counts.passed++
    }
  })

  const ownPage = createOwnPages({
    mesh,
    api,
    cacheDir,
    counts: () => counts,
    clear: () => clearCache(mesh, cacheDir)
  })

  return (entrance) => async (req, res) => {
    const control = new AbortController()
    const path = (req.url ?? '').split('?', 1)[0] as string
    res.once('close', () => {
      if (!res.writableFinished) control.abort()
      answered?.(req.method ?? '', path, res.statusCode, String(res.getHeader('cache-status') ?? ''))
    })
    const refused = refusal(req.headers, entrance, api)
    if (refused) {
      counts.refused++
      return sendJson(res, refused.status, { message: `ghmesh: ${refused.message}` })
    }
    if (path.startsWith('/ghmesh/')) return ownPage(path, req, res, entrance).catch(() => void res.destroy())
    const target = targetOf(req.url ?? '', (req.headers.host ?? '').toLowerCase(), api, entrance)
    if (!target) return sendJson(res, 400, { message: 'ghmesh: a path was expected' })
    try {
      const how = { signal: control.signal, follows: entrance.kind === 'socket' }
      await cameBy.run(entrance.kind, () => forward(req, res, target, how))
    } catch (error) {
      // The client has gone, or part of the response has been sent and it must not look complete.
      if (control.signal.aborted || res.headersSent) res.destroy()
      else sendJson(res, 502, { message: `ghmesh: cannot reach ${api.host}: ${messageOf(error)}` })
    }
  }
}
