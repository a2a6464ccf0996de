import type { Connection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { AbortOptions } from '../abort.ts'
import { MeshError, toMeshError } from '../errors.ts'
import type { Libp2pTransport } from '../transport/libp2p-transport.ts'
import type { Peer } from '../transport/transport.ts'
import { createBetterWays } from './better-ways.ts'
import { type Circuits, createCircuits } from './circuits.ts'
import { follow } from './follow.ts'
import { forLibp2p } from './for-libp2p.ts'
import { hearTopics } from './gossip.ts'
import { type Node, type NodeParts, startNode, type WebRtc } from './node.ts'
import { describe, peersOf } from './path.ts'
import { createProtocols, type Protocols } from './protocols.ts'
import { createProvenLinks } from './proven-links.ts'
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

async function connect(node: Node, address: string, options: AbortOptions): Promise<Connection> {
  try {
    return await node.dial(multiaddr(address), forLibp2p(options))
  } catch (cause) {
    throw toMeshError('ERR_TRANSPORT', `cannot reach ${address}`, cause)
  }
}

async function reserve(node: Node, circuits: Circuits, id: string): Promise<void> {
  const relay = node.getPeers().find((known) => known.toString() === id)
  if (!relay) throw new MeshError('ERR_TRANSPORT', `not connected to ${id}`)
  try {
    await circuits.reserve(relay)
  } catch (cause) {
    throw toMeshError('ERR_TRANSPORT', `the relay ${id} gives no place`, cause)
  }
}

/** Members over libp2p: gossipsub for messages, one protocol of long-lived streams for questions. */
export function createLibp2pTransport(parts: Libp2pParts): Libp2pTransport {
  let node: Node | undefined
  let protocols: Protocols | undefined
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

  const peers = (): Peer[] =>
    peersOf(node?.getConnections() ?? [], (one) => one.status === 'open' && links.isUsable(one))

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
      const made = await startNode({ parts, topics, circuits, webRtc }).catch((error) => {
        webRtc?.stop()
        throw error
      })
      node = made
      ownId = made.peerId.toString()
      protocols = createProtocols(made, handlers, links, circuits)
      hearTopics(made.services.pubsub, topics, handlers)
      await protocols.start()
      follow(made, { handlers, protocols, peers, opened: circuits && betterWays.opened })
    },
    dial: async (address, options = {}) => (await connect(running(), address, options)).remotePeer.toString(),
    async probe(address, options = {}) {
      const connection = await connect(running(), address, options)
      const { id: peerId, path, transport } = describe(connection, running().getConnections())
      return { peerId, path, transport, ...(await (protocols as Protocols).probe(connection, options)) }
    },
    ...(circuits && { reserve: async (id: string) => reserve(running(), circuits, id) }),
    get shelves() {
      return protocols?.shelves
    },
    peers,
    async publish(message) {
      const { recipients } = await running().services.pubsub.publish(topic, message)
      return { recipients: recipients.length }
    },
    async *request(id, bytes, options) {
      running()
      yield* (protocols as Protocols).request(id, bytes, options)
    },
    async disconnect(id) {
      const peer = node?.getPeers().find((known) => known.toString() === id)
      if (peer) await node?.hangUp(peer).catch(() => {})
    },
    async stop() {
      const stopping = node
      node = undefined
      betterWays.stop()
      protocols?.stop()
      if (!stopping) return
      await stopNode(stopping)
      webRtc?.stop()
    }
  }
}
