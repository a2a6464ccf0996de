import { MeshError } from '../errors.ts'
import type { Libp2pTransport } from './libp2p-transport.ts'

/** A transport whose code is loaded when it starts: a member that caches for itself alone needs none of it. */
export function lateTransport(load: () => Promise<Libp2pTransport>, hasRelays: boolean): Libp2pTransport {
  let transport: Libp2pTransport | undefined
  let isStopped = false
  const running = (): Libp2pTransport => {
    if (!transport) throw new MeshError('ERR_TRANSPORT', 'this transport is not running: call start first')
    return transport
  }
  return {
    get peerId() {
      return running().peerId
    },
    get addresses() {
      return transport?.addresses ?? []
    },
    async start(topics, handlers) {
      const loaded = await load()
      if (isStopped) throw new MeshError('ERR_TRANSPORT', 'this transport was stopped while it started')
      transport = loaded
      await loaded.start(topics, handlers)
    },
    dial: async (address, options) => running().dial(address, options),
    probe: async (address, options) => running().probe(address, options),
    ...(hasRelays && { reserve: async (id: string) => running().reserve?.(id) }),
    get shelves() {
      return transport?.shelves
    },
    peers: () => transport?.peers() ?? [],
    publish: async (message) => running().publish(message),
    async *request(peerId, bytes, options) {
      yield* running().request(peerId, bytes, options)
    },
    disconnect: async (peerId) => transport?.disconnect(peerId),
    async stop() {
      isStopped = true
      await transport?.stop()
    }
  }
}
