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

// Link-local (RFC 3927), and what a machine without IPv4 has for programs that need it (RFC 7335).
const nobodyElses = /^(?:169\.254\.|192\.0\.0\.[0-7]$)/
/** A machine has several of each kind, for it changes what it is known by (RFC 8981). */
const maxIpv6 = 4
const isIpv6 = (address: string) => address.includes(':')

/**
 * Addresses of this machine that other machines may reach: of IPv4, of IPv6 where it has no other, and of loopback where it has
 * neither.
 */
function ownHosts({ announceIp, forceLocalhost }: Libp2pTransportOptions): string[] {
  if (forceLocalhost) return ['127.0.0.1']
  if (announceIp) return [announceIp]
  const found = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }) => address)
  const ipv4 = found.filter((address) => !isIpv6(address) && !nobodyElses.test(address))
  if (ipv4.length > 0) return ipv4
  const ipv6 = found.filter((address) => isIpv6(address) && !/^fe[89ab]/i.test(address)).slice(0, maxIpv6)
  return ipv6.length > 0 ? ipv6 : ['127.0.0.1']
}

/**
 * Where to listen: the wanted TCP port or the next free of 20, and a WebSocket port 1000 above it, or any free one.
 * If listening still fails (the port was taken meanwhile), the caller asks for the next attempt.
 */
export function listenOn(options: Libp2pTransportOptions) {
  const { listenPort = defaultPort, forceLocalhost, onWarning } = options
  const announced = ownHosts(options)
  const hosts = forceLocalhost ? announced : ['0.0.0.0', ...(announced.some(isIpv6) ? ['::'] : [])]
  let next = listenPort

  /** The same port at each of them, or why not. */
  async function probeAll(wished: number): Promise<number | Error> {
    let found: number | Error = wished
    for (const host of hosts) if (typeof found === 'number') found = await probe(host, found)
    return found
  }

  async function freePort(): Promise<number | undefined> {
    if (listenPort === 0) return Number(await probeAll(0)) || undefined
    for (; next < listenPort + portsTried && next < 65536; next++) {
      const found = await probeAll(next)
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
    const near = await probeAll(wished)
    const webSocketPort = typeof near === 'number' ? near : await probeAll(0)
    const paths = [`/tcp/${port}`, ...(typeof webSocketPort === 'number' ? [`/tcp/${webSocketPort}/ws`] : [])]
    const at = (address: string) => paths.map((path) => `/${isIpv6(address) ? 'ip6' : 'ip4'}/${address}${path}`)
    return { listen: hosts.flatMap(at), announce: announced.flatMap(at) }
  }
}
