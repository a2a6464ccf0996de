import { defaultLogger } from '@libp2p/logger'
import { mdns as libp2pMdns } from '@libp2p/mdns'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { MeshError } from '../errors.ts'
import type { Discovery, MdnsOptions, PeerRecord } from './discovery.ts'

/**
 * Members on the same local network, by multicast DNS (RFC 6762; libp2p's "mdns" specification, with a service name of the
 * group's own). Says addresses and the tag to everybody on that network.
 */
export function mdns({ tag, intervalMs = 10_000, now = Date.now, onWarning = () => {} }: MdnsOptions): Discovery {
  let self: PeerRecord | undefined
  let warned = false
  const service = libp2pMdns({ interval: intervalMs, serviceTag: `_ghmesh-${tag.slice(0, 16)}._udp.local` })({
    // Of libp2p's components it uses these two.
    addressManager: { getAddresses: () => (self?.addresses ?? []).flatMap(parsed) },
    logger: defaultLogger()
  } as unknown as Parameters<ReturnType<typeof libp2pMdns>>[0]) as unknown as Service

  return {
    name: 'mdns',
    async start(found) {
      service.addEventListener('peer', ({ detail: { id, multiaddrs } }) => {
        const peerId = id.toString()
        if (peerId === self?.peerId) return
        const addresses = multiaddrs.map((address) => `${address}/p2p/${peerId}`)
        found({ peerId, name: peerId.slice(-8), addresses, lastSeen: now() })
      })
      await service.start()
      service.mdns?.on('error', (cause: Error) => {
        if (warned) return
        warned = true
        onWarning(
          new MeshError('ERR_DISCOVERY', `the local network cannot be asked for members: ${cause.message}`, { cause })
        )
      })
    },
    async announce(record) {
      self = record
    },
    async stop() {
      self = undefined
      await service.stop()
    }
  }
}

/** An address of another kind of transport is not for this network; it must not end the process in an event of a socket. */
function parsed(address: string): Multiaddr[] {
  try {
    return [multiaddr(address)]
  } catch {
    return []
  }
}

/** What is used of libp2p's class. */
interface Service {
  mdns?: { on(type: 'error', listener: (error: Error) => void): void }
  addEventListener(type: 'peer', listener: (event: CustomEvent<{ id: object; multiaddrs: object[] }>) => void): void
  start(): Promise<void>
  stop(): Promise<void>
}
