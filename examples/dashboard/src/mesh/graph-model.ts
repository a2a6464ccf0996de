import type { Peer, Relay } from 'ghmesh'

export interface GraphNode {
  id: string
  name: string
  kind: 'browser' | 'node' | 'relay'
  /** One line on how this page stands with it. */
  standing: string
  path: 'direct' | 'relayed' | 'away'
}

export interface GraphModel {
  /** Everybody, relays first, in an order that changes only when somebody comes or goes. */
  nodes: GraphNode[]
  /** What the picture shows: the same, or groups where there are too many to tell apart. */
  drawn: GraphNode[]
}

/** As many members as a picture of the panel's width can name. */
const maxDrawnMembers = 8

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

export function graphOf(peers: readonly Peer[], relays: readonly Relay[]): GraphModel {
  const relayNodes = relays.map((relay, index) => ({
    id: relay.id,
    name: relays.length === 1 ? 'Relay' : `Relay ${index + 1}`,
    kind: 'relay' as const,
    standing: relayStanding(relay),
    path: relay.state === 'away' ? ('away' as const) : ('direct' as const)
  }))
  const members = [...peers]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((peer) => ({
      id: peer.id,
      name: peer.name ?? short(peer.id),
      kind: isBrowser(peer) ? ('browser' as const) : ('node' as const),
      standing: peerStanding(peer),
      path: peer.path
    }))
  return {
    nodes: [...relayNodes, ...members],
    drawn: [...relayNodes, ...(members.length > maxDrawnMembers ? clustersOf(members) : members)]
  }
}

/** Members of the same kind that are connected in the same way, as one. */
function clustersOf(members: readonly GraphNode[]): GraphNode[] {
  const clusters = Map.groupBy(members, ({ kind, path }) => `${kind} ${path}`)
  return [...clusters].sort().flatMap(([id, [first, ...others]]) => {
    if (!first) return []
    const kinds = first.kind === 'browser' ? ['browser', 'browsers'] : ['Node member', 'Node members']
    const name = `${others.length + 1} ${kinds[others.length === 0 ? 0 : 1]}`
    return [{ ...first, id, name, standing: first.path === 'direct' ? 'direct' : 'through the relay' }]
  })
}
