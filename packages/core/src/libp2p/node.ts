import { privateKeyFromProtobuf } from '@libp2p/crypto/keys'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import type { ComponentLogger, ConnectionGater, PrivateKey } from '@libp2p/interface'
import type { ICryptoInterface } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { createLibp2p, type Libp2pOptions } from 'libp2p'
import { toMeshError } from '../errors.ts'
import type { Circuits } from './circuits.ts'
import { endingFailedDials } from './ended-dials.ts'
import { noiseInOnePiece, yamuxWithFewUpdates } from './fewer-frames.ts'
import { withFewerWrites } from './fewer-writes.ts'
import { gossipSettings } from './gossip.ts'
import { closedByItsOpener } from './init-channel.ts'
import { portLimits } from './limits.ts'
import { newPrivateKey } from './private-key.ts'
import { signalledThroughRelays } from './signalling.ts'

type Transports = NonNullable<Libp2pOptions['transports']>
/** Addresses to listen on, and what others are told: at first, and by the filter whenever libp2p tells them. */
export interface Where extends Pick<NonNullable<Libp2pOptions['addresses']>, 'announceFilter'> {
  listen: string[]
  announce: string[]
}

/** Between members that a relay has brought together. */
export interface WebRtc {
  transport: Transports[number]
  stop(): void
}

/** What a platform brings to libp2p's node: which transports there are, where to listen, and what to tell others. */
export interface NodeParts {
  transports: Transports
  /** The identity to keep, as libp2p's protobuf of a private key; absent: a new one. */
  privateKey?: Uint8Array | undefined
  gater?: ConnectionGater | undefined
  /** Default: libp2p's own. */
  logger?: ComponentLogger | undefined
  /** How connections are encrypted. Default: as the library does it. */
  noiseCrypto?: ICryptoInterface | undefined
  /** How long libp2p itself remembers addresses, in ms. Default: an hour. Nothing here depends on it. */
  addressAgeMs?: number | undefined
  /** Called at start, again after a failure with the next attempt, until it has nothing more to offer. */
  listen(attempt: number): Promise<Where | undefined>
}

export interface NodeOptions {
  parts: NodeParts
  topics: readonly string[]
  circuits: Circuits | undefined
  webRtc: WebRtc | undefined
}

/** libp2p, as far as members use it. */
export type Node = Awaited<ReturnType<typeof createNode>>

/** A node that listens. Rejects with `ERR_TRANSPORT` when it can listen nowhere. */
export async function startNode(options: NodeOptions): Promise<Node> {
  const { privateKey, listen } = options.parts
  const key = privateKeyFromProtobuf(privateKey ?? (await newPrivateKey()))
  for (let attempt = 0, failure: unknown; ; attempt++) {
    const where = await listen(attempt)
    if (!where) throw toMeshError('ERR_TRANSPORT', 'cannot listen; choose another listenPort, or 0 for any', failure)
    const node = await createNode(options, where, key)
    try {
      await node.start()
      return node
    } catch (error) {
      failure = error
      await node.stop()
    }
  }
}

async function createNode({ parts, topics, circuits, webRtc }: NodeOptions, where: Where, privateKey: PrivateKey) {
  const node = await createLibp2p({
    start: false,
    privateKey,
    ...(parts.logger && { logger: parts.logger }),
    addresses: where,
    transports: [
      ...parts.transports,
      ...(circuits ? [circuits.transport] : []),
      ...(webRtc ? [signalledThroughRelays(closedByItsOpener(webRtc.transport))] : [])
    ].map(endingFailedDials),
    connectionEncrypters: [noiseInOnePiece(parts.noiseCrypto && { crypto: parts.noiseCrypto })],
    streamMuxers: [yamuxWithFewUpdates({ maxInboundStreams: portLimits.streamsPerConnection, enableKeepAlive: false })],
    connectionGater: {
      ...parts.gater,
      ...(circuits && { denyInboundRelayedConnection: circuits.denyInboundRelayedConnection }),
      denyInboundUpgradedConnection: (peer): boolean =>
        node.getConnections(peer).length >= portLimits.connectionsPerPeer
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
      pubsub: gossipsub({ ...gossipSettings, allowedTopics: [...topics] })
    }
  })
  withFewerWrites(node.peerStore)
  return node
}
