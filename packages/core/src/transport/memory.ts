import { hex } from '../bytes.ts'
import { lateTransport } from './late.ts'
import type { MemoryHub } from './memory-hub.ts'
import type { Transport } from './transport.ts'

/**
 * A transport within one process, for tests of what stands above it: real messages, no network. Members of one hub dial each
 * other by `/memory/p2p/<peerId>`; messages travel from neighbour to neighbour as gossip does.
 */
export function memoryTransport(hub: MemoryHub, options: { peerId?: string } = {}): Transport {
  const { peerId = `memory${hex(crypto.getRandomValues(new Uint8Array(8)))}` } = options
  return lateTransport(async () => (await import('./memory-node.ts')).memoryNode(hub, peerId), peerId).transport
}
