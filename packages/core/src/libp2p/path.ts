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

/** How a peer is reached by a connection. */
export function describe(connection: Connection): Peer {
  const address = String(connection.remoteAddr)
  return {
    id: connection.remotePeer.toString(),
    path: isDirect(connection) ? 'direct' : 'relayed',
    transport: byTransport.find(([pattern]) => pattern.test(address))?.[1] ?? 'other',
    ...(connection.rtt !== undefined && { rttMs: connection.rtt })
  }
}

/** The peers at the other ends. Of several connections the direct one is what a peer is reached by. */
export function peersOf(connections: readonly Connection[]): Peer[] {
  const peers = new Map<string, Peer>()
  for (const connection of connections) {
    const id = connection.remotePeer.toString()
    const known = peers.get(id)
    if (!known || (known.path === 'relayed' && isDirect(connection))) peers.set(id, describe(connection))
  }
  return [...peers.values()]
}
