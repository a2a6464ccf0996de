import { createServer, isIPv6 } from 'node:net'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { MeshError } from '../../errors.ts'
import type { Where } from '../../libp2p/node.ts'
import type { Libp2pTransportOptions } from '../platform.ts'
import { createOwnHosts, type Hosts, loopback, ownHosts } from './own-hosts.ts'

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

/** Every address of IPv4, and of IPv6 too unless this machine starts on a network of IPv4. */
async function listenHosts(options: Hosts): Promise<string[]> {
  if (options.forceLocalhost) return [loopback]
  const ipv4 = ownHosts(options).some((address) => address !== loopback && !isIPv6(address))
  const ipv6 = !ipv4 && typeof (await probe('::', 0)) === 'number'
  return ['0.0.0.0', ...(ipv6 ? ['::'] : [])]
}

/**
 * Where to listen: the wanted TCP port or the next free of 20, and a WebSocket port 1000 above it, or any free one.
 * If listening still fails (the port was taken meanwhile), the caller asks for the next attempt. `lost` is told of addresses that
 * this machine has no more.
 */
export function listenOn(options: Libp2pTransportOptions, lost: (addresses: string[]) => void) {
  const { listenPort = defaultPort, onWarning } = options
  const own = createOwnHosts(options, lost)
  let hosts: string[] = []
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

  return async (attempt: number): Promise<Where | undefined> => {
    if (attempt >= portsTried) return undefined
    hosts = await listenHosts(options)
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
    const at = (address: string) => paths.map((path) => `/${isIPv6(address) ? 'ip6' : 'ip4'}/${address}${path}`)
    const announced = (own: readonly string[]) => {
      const heard = own.filter((address) => hosts.length > 1 || !isIPv6(address))
      return (heard.length > 0 ? heard : [loopback]).flatMap(at)
    }
    let from: string[] | undefined
    let told: Multiaddr[] = []
    return {
      listen: hosts.flatMap(at),
      announce: announced(own()),
      // libp2p would tell the first addresses for ever.
      announceFilter: ([first]: Multiaddr[]) => {
        const now = own()
        if (from !== now) {
          from = now
          const [end = ''] = /\/p2p\/\w+$/.exec(String(first)) ?? []
          told = announced(now).map((address) => multiaddr(address + end))
        }
        return [...told]
      }
    }
  }
}
