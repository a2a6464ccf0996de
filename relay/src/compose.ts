import { createExchange, createProbe } from 'ghmesh/libp2p'
import { maxDescriptors } from 'ghmesh/node-sockets'
import { relayName, shelfNumbers, shelfProtocol } from 'ghmesh/protocol'
import { hostsBehind } from './addresses.ts'
import type { WebRtcCertificate } from './certificate.ts'
import { createCircuits } from './circuits.ts'
import { fitDescriptors } from './descriptors.ts'
import { createGate } from './gate.ts'
import type { Inside } from './gossip.ts'
import { createHub } from './hub.ts'
import { defaultRelayLimits, type RelayLimits } from './limits.ts'
import type { RelayNode } from './node.ts'
import { openNode } from './open-node.ts'
import type { RelayOptions } from './options.ts'
import { createProofs } from './proofs.ts'
import { createQuestions } from './questions.ts'
import { createReservations } from './reservations.ts'
import { createShelf } from './shelf.ts'
import { openShelfStore, type ShelfStore } from './shelf-store.ts'
import { createTally } from './tally.ts'
import { createVisits } from './visits.ts'

/** The node of a relay with all its parts attached. */
export interface OpenedRelay {
  node: RelayNode
  certificate: WebRtcCertificate | undefined
  exchange: { stop(): void }
  shelf: ShelfStore | undefined
}

/** One relay is put together here, and nothing else happens here. */
export function composeRelay(options: RelayOptions, isDraining: () => boolean) {
  const { logger, groups, proxies = [] } = options
  const now = Date.now
  const tally = createTally()
  const limits = affordableLimits(options)
  const hostAt = hostsBehind(proxies)
  const gate = createGate(limits, hostAt, tally, now, isDraining)
  const proofs = createProofs(limits, groups && new Set(groups), tally, now, {
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
      void visits.awaitProof(peerId)
    }
  })
  const hub = createHub(limits, proofs, gate, tally, now)
  const reservations = createReservations(limits, proofs, gate, tally, isDraining)
  const circuits = createCircuits(limits, proofs, gate, tally, now, isDraining)
  const visits = createVisits({ limits, gate, proofs, hub, reservations, tally }, options)

  /** The node listens once it is started. */
  async function open(): Promise<OpenedRelay> {
    const gater = {
      denyInboundConnection: gate.denyInboundConnection,
      denyInboundUpgradedConnection: gate.denyInboundUpgradedConnection,
      denyInboundRelayReservation: reservations.denyInboundRelayReservation,
      denyOutboundRelayedConnection: circuits.denyOutboundRelayedConnection,
      // It answers; it has nobody to call.
      denyDialPeer: () => true
    }
    const { node, certificate } = await openNode(options, { limits, hostAt, gater, tally, now })
    hub.attach(node.services.pubsub as Inside)
    reservations.attach(node.services.relay)
    circuits.attach(node.services.relay)
    const exchange = createExchange(node, createQuestions(limits, proofs, tally, now), {
      questionBytes: limits.questionBytes,
      inboundStreams: limits.questionStreams
    })
    const shelf = openShelf(node)
    visits.watch(node, exchange)
    // Before it listens, so that no early peer is told that these protocols are unknown here.
    await exchange.start()
    await shelf?.start()
    await createProbe(node, { probed: () => relayName }).start()
    return { node, exchange, certificate, shelf: shelf?.store }
  }

  /** What members leave for those that come later; undefined unless asked for. */
  function openShelf(node: RelayNode) {
    if (!options.shelf) return undefined
    const { directory, bytes: maxBytes } = options.shelf
    const store = openShelfStore({
      directory,
      maxBytes,
      places: groups?.length ?? limits.shelfGroups,
      now,
      damaged: (path) => logger?.warn({ path }, 'the shelf was damaged; it is set aside, and begins anew'),
      sweepFailed: (why) =>
        logger?.warn({ why }, 'what has expired cannot be removed from the shelf; the relay goes on')
    })
    const asked = createShelf(limits, proofs, store, tally, now)
    const { start } = createExchange(node, asked, {
      protocol: shelfProtocol,
      questionBytes: shelfNumbers.frameBytes,
      inboundStreams: limits.shelfStreams,
      admits: asked.admits
    })
    return { start, store }
  }

  return { limits, now, tally, gate, proofs, hub, reservations, circuits, visits, open }
}

/** The limits that were asked for, as far as this process can open sockets for them. */
function affordableLimits({ limits, logger }: RelayOptions): RelayLimits {
  const wanted = { ...defaultRelayLimits, ...limits }
  const descriptors = maxDescriptors()
  const fitting = fitDescriptors(wanted, descriptors)
  if (fitting.connections < wanted.connections) {
    logger?.warn(
      { descriptors, connections: fitting.connections },
      `this process can open only ${descriptors} files and sockets, too few for ${wanted.connections} connections: raise that number (ulimit -n, LimitNOFILE=, --ulimit nofile=) or lower --limit connections=`
    )
  }
  return fitting
}
