import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { MeshError } from '../../errors.ts'
import type { Libp2pTransportOptions } from '../platform.ts'

const defaultPort = 9100
const portsTried = 20
const webSocketOffset = 1000

/** Whether a TCP port can be listened on now; 0 finds one. Resolves to the port, or to why not. */
function probe(host: string, port: number): Promise<number | Error> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', resolve)
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port))
    })
  })
}

/** Addresses of this machine that other machines may reach; loopback where there is nothing else. */
function ownHosts({ announceIp, forceLocalhost }: Libp2pTransportOptions): string[] {
  if (forceLocalhost) return ['127.0.0.1']
  if (announceIp) return [announceIp]
  const found = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family, address }) => !internal && family === 'IPv4' && !address.startsWith('169.254.'))
    .map(({ address }) => address)
  return found.length > 0 ? found : ['127.0.0.1']
}

/**
 * Where to listen: the wanted TCP port or the next free of 20, and a WebSocket port 1000 above it, or any free one.
 * If listening still fails (the port was taken meanwhile), the caller asks for the next attempt.
 */
export function listenOn(options: Libp2pTransportOptions) {
  const { listenPort = defaultPort, forceLocalhost, onWarning } = options
  const host = forceLocalhost ? '127.0.0.1' : '0.0.0.0'
  let next = listenPort

  async function freePort(): Promise<number | undefined> {
    if (listenPort === 0) return Number(await probe(host, 0)) || undefined
    for (; next < listenPort + portsTried && next < 65536; next++) {
      const found = await probe(host, next)
      if (typeof found === 'number') return next++
    }
    return undefined
  }

  return async (attempt: number) => {
    if (attempt >= portsTried) return undefined
    const port = await freePort()
    if (port === undefined) return undefined
    if (listenPort !== 0 && port !== listenPort) {
      onWarning?.(
        new MeshError(
          'ERR_TRANSPORT',
          `port ${listenPort} is busy; listening on ${port}. Choose another with CACHE_LISTEN_PORT or listenPort`
        )
      )
    }
    const wished = listenPort === 0 ? 0 : port + webSocketOffset
    const near = await probe(host, wished)
    const webSocketPort = typeof near === 'number' ? near : await probe(host, 0)
    const paths = [`/tcp/${port}`, ...(typeof webSocketPort === 'number' ? [`/tcp/${webSocketPort}/ws`] : [])]
    const at = (address: string) => paths.map((path) => `/${address.includes(':') ? 'ip6' : 'ip4'}/${address}${path}`)
    return { listen: at(host), announce: ownHosts(options).flatMap(at) }
  }
}
