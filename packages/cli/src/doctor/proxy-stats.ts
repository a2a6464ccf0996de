import { request } from 'node:http'
import type { Peer } from 'ghmesh'

export interface ProxyStats {
  pid: number
  peers: Peer[]
}

/** What a proxy on this socket says of itself; undefined when there is none. */
export function proxyStats(socket: string, waitMs: number): Promise<ProxyStats | undefined> {
  return new Promise((resolve) => {
    const asking = request({ socketPath: socket, path: '/ghmesh/stats', headers: { host: 'localhost' } })
    asking.setTimeout(waitMs, () => asking.destroy())
    asking.on('error', () => resolve(undefined))
    asking.on('response', async (response) => {
      try {
        const { pid, peers } = JSON.parse((await response.setEncoding('utf8').toArray()).join(''))
        resolve(Number.isSafeInteger(pid) && Array.isArray(peers) ? { pid, peers } : undefined)
      } catch {
        resolve(undefined)
      }
    })
    asking.end()
  })
}
