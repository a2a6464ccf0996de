import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'

/** A server on one port that can close and open again. */
export interface Listener {
  readonly port: number
  open(): Promise<void>
  /** Stops listening and cuts every connection. */
  close(): Promise<void>
}

/** Makes a listener, closed at first. A handler that returns undefined cuts the connection. */
export function createListener(
  handler: (request: Request) => Promise<Response | undefined>,
  host: string,
  wantedPort: number
): Listener {
  let port = wantedPort
  const server = createAdaptorServer({
    hostname: host,
    overrideGlobalObjects: false,
    fetch: async (request, env) => {
      // A body with GET means nothing (RFC 9110, section 9.3.1), but clients send it, and it must not stand in the way.
      if (request.method === 'GET' || request.method === 'HEAD') (env as HttpBindings).incoming.resume()
      const response = await handler(request)
      if (response) return response
      ;(env as HttpBindings).incoming.socket.destroy()
      return new Response(null)
    }
  }) as Server

  return {
    get port() {
      return port
    },
    open() {
      return new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, host, () => {
          server.off('error', reject)
          port = (server.address() as AddressInfo).port
          resolve()
        })
      })
    },
    close() {
      return new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    }
  }
}
