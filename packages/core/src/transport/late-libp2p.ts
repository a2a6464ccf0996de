import { lateTransport } from './late.ts'
import type { Libp2pTransport } from './libp2p-transport.ts'

/** libp2p, loaded when it starts; `hasRelays`: there are some to have a place at. */
export function lateLibp2p(load: () => Promise<Libp2pTransport>, hasRelays: boolean): Libp2pTransport {
  const { transport, running } = lateTransport(load)
  return Object.assign(transport, {
    probe: async (...asked: Parameters<Libp2pTransport['probe']>) => running().probe(...asked),
    ...(hasRelays && { reserve: async (id: string) => running().reserve?.(id) })
  })
}
