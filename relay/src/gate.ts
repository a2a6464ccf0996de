import type { Connection, ConnectionGater } from '@libp2p/interface'
import { type Bucket, createBucket } from 'ghmesh/protocol'
import { LRUCache } from 'lru-cache'
import { ipOf } from './addresses.ts'
import type { RelayLimits } from './limits.ts'
import type { Reason, Tally } from './tally.ts'

/** Who is connected and who may connect: bounds for each address and for all, and peers that are shut out. */
export interface Gate
  extends Required<Pick<ConnectionGater, 'denyInboundConnection' | 'denyInboundUpgradedConnection'>> {
  /** True for a peer's first connection. */
  opened(connection: Connection): boolean
  /** True for a peer's last connection. */
  closed(connection: Connection): boolean
  isConnected(peerId: string): boolean
  /** Where a connected peer comes from, as bounds count it; undefined where they do not. */
  hostOf(peerId: string): string | undefined
  /** Ends a peer's connections. */
  disconnect(peerId: string, reason: string): void
  /** The same, and for a while refuses new ones. */
  shutOut(peerId: string, reason: string): void
  isShutOut(peerId: string): boolean
  readonly connections: number
}

/** @param hostAt Where a connection from an IP address comes from, as bounds count it; undefined where they do not. */
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
  const peers = new Map<string, Set<Connection>>()
  const openFrom = new Map<string, number>()
  const outUntil = new LRUCache<string, number>({ max: limits.rememberedPeers })
  let connections = 0

  const deny = (reason: Reason): true => {
    tally.rejected(reason)
    return true
  }
  const boundedHost = ({ remoteAddr }: Pick<Connection, 'remoteAddr'>) => {
    const address = ipOf(remoteAddr)
    return address === undefined ? undefined : hostAt(address)
  }
  const isFull = (host: string | undefined) =>
    host !== undefined && (openFrom.get(host) ?? 0) >= limits.connectionsPerAddress
  const isShutOut = (peerId: string) => (outUntil.get(peerId) ?? 0) > now()

  /** Counts a connection of this address. */
  function count(host: string | undefined, by: 1 | -1): void {
    connections += by
    if (host === undefined) return
    const left = (openFrom.get(host) ?? 0) + by
    if (left > 0) openFrom.set(host, left)
    else openFrom.delete(host)
  }
  function disconnect(peerId: string, reason: string): void {
    for (const connection of [...(peers.get(peerId) ?? [])]) connection.abort(new Error(reason))
  }

  return {
    denyInboundConnection(connection) {
      if (isDraining()) return deny('draining')
      if (connections >= limits.connections) return deny('connections-full')
      const host = boundedHost(connection)
      if (host === undefined) return false
      if (!rates.memo(host).take()) return deny('connection-rate')
      return isFull(host) ? deny('connections-per-address') : false
    },
    denyInboundUpgradedConnection(peerId, connection) {
      const host = boundedHost(connection)
      if (isShutOut(peerId.toString())) return deny('shut-out')
      if ((peers.get(peerId.toString())?.size ?? 0) >= limits.connectionsPerPeer) return deny('connections-per-peer')
      // Again, for many may have shaken hands at once.
      if (connections >= limits.connections) return deny('connections-full')
      return isFull(host) ? deny('connections-per-address') : false
    },
    opened(connection) {
      const peerId = connection.remotePeer.toString()
      const known = peers.get(peerId) ?? new Set()
      if (known.has(connection)) return false
      peers.set(peerId, known.add(connection))
      count(boundedHost(connection), 1)
      return known.size === 1
    },
    closed(connection) {
      const peerId = connection.remotePeer.toString()
      const known = peers.get(peerId)
      if (!known?.delete(connection)) return false
      count(boundedHost(connection), -1)
      if (known.size === 0) peers.delete(peerId)
      return known.size === 0
    },
    isConnected: (peerId) => peers.has(peerId),
    hostOf(peerId) {
      for (const connection of peers.get(peerId) ?? []) return boundedHost(connection)
      return undefined
    },
    disconnect,
    shutOut(peerId, reason) {
      outUntil.set(peerId, now() + limits.shutOutMs)
      disconnect(peerId, reason)
    },
    isShutOut,
    get connections() {
      return connections
    }
  }
}
