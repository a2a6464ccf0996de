import type { Libp2p } from '@libp2p/interface'
import type { TransportHandlers } from '../transport/transport.ts'
import type { Circuits } from './circuits.ts'
import { createExchange } from './exchange.ts'
import { createProbe } from './probe.ts'
import type { createProvenLinks } from './proven-links.ts'
import { createShelves } from './shelves.ts'

export type Protocols = ReturnType<typeof createProtocols>

/** What is spoken beside gossip: questions to members, probes, and, where relays are named, questions to their shelves. */
export function createProtocols(
  node: Libp2p,
  handlers: Pick<TransportHandlers, 'request' | 'probed'>,
  links: Pick<ReturnType<typeof createProvenLinks>, 'isUsable'>,
  circuits: Pick<Circuits, 'has'> | undefined
) {
  const shelf = circuits && createShelves(node, circuits.has)
  const exchange = createExchange(node, handlers, links)
  const prober = createProbe(node, handlers)
  return {
    shelves: shelf?.shelves,
    request: exchange.request,
    probe: prober.ask,
    /** Answers others from now on. */
    async start(): Promise<void> {
      await exchange.start()
      await prober.start()
    },
    /** A peer has gone. */
    forget(peerId: string): void {
      exchange.forget(peerId)
      shelf?.forget(peerId)
    },
    stop(): void {
      exchange.stop()
      shelf?.stop()
    }
  }
}
