import { MeshError } from '../errors.ts'
import type { Transport } from './transport.ts'

/**
 * A transport whose code is loaded when it starts: a member that caches for itself alone needs none of it. And what gives that
 * transport while it runs. `peerId`: where it is known before.
 */
export function lateTransport<T extends Transport>(
  load: () => Promise<T>,
  peerId?: string
): { transport: Transport; running(): T } {
  let loaded: T | undefined
  let isStopped = false
  const running = (): T => {
    if (!loaded) throw new MeshError('ERR_TRANSPORT', 'this transport is not running: call start first')
    return loaded
  }
  const transport: Transport = {
    get peerId() {
      return peerId ?? running().peerId
    },
    get addresses() {
      return loaded?.addresses ?? []
    },
    async start(topics, handlers) {
      const made = await load()
      if (isStopped) throw new MeshError('ERR_TRANSPORT', 'this transport was stopped while it started')
      loaded = made
      await made.start(topics, handlers)
    },
    dial: async (address, options) => running().dial(address, options),
    get shelves() {
      return loaded?.shelves
    },
    peers: () => loaded?.peers() ?? [],
    publish: async (message) => running().publish(message),
    async *request(peerId, bytes, options) {
      yield* running().request(peerId, bytes, options)
    },
    disconnect: async (peerId) => loaded?.disconnect(peerId),
    async stop() {
      isStopped = true
      await loaded?.stop()
    }
  }
  return { transport, running }
}
