import type { Connection, PeerId } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { AbortOptions } from '../abort.ts'
import { MeshError, toMeshError } from '../errors.ts'
import type { Libp2pTransport } from '../transport/libp2p-transport.ts'
import type { Peer, TransportHandlers } from '../transport/transport.ts'
import { createBetterWays } from './better-ways.ts'
import { createCircuits } from './circuits.ts'
import { createExchange } from './exchange.ts'
import { forLibp2p } from './for-libp2p.ts'
import { healGossip, hearTopics } from './gossip.ts'
import { type Node, type NodeParts, startNode, type WebRtc } from './node.ts'
import { describe, isDirect } from './path.ts'
import { createProbe } from './probe.ts'
import { createProvenLinks } from './proven-links.ts'
import { createShelves } from './shelves.ts'
import { stopNode } from './stop-node.ts'

/** What a platform brings. */
export interface Libp2pParts extends NodeParts {
  /** Relays to be reached through, each address with its peer id. */
  relays?: readonly string[] | undefined
  /** Absent, or resolves to undefined, where the platform has none. */
  webRtc?(): Promise<WebRtc | undefined>
}

/** Longer than a transfer may take. */
const circuitGraceMs = 6000

/** Members over libp2p: gossipsub for messages, one protocol of long-lived streams for questions. */
export function createLibp2pTransport(parts: Libp2pParts): Libp2pTransport {
  let node: Node | undefined
  let exchange: ReturnType<typeof createExchange> | undefined
  let shelf: ReturnType<typeof createShelves> | undefined
  let prober: ReturnType<typeof createProbe> | undefined
  let topic = ''
  let ownId: string | undefined
  const circuits = parts.relays?.length ? createCircuits(parts.relays) : undefined
  let webRtc: WebRtc | undefined
  const links = createProvenLinks()
  const betterWays = createBetterWays({
    links,
    connections: (peer) => node?.getConnections(peer) ?? [],
    graceMs: circuitGraceMs
  })

  const running = (): Node => {
    if (!node) throw new MeshError('ERR_TRANSPORT', 'this transport is not running: call start first')
    return node
  }

  function peersNow(): Peer[] {
    const peers = new Map<string, Peer>()
    for (const connection of node?.getConnections() ?? []) {
      if (connection.status !== 'open' || !links.isUsable(connection)) continue
      const id = connection.remotePeer.toString()
      const known = peers.get(id)
      // Of several connections the direct one is what the peer is reached by.
      if (!known || (known.path === 'relayed' && isDirect(connection))) peers.set(id, describe(connection))
    }
    return [...peers.values()]
  }

  const peerNow = (id: PeerId): Peer =>
    peersNow().find((peer) => peer.id === id.toString()) ?? { id: id.toString(), path: 'direct', transport: 'other' }

  async function connect(address: string, options: AbortOptions): Promise<Connection> {
    try {
      return await running().dial(multiaddr(address), forLibp2p(options))
    } catch (cause) {
      throw toMeshError('ERR_TRANSPORT', `cannot reach ${address}`, cause)
    }
  }

  /** Addresses are this member's own business: what libp2p remembers would grow with every stranger that comes and goes. */
  function forget(made: Node, peer: PeerId): void {
    if (made.getConnections(peer).length === 0 && !made.peerId.equals(peer)) made.peerStore.delete(peer).catch(() => {})
  }

  function follow(made: Node, handlers: TransportHandlers): void {
    made.addEventListener('peer:connect', ({ detail }) => handlers.connect(peerNow(detail)))
    made.addEventListener('peer:disconnect', ({ detail }) => {
      exchange?.forget(detail.toString())
      shelf?.forget(detail.toString())
      forget(made, detail)
      handlers.disconnect({ id: detail.toString(), path: 'direct', transport: 'other' })
    })
    // What a peer says of itself may be written down after it has gone.
    made.addEventListener('peer:update', ({ detail: { peer } }) => forget(made, peer.id))
    if (circuits) made.addEventListener('connection:open', ({ detail }) => betterWays.opened(detail))
    made.addEventListener('connection:close', ({ detail }) => healGossip(made, detail))
  }

  return {
    get peerId() {
      return ownId ?? running().peerId.toString()
    },
    get addresses() {
      const direct = node?.getMultiaddrs().map(String) ?? []
      const [relayed, ...others] = (ownId && circuits?.addresses(ownId)) || []
      if (!relayed) return direct
      return [...direct, relayed, ...others, ...(webRtc ? [relayed.replace(/(?=\/p2p\/\w+$)/, '/webrtc')] : [])]
    },
    async start(topics, handlers) {
      topic = topics[0] ?? ''
      webRtc = circuits && (await parts.webRtc?.())
      const made = await startNode({ parts, topics, circuits, webRtc })
      node = made
      ownId = made.peerId.toString()
      shelf = circuits && createShelves(made, circuits.has)
      hearTopics(made.services.pubsub, topics, handlers)
      exchange = createExchange(made, handlers, links)
      await exchange.start()
      prober = createProbe(made, handlers)
      await prober.start()
      follow(made, handlers)
      // Peers that connected before the listeners were in place are reported now.
      for (const peer of peersNow()) handlers.connect(peer)
    },
    dial: async (address, options = {}) => (await connect(address, options)).remotePeer.toString(),
    async probe(address, options = {}) {
      const connection = await connect(address, options)
      const { id: peerId, path, transport } = describe(connection)
      return { peerId, path, transport, ...(await (prober as NonNullable<typeof prober>).ask(connection, options)) }
    },
    ...(circuits && {
      async reserve(id: string) {
        const relay = running()
          .getPeers()
          .find((known) => known.toString() === id)
        if (!relay) throw new MeshError('ERR_TRANSPORT', `not connected to ${id}`)
        try {
          await circuits.reserve(relay)
        } catch (cause) {
          throw toMeshError('ERR_TRANSPORT', `the relay ${id} gives no place`, cause)
        }
      }
    }),
    get shelves() {
      return shelf?.shelves
    },
    peers: peersNow,
    async publish(message) {
      const { recipients } = await running().services.pubsub.publish(topic, message)
      return { recipients: recipients.length }
    },
    async *request(id, bytes, options) {
      running()
      yield* (exchange as NonNullable<typeof exchange>).request(id, bytes, options)
    },
    async disconnect(id) {
      const peer = node?.getPeers().find((known) => known.toString() === id)
      if (peer) await node?.hangUp(peer).catch(() => {})
    },
    async stop() {
      const stopping = node
      node = undefined
      betterWays.stop()
      exchange?.stop()
      shelf?.stop()
      if (!stopping) return
      await stopNode(stopping)
      webRtc?.stop()
    }
  }
}
