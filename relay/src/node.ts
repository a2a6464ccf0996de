import { type CircuitRelayService, circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { type GossipSub, gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import type { ConnectionGater, Libp2p, PrivateKey } from '@libp2p/interface'
import { type Ping, ping } from '@libp2p/ping'
import { noiseInOnePiece, withFewerWrites, yamuxWithFewUpdates } from 'ghmesh/libp2p'
import { createLibp2p, type Libp2pOptions } from 'libp2p'
import type { RelayLimits } from './limits.ts'

export type RelayNode = Libp2p<{ identify: unknown; ping: Ping; pubsub: GossipSub; relay: CircuitRelayService }>

export interface NodeParts {
  privateKey: PrivateKey
  listen: string[]
  announce: string[]
  transports: NonNullable<Libp2pOptions['transports']>
  gater: ConnectionGater
}

/** Frames with more entries than this are dropped; honest members send far fewer. */
const rpcEntries = 256

/** The libp2p node of a relay, not yet started. */
export async function createNode(parts: NodeParts, limits: RelayLimits): Promise<RelayNode> {
  // Members are connected to the relay and often to nobody else, so it has to forward to all of them at once.
  const everybody = limits.connections
  const node = await createLibp2p({
    start: false,
    privateKey: parts.privateKey,
    addresses: { listen: parts.listen, announce: parts.announce },
    transports: parts.transports,
    connectionEncrypters: [noiseInOnePiece()],
    streamMuxers: [yamuxWithFewUpdates({ maxInboundStreams: limits.streamsPerConnection })],
    connectionGater: parts.gater,
    connectionMonitor: { pingInterval: limits.pingMs },
    connectionManager: {
      // The gate refuses first, and counts its refusals.
      maxConnections: limits.connections + limits.handshakes,
      inboundConnectionThreshold: Number.MAX_SAFE_INTEGER,
      // The waiting room makes room where libp2p would refuse the newest.
      maxIncomingPendingConnections: 2 * limits.handshakes,
      inboundUpgradeTimeout: limits.handshakeMs
    },
    services: {
      identify: identify(),
      ping: ping(),
      pubsub: gossipsub({
        allowedTopics: [],
        fallbackToFloodsub: false,
        doPX: false,
        tagMeshPeers: false,
        D: everybody,
        Dlo: everybody,
        Dhi: everybody,
        Dscore: 0,
        Dout: 0,
        // Otherwise the signature of each copy would be checked before it is recognised as a copy.
        fastMsgIdFn: ({ signature }) => Buffer.from(signature ?? []).toString('base64'),
        seenTTL: limits.seenMs,
        // Below this size, saying that a message is here already costs more than the message.
        idontwantMinDataSize: 4096,
        maxInboundStreams: 4,
        maxInboundDataLength: limits.frameBytes,
        maxOutboundBufferSize: limits.outboundBytes,
        maxTopicBytesPerPeer: 16 * 1024,
        decodeRpcLimits: {
          maxSubscriptions: rpcEntries,
          maxMessages: rpcEntries,
          maxIhaveMessageIDs: 5000,
          maxIwantMessageIDs: 5000,
          maxControlMessages: rpcEntries,
          maxIdontwantMessageIDs: 512,
          maxPeerInfos: 0
        },
        // Members share addresses, and come back before a backoff has ended. traffic.ts limits what they cost.
        scoreParams: { IPColocationFactorWeight: 0, behaviourPenaltyWeight: 0 }
      }),
      relay: circuitRelayServer({
        hopTimeout: 2 * limits.unprovenMs,
        maxInboundHopStreams: limits.circuitsPerPeer + 8,
        maxOutboundStopStreams: limits.circuitsPerPeer + 8,
        reservations: {
          // Reservations whose peer has gone can stay a while; reservations.ts counts those that are in use.
          maxReservations: 4 * limits.reservations,
          reservationTtl: limits.reservationMs,
          // Never without: a limited connection is what keeps gossip off circuits.
          defaultDataLimit: BigInt(limits.circuitBytes),
          defaultDurationLimit: limits.circuitMs
        }
      })
    }
  })
  withFewerWrites(node.peerStore)
  return node as RelayNode
}
