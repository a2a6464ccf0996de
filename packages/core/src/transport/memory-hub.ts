import type { TransportHandlers } from './transport.ts'

/** Where transports of one process meet. */
export interface MemoryHub {
  /** Running transports by peer id. */
  readonly nodes: Map<string, MemoryNode>
}

/** A running transport, as its neighbours see it. */
export interface MemoryNode {
  readonly topics: readonly string[]
  readonly neighbours: Set<string>
  readonly handlers: TransportHandlers
  /** The connection to a neighbour is over. */
  part(id: string): void
  /** A message has come, by way of the neighbour `through`. */
  deliver(id: string, topic: string, from: string, message: Uint8Array, through: string): Promise<void>
}

/** A new place to meet: transports of other hubs are out of reach. */
export const memoryHub = (): MemoryHub => ({ nodes: new Map() })
