import type { Peer, Relay } from 'ghmesh'

export interface GraphNode {
  id: string
  name: string
  kind: 'you' | 'browser' | 'node' | 'relay'
  /** One line on how this page stands with it. */
  standing: string
  x: number
  y: number
}

export interface GraphEdge {
  to: string
  path: 'direct' | 'relayed'
}

export interface GraphModel {
  nodes: GraphNode[]
  /** All of them begin at this page. */
  edges: GraphEdge[]
}

export const you = 'you'

const short = (id: string) => `…${id.slice(-6)}`
// How the SDK names a browser that was given no name.
const isBrowser = ({ name }: Peer) => name?.startsWith('browser-') ?? false

const relayStanding = ({ state, refused }: Relay) =>
  refused ? 'refuses this page' : { away: 'away', connected: 'connecting', reserved: 'connected' }[state]

const transports = { tcp: 'TCP', websocket: 'WebSocket', webrtc: 'WebRTC', 'webrtc-direct': 'WebRTC', other: 'other' }

function peerStanding({ path, transport, rttMs }: Peer): string {
  const way = path === 'relayed' ? 'through the relay' : `direct, ${transports[transport]}`
  return rttMs === undefined ? way : `${way}, ${Math.max(1, Math.round(rttMs))} ms`
}

/** This page in the middle, relays above it, members on an arc below: places that change only when somebody comes or goes. */
export function graphOf(peers: readonly Peer[], relays: readonly Relay[]): GraphModel {
  const sorted = [...peers].sort((a, b) => (a.id < b.id ? -1 : 1))
  const nodes: GraphNode[] = [
    { id: you, name: 'This page', kind: 'you', standing: 'here', x: 0, y: 0 },
    ...relays.map((relay, index) => ({
      id: relay.id,
      name: relays.length === 1 ? 'Relay' : `Relay ${index + 1}`,
      kind: 'relay' as const,
      standing: relayStanding(relay),
      ...place(index, relays.length, -1)
    })),
    ...sorted.map((peer, index) => ({
      id: peer.id,
      name: peer.name ?? short(peer.id),
      kind: isBrowser(peer) ? ('browser' as const) : ('node' as const),
      standing: peerStanding(peer),
      ...place(index, sorted.length, 1)
    }))
  ]
  const edges = [
    ...relays.filter(({ state }) => state !== 'away').map(({ id }) => ({ to: id, path: 'direct' as const })),
    ...sorted.map(({ id, path }) => ({ to: id, path }))
  ]
  return { nodes, edges }
}

/** Evenly spread on a half circle; many members stand in two rows. */
function place(index: number, count: number, side: 1 | -1): { x: number; y: number } {
  const angle = (Math.PI * (index + 1)) / (count + 1)
  const radius = count > 6 && index % 2 === 1 ? 70 : 100
  return { x: Math.round(-Math.cos(angle) * radius * 1.6), y: Math.round(side * Math.sin(angle) * radius) }
}
