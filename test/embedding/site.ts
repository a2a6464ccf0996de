import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

export interface Site {
  /** `http://127.0.0.1:PORT`, or `https`. */
  origin: string
  stop(): Promise<void>
}

/** Serves files, from a folder or as given, and nothing else, on loopback. */
export async function serve(
  files: string | Record<string, string>,
  headers: Record<string, string> = {},
  tls?: { cert: string; key: string }
): Promise<Site> {
  const read = (path: string) => {
    if (typeof files !== 'string') return files[path]
    const file = join(files, normalize(path))
    return existsSync(file) ? readFileSync(file) : undefined
  }
  const server = tls ? createSecureServer(tls) : createServer()
  server.on('request', ({ url = '/' }, response) => {
    const path = new URL(url, 'http://localhost').pathname.replace(/\/$/, '/index.html')
    const body = read(path)
    response.writeHead(body === undefined ? 404 : 200, {
      'content-type': types[extname(path)] ?? 'text/plain',
      ...headers
    })
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}
