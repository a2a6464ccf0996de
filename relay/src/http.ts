import { createServer, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { createWaitingRoom } from 'ghmesh/protocol'
import { createMetrics } from './metrics.ts'
import type { Relay } from './relay.ts'

export interface StatusServer {
  /** Where it listens, such as `http://127.0.0.1:4080`. */
  readonly url: string
  close(): Promise<void>
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
}

/** `GET /health`: 200 while the relay accepts members, 503 while it drains. `GET /metrics`: Prometheus' text format. */
export async function serveStatus(relay: Relay, host: string, port: number): Promise<StatusServer> {
  const metrics = createMetrics(relay)

  async function answer(method: string | undefined, path: string, response: ServerResponse): Promise<void> {
    if (path !== '/health' && path !== '/metrics') {
      return send(response, 404, 'text/plain', 'the pages here are /health and /metrics\n')
    }
    if (method !== 'GET' && method !== 'HEAD') return send(response, 405, 'text/plain', 'this page accepts only GET\n')
    if (path === '/metrics') return send(response, 200, metrics.contentType, await metrics.metrics())
    const status = relay.draining ? 'draining' : 'ok'
    send(response, relay.draining ? 503 : 200, 'application/json', `${JSON.stringify({ status, ...relay.figures })}\n`)
  }

  const server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?')
    answer(request.method, path, response).catch(() => response.destroy())
  })
  makeRoom(server)
  server.maxConnections = 2 * maxSilent
  server.requestTimeout = 5000
  server.headersTimeout = 5000
  await listen(server, host, port)
  const address = server.address()
  const at = typeof address === 'object' && address ? address.port : port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${at}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}

const maxSilent = 32

/** Anybody can open connections and send no request; they must not lock out those who ask for the status. */
function makeRoom(server: Server): void {
  const room = createWaitingRoom({ maxWaiting: maxSilent, maxWaitingPerHost: maxSilent, maxWaitMs: 5000 })
  const waiting = new WeakMap<Socket, () => void>()
  server.on('connection', (socket) => {
    const leave = room.enter(undefined, () => socket.destroy())
    waiting.set(socket, leave)
    socket.once('close', leave)
  })
  server.on('request', ({ socket }) => waiting.get(socket)?.())
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve())
  })
}
