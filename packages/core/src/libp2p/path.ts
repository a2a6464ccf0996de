import type { Connection } from '@libp2p/interface'
import type { Peer } from '../transport/transport.ts'

const byTransport: [RegExp, Peer['transport']][] = [
  [/\/webrtc(?:\/p2p\/\w+)?$/, 'webrtc'],
  [/\/webrtc-direct\b/, 'webrtc-direct'],
  [/\/wss?\b/, 'websocket'],
  [/\/tcp\b/, 'tcp']
]

/** Not through a relay. A WebRTC connection is direct once the relay has brought both sides together. */
export const isDirect = (connection: Connection) =>
  connection.limits === undefined && !/\/p2p-circuit(?!\/webrtc\b)/.test(String(connection.remoteAddr))

/**
 * How a peer is reached by a connection. One through a relay takes that to the relay, if there is one among `all`: its own
 * address is what was dialled, and may name another way to the relay, such as TCP in a page.
 */
export function describe(connection: Connection, all: readonly Connection[] = []): Peer {
  const address = String(connection.remoteAddr)
  const path = isDirect(connection) ? 'direct' : 'relayed'
  const relayId = path === 'relayed' && /(\w+)\/p2p-circuit/.exec(address)?.[1]
  const way = String(all.find(({ remotePeer }) => remotePeer.toString() === relayId)?.remoteAddr ?? address)
  return {
    id: connection.remotePeer.toString(),
    path,
    transport: byTransport.find(([pattern]) => pattern.test(way))?.[1] ?? 'other',
    ...(connection.rtt !== undefined && { rttMs: connection.rtt })
  }
}

/** The peers at the other ends of what is `usable` of all connections. Of several the direct one is what a peer is reached by. */
export function peersOf(all: readonly Connection[], usable: (connection: Connection) => boolean): Peer[] {
  const peers = new Map<string, Peer>()
  for (const connection of all.filter(usable)) {
    const id = connection.remotePeer.toString()
    const known = peers.get(id)
    if (!known || (known.path === 'relayed' && isDirect(connection))) peers.set(id, describe(connection, all))
  }
  return [...peers.values()]
}
