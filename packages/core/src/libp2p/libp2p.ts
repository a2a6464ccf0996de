import { privateKeyFromProtobuf } from '@libp2p/crypto/keys'
import { gossipsub, TopicValidatorResult } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import type { Connection, ConnectionGater, PeerId, PrivateKey } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2pOptions } from 'libp2p'
import type { AbortOptions } from '../abort.ts'
import { MeshError, toMeshError } from '../errors.ts'
import { portLimits } from '../limits.ts'
import type { Libp2pTransport } from '../transport/libp2p-transport.ts'
import type { Peer } from '../transport/transport.ts'
import { createBetterWays } from './better-ways.ts'
import { createCircuits } from './circuits.ts'
import { createExchange } from './exchange.ts'
import { forLibp2p } from './for-libp2p.ts'
import { gossipSettings, healGossip } from './gossip.ts'
import { describe, isDirect } from './path.ts'
import { createProbe } from './probe.ts'
import { createProvenLinks } from './proven-links.ts'
import { createShelves } from './shelves.ts'
import { signalledThroughRelays } from './signalling.ts'
import { stopNode } from './stop-node.ts'

/** What a platform brings: which transports there are, where to listen, and what to tell others. */
export interface Libp2pParts {
  transports: NonNullable<Libp2pOptions['transports']>
  /** Relays to be reached through, each address with its peer id. */
  relays?: readonly string[] | undefined
  /** Between members that a relay has brought together; resolves to undefined where the platform has none. */
  webRtc?(): Promise<{ transport: NonNullable<Libp2pOptions['transports']>[number]; stop(): void } | undefined>
  /** The identity to keep, as libp2p's protobuf of a private key; absent: a new one. */
  privateKey?: Uint8Array | undefined
  gater?: ConnectionGater | undefined
  /** How long libp2p itself remembers addresses, in ms. Default: an hour. Nothing here depends on it. */
  addressAgeMs?: number | undefined
  /** Called at start, again after a failure with the next attempt, until it has nothing more to offer. */
  listen(attempt: number): Promise<{ listen: string[]; announce: string[] } | undefined>
}

/** Longer than a transfer may take. */
const circuitGraceMs = 6000

/** Members over libp2p: gossipsub for messages, one protocol of long-lived streams for questions. */
export function createLibp2pTransport(parts: Libp2pParts): Libp2pTransport {
  type Node = Awaited<ReturnType<typeof build>>
  let node: Node | undefined
  let exchange: ReturnType<typeof createExchange> | undefined
  let shelf: ReturnType<typeof createShelves> | undefined
  let prober: ReturnType<typeof createProbe> | undefined
  let topics: string[] = []
  let ownId: string | undefined
  const circuits = parts.relays?.length ? createCircuits(parts.relays) : undefined
  let webRtc: Awaited<ReturnType<NonNullable<Libp2pParts['webRtc']>>>
  const links = createProvenLinks()
  const betterWays = createBetterWays({
    links,
    connections: (peer) => node?.getConnections(peer) ?? [],
    graceMs: circuitGraceMs
  })

  const build = (where: { listen: string[]; announce: string[] }, key: PrivateKey | undefined) =>
    createLibp2p({
      start: false,
      ...(key && { privateKey: key }),
      addresses: where,
      transports: [
        ...parts.transports,
        ...(circuits ? [circuits.transport] : []),
        ...(webRtc ? [signalledThroughRelays(webRtc.transport)] : [])
      ],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux({ maxInboundStreams: portLimits.streamsPerConnection, enableKeepAlive: false })],
      connectionGater: {
        ...parts.gater,
        ...(circuits && { denyInboundRelayedConnection: circuits.denyInboundRelayedConnection }),
        denyInboundUpgradedConnection: (peer): boolean =>
          (node?.getConnections(peer).length ?? 0) >= portLimits.connectionsPerPeer
      },
      peerStore: parts.addressAgeMs === undefined ? {} : { maxAddressAge: parts.addressAgeMs },
      connectionManager: {
        maxConnections: portLimits.connections,
        // The dialler says how long one may take.
        dialTimeout: portLimits.handshakeMs,
        addressDialTimeout: portLimits.handshakeMs,
        inboundConnectionThreshold: portLimits.connectionsPerSecondAndAddress,
        // The waiting room bounds them first, and makes room where libp2p would refuse the newest.
        maxIncomingPendingConnections: 2 * portLimits.handshakes,
        inboundUpgradeTimeout: portLimits.handshakeMs
      },
      connectionMonitor: portLimits.monitor,
      services: {
        identify: identify(),
        ping: ping(),
        pubsub: gossipsub({ ...gossipSettings, allowedTopics: topics })
      }
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

  async function listen(): Promise<Node> {
    const key = parts.privateKey && privateKeyFromProtobuf(parts.privateKey)
    for (let attempt = 0, failure: unknown; ; attempt++) {
      const where = await parts.listen(attempt)
      if (!where) throw toMeshError('ERR_TRANSPORT', 'cannot listen; choose another listenPort, or 0 for any', failure)
      const made = await build(where, key)
      try {
        await made.start()
        return made
      } catch (error) {
        failure = error
        await made.stop()
      }
    }
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
    async start(joined, handlers) {
      topics = [...joined]
      webRtc = circuits && (await parts.webRtc?.())
      const made = await listen()
      node = made
      ownId = made.peerId.toString()
      shelf = circuits && createShelves(made, circuits.has)
      const { pubsub } = made.services
      for (const name of topics) {
        pubsub.topicValidators.set(name, async (source, message) => {
          if (message.type !== 'signed') return TopicValidatorResult.Reject
          const heard = await handlers.message(message.from.toString(), message.data, source.toString())
          return TopicValidatorResult[heard === 'accept' ? 'Accept' : heard === 'reject' ? 'Reject' : 'Ignore']
        })
        pubsub.subscribe(name)
      }
      exchange = createExchange(made, handlers, links)
      await exchange.start()
      prober = createProbe(made, handlers)
      await prober.start()
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
      const { recipients } = await running().services.pubsub.publish(topics[0] ?? '', message)
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
