import type { Connection, ConnectionGater } from '@libp2p/interface'
import { type Bucket, createBucket } from 'ghmesh/protocol'
import { LRUCache } from 'lru-cache'
import { ipOf } from './addresses.ts'
import type { RelayLimits } from './limits.ts'
import { createOpenConnections, type OpenConnections } from './open-connections.ts'
import { createDeny, type Tally } from './tally.ts'

/** Who is connected and who can connect: limits per address and in total, and peers that are blocked. */
export interface Gate
  extends Required<Pick<ConnectionGater, 'denyInboundConnection' | 'denyInboundUpgradedConnection'>>,
    Pick<OpenConnections, 'opened' | 'closed'> {
  isConnected(peerId: string): boolean
  /** Where a connected peer comes from, as the limits per address count it; undefined where they do not apply. */
  hostOf(peerId: string): string | undefined
  /** Closes a peer's connections. */
  disconnect(peerId: string, reason: string): void
  /** The same, and refuses new ones for `shutOutMs`. */
  shutOut(peerId: string, reason: string): void
  isShutOut(peerId: string): boolean
  readonly connections: number
}

/** @param hostAt Where a connection from an IP address comes from, as the limits per address count it; undefined where they do not apply. */
export function createGate(
  limits: RelayLimits,
  hostAt: (address: string) => string | undefined,
  tally: Tally,
  now: () => number,
  isDraining: () => boolean
): Gate {
  const rates = new LRUCache<string, Bucket>({
    max: limits.rememberedPeers,
    memoMethod: () => createBucket(limits.connectionsPerSecondAndAddress, limits.connectionsBurstPerAddress, now)
  })
  const outUntil = new LRUCache<string, number>({ max: limits.rememberedPeers })
  const deny = createDeny(tally)

  const boundedHost = ({ remoteAddr }: Pick<Connection, 'remoteAddr'>) => {
    const address = ipOf(remoteAddr)
    return address === undefined ? undefined : hostAt(address)
  }
  const connections = createOpenConnections(boundedHost)
  const isFull = (host: string | undefined) => connections.from(host) >= limits.connectionsPerAddress
  const isShutOut = (peerId: string) => (outUntil.get(peerId) ?? 0) > now()

  function disconnect(peerId: string, reason: string): void {
    for (const connection of [...connections.of(peerId)]) connection.abort(new Error(reason))
  }

  return {
    denyInboundConnection(connection) {
      if (isDraining()) return deny('draining')
      if (connections.total >= limits.connections) return deny('connections-full')
      const host = boundedHost(connection)
      if (host === undefined) return false
      if (!rates.memo(host).take()) return deny('connection-rate')
      return isFull(host) ? deny('connections-per-address') : false
    },
    denyInboundUpgradedConnection(peerId, connection) {
      if (isShutOut(peerId.toString())) return deny('shut-out')
      if (connections.of(peerId.toString()).size >= limits.connectionsPerPeer) return deny('connections-per-peer')
      // Again, because many may have shaken hands at once.
      if (connections.total >= limits.connections) return deny('connections-full')
      return isFull(boundedHost(connection)) ? deny('connections-per-address') : false
    },
    opened: connections.opened,
    closed: connections.closed,
    isConnected: (peerId) => connections.of(peerId).size > 0,
    hostOf(peerId) {
      for (const connection of connections.of(peerId)) return boundedHost(connection)
      return undefined
    },
    disconnect,
    shutOut(peerId, reason) {
      outUntil.set(peerId, now() + limits.shutOutMs)
      disconnect(peerId, reason)
    },
    isShutOut,
    get connections() {
      return connections.total
    }
  }
}
