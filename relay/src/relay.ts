import { generateKeyPair, privateKeyFromProtobuf } from '@libp2p/crypto/keys'
import type { Connection } from '@libp2p/interface'
import { createExchange, createProbe, stopNode } from 'ghmesh/libp2p'
import { boundedTcp, boundedWebSockets, maxDescriptors } from 'ghmesh/node-sockets'
import { requireNode } from 'ghmesh/node-version'
import { createWaitingRoom, relayName } from 'ghmesh/protocol'
import { announceAddresses, hostsBehind, listenAddresses, type Ports } from './addresses.ts'
import type { WebRtcCertificate } from './certificate.ts'
import { createCircuits } from './circuits.ts'
import { fitDescriptors } from './descriptors.ts'
import { createGate } from './gate.ts'
import type { Inside } from './gossip.ts'
import { createHub } from './hub.ts'
import { defaultRelayLimits } from './limits.ts'
import { createNode, type RelayNode } from './node.ts'
import type { RelayOptions } from './options.ts'
import { createProofs } from './proofs.ts'
import { createQuestions } from './questions.ts'
import { createTally, type Tally } from './tally.ts'
import { loadWebRtc } from './webrtc.ts'

/** What is going on at a relay now. */
export interface RelayFigures {
  /** Connected peers with a proof. */
  members: number
  connections: number
  reservations: number
  circuits: number
  /** Groups that have a member here. */
  groups: number
  /** Topics that are joined: those groups, and some that had a member lately. */
  topics: number
}

/** A relay; nothing happens until `start`. */
export interface Relay {
  /** Known once `start` has resolved. */
  readonly peerId: string
  /** Multiaddrs for `GHMESH_RELAYS`, each ending in `/p2p/<peer id>`. */
  readonly addresses: string[]
  readonly figures: RelayFigures
  readonly draining: boolean
  /** Of WebRTC-direct, once it listens there: to be kept, and given again at the next start. */
  readonly certificate: WebRtcCertificate | undefined
  /** What was counted since it was made. */
  readonly tally: Tally
  /** Resolves when it listens; rejects when it cannot. */
  start(): Promise<void>
  /** Takes no new connections, reservations and circuits; resolves when no circuit is left, or after `drainMs`. */
  drain(): Promise<void>
  /** Closes everything; nothing keeps the process alive afterwards. It cannot be started again: make another. */
  stop(): Promise<void>
}

/**
 * A relay for members of ghmesh: they meet at it, reserve circuits through it, and gossip over it.
 *
 * @throws Error with the code ERR_RUNTIME when this Node is too old, or this is Bun or Deno
 */
export function createRelay(options: RelayOptions = {}): Relay {
  requireNode('@ghmesh/relay', true)
  const wanted = { ...defaultRelayLimits, ...options.limits }
  const descriptors = maxDescriptors()
  const limits = fitDescriptors(wanted, descriptors)
  const now = Date.now
  const tally = createTally()
  let node: RelayNode | undefined
  let exchange: ReturnType<typeof createExchange> | undefined
  let sweeping: ReturnType<typeof setInterval> | undefined
  let draining = false
  let certificate: WebRtcCertificate | undefined
  const { logger } = options
  if (limits.connections < wanted.connections) {
    logger?.warn(
      { descriptors, connections: limits.connections },
      `this process can open only ${descriptors} files and sockets, too few for ${wanted.connections} connections: raise that number (ulimit -n, LimitNOFILE=, --ulimit nofile=) or lower --limit connections=`
    )
  }
  const who = (connection: Connection) =>
    options.logAddresses ? { peer: connection.remotePeer.toString(), address: connection.remoteAddr.toString() } : {}

  const hostAt = hostsBehind(options.proxies ?? [])
  const gate = createGate(limits, hostAt, tally, now, () => draining)
  const room = createWaitingRoom({
    maxWaiting: limits.handshakes,
    maxWaitingPerHost: limits.handshakesPerAddress,
    maxWaitMs: limits.handshakeMs,
    turnedAway: () => tally.rejected('handshake')
  })
  const bounds = { ...limits, room, hostOf: hostAt, maxSockets: limits.connections + limits.handshakes }
  const proofs = createProofs(limits, options.groups && new Set(options.groups), tally, now, {
    isConnected: gate.isConnected,
    hostOf: gate.hostOf,
    admits: (groupId) => hub.admits(groupId),
    first(groupId) {
      hub.join(groupId)
      logger?.info({ groups: proofs.groups.size }, 'first member of a group connected')
    },
    last(groupId) {
      hub.linger(groupId)
      logger?.info({ groups: proofs.groups.size }, 'last member of a group disconnected')
    },
    proven: (peerId, groupId) => hub.add(peerId, groupId),
    lapsed(peerId, groupId) {
      hub.remove(peerId, groupId)
      void awaitProof(peerId)
    }
  })
  const hub = createHub(limits, proofs, gate, tally, now)
  const circuits = createCircuits(limits, proofs, tally, now, {
    isConnected: gate.isConnected,
    isDraining: () => draining,
    hostOf: gate.hostOf
  })

  async function awaitProof(peerId: string): Promise<void> {
    if ((await proofs.wait(peerId, limits.unprovenMs)) || !gate.isConnected(peerId)) return
    tally.rejected('unproven')
    gate.disconnect(peerId, 'no proof')
  }

  function closed(made: RelayNode, connection: Connection): void {
    const peer = connection.remotePeer
    const peerId = peer.toString()
    logger?.debug(who(connection), 'disconnected')
    if (gate.closed(connection)) {
      proofs.forget(peerId)
      circuits.forget(peer)
      exchange?.forget(peerId)
      // What is remembered of a peer for hours would grow with every short-lived one.
      made.peerStore.delete(peer).catch(() => {})
    } else {
      const left = made.getConnections(peer).find(({ status }) => status === 'open')
      // After gossipsub's own handlers of the same event.
      if (left) setTimeout(() => hub.heal(peerId, left), 50).unref()
    }
  }

  async function tryWebRtc() {
    try {
      return await loadWebRtc(options.webRtcCertificate, {
        ...bounds,
        now,
        refused: () => tally.rejected('webrtc-handshake')
      })
    } catch (error) {
      const why = error instanceof Error ? error.message.split('\n')[0] : String(error)
      logger?.warn(
        { why },
        'no WebRTC-direct: browsers need WebSockets over TLS; to add it, npm install node-datachannel'
      )
      return undefined
    }
  }

  async function build(): Promise<RelayNode> {
    const { host = '0.0.0.0', tcpPort = 4001, webSocketPort = 4002, webRtcPort = 'off', tls, announce } = options
    const webRtc = webRtcPort === 'off' ? undefined : await tryWebRtc()
    certificate = webRtc?.certificate
    const ports: Ports = { tcp: tcpPort, webSocket: webSocketPort, webRtc: webRtc ? webRtcPort : 'off' }
    return await createNode(
      {
        privateKey: options.privateKey ? privateKeyFromProtobuf(options.privateKey) : await generateKeyPair('Ed25519'),
        listen: listenAddresses(host, ports, tls !== undefined),
        announce: announce ? [...announce] : announceAddresses(host, ports, tls !== undefined),
        transports: [
          boundedTcp(bounds),
          boundedWebSockets(bounds, tls && { https: tls }),
          ...(webRtc ? [webRtc.transport] : [])
        ],
        gater: {
          denyInboundConnection: gate.denyInboundConnection,
          denyInboundUpgradedConnection: gate.denyInboundUpgradedConnection,
          denyInboundRelayReservation: circuits.denyInboundRelayReservation,
          denyOutboundRelayedConnection: circuits.denyOutboundRelayedConnection,
          // It answers; it has nobody to call.
          denyDialPeer: () => true
        }
      },
      limits
    )
  }

  const running = (): RelayNode => {
    if (!node) throw new Error('this relay is not running: call start first')
    return node
  }

  return {
    get peerId() {
      return running().peerId.toString()
    },
    get addresses() {
      return running().getMultiaddrs().map(String)
    },
    get figures() {
      return {
        members: proofs.members,
        connections: gate.connections,
        reservations: circuits.reservations,
        circuits: circuits.circuits,
        groups: proofs.groups.size,
        topics: hub.groups
      }
    },
    get draining() {
      return draining
    },
    get certificate() {
      return certificate
    },
    tally,
    async start() {
      const made = await build()
      hub.attach(made.services.pubsub as Inside)
      circuits.attach(made.services.relay)
      made.addEventListener('connection:open', ({ detail }) => {
        logger?.debug(who(detail), 'connected')
        if (gate.opened(detail)) void awaitProof(detail.remotePeer.toString())
      })
      made.addEventListener('connection:close', ({ detail }) => closed(made, detail))
      exchange = createExchange(made, createQuestions(limits, proofs, tally, now), {
        questionBytes: limits.questionBytes,
        inboundStreams: limits.questionStreams
      })
      // Before it listens, so that nobody who comes at once is told that it does not know these.
      await exchange.start()
      await createProbe(made, { probed: () => relayName }).start()
      try {
        await made.start()
      } catch (error) {
        await stopNode(made) // of several ports, some may be listened on
        throw error
      }
      node = made
      sweeping = setInterval(() => {
        proofs.sweep()
        for (const connection of made.getConnections()) hub.heal(connection.remotePeer.toString(), connection)
      }, limits.sweepMs)
      sweeping.unref()
    },
    async drain() {
      draining = true
      const until = now() + limits.drainMs
      while (circuits.circuits > 0 && now() < until) await new Promise((resolve) => setTimeout(resolve, 50))
    },
    async stop() {
      const stopping = node
      if (!stopping) return
      node = undefined
      draining = true
      clearInterval(sweeping)
      exchange?.stop()
      hub.stop()
      await stopNode(stopping)
    }
  }
}
