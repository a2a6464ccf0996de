import type { Connection } from '@libp2p/interface'
import { createCounter } from './counter.ts'

/** The connections that are open: by peer, by address, and how many in total. */
export interface OpenConnections {
  readonly total: number
  of(peerId: string): ReadonlySet<Connection>
  /** How many come from an address; 0 where the limits per address do not apply. */
  from(host: string | undefined): number
  /** True for a peer's first connection. */
  opened(connection: Connection): boolean
  /** True for a peer's last connection. */
  closed(connection: Connection): boolean
}

const none: ReadonlySet<Connection> = new Set()

/** @param hostOf Where a connection comes from, as the limits per address count it; undefined where they do not apply. */
export function createOpenConnections(hostOf: (connection: Connection) => string | undefined): OpenConnections {
  const peers = new Map<string, Set<Connection>>()
  const hosts = createCounter()
  return {
    get total() {
      return hosts.total
    },
    of: (peerId) => peers.get(peerId) ?? none,
    from: hosts.of,
    opened(connection) {
      const peerId = connection.remotePeer.toString()
      const known = peers.get(peerId) ?? new Set()
      if (known.has(connection)) return false
      peers.set(peerId, known.add(connection))
      hosts.add(hostOf(connection), 1)
      return known.size === 1
    },
    closed(connection) {
      const peerId = connection.remotePeer.toString()
      const known = peers.get(peerId)
      if (!known?.delete(connection)) return false
      hosts.add(hostOf(connection), -1)
      if (known.size === 0) peers.delete(peerId)
      return known.size === 0
    }
  }
}
