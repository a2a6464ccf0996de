import { stopNode } from 'ghmesh/libp2p'
import { requireNode } from 'ghmesh/node-version'
import type { WebRtcCertificate } from './certificate.ts'
import { composeRelay, type OpenedRelay } from './compose.ts'
import type { RelayOptions } from './options.ts'
import type { Tally } from './tally.ts'

/** What a relay is doing now. */
export interface RelayFigures {
  /** Connected peers with a proof. */
  members: number
  connections: number
  reservations: number
  circuits: number
  /** Groups that have a member here. */
  groups: number
  /** Topics that are joined: those of these groups, and of some that had a member recently. */
  topics: number
  /** Records on the shelf, what they take, and the groups that have one. */
  shelfRecords: number
  shelfBytes: number
  shelfGroups: number
}

/** A relay; nothing happens until `start`. */
export interface Relay {
  /** Known once `start` has resolved. */
  readonly peerId: string
  /** Multiaddrs for `GHMESH_RELAYS`, each ending in `/p2p/<peer id>`. */
  readonly addresses: string[]
  readonly figures: RelayFigures
  readonly draining: boolean
  /** The certificate of WebRTC-direct, once the relay listens there. Keep it, and pass it to the next start. */
  readonly certificate: WebRtcCertificate | undefined
  /** What was counted since the relay was created. */
  readonly tally: Tally
  /** Resolves once the relay listens; rejects if it cannot. */
  start(): Promise<void>
  /** Accepts no new connections, reservations or circuits; resolves when no circuit is left, or after `drainMs`. */
  drain(): Promise<void>
  /**
   * Closes everything, once a start under way has ended; nothing keeps the process alive afterwards. It cannot be started
   * again: create another.
   */
  stop(): Promise<void>
}

/**
 * A relay for members of ghmesh: they meet at it, reserve circuits through it, and gossip over it.
 *
 * @throws Error with the code ERR_RUNTIME if this Node is too old, or this is Bun or Deno
 */
export function createRelay(options: RelayOptions = {}): Relay {
  requireNode('@ghmesh/relay', true)
  let draining = false
  const { limits, now, tally, gate, proofs, hub, reservations, circuits, visits, open } = composeRelay(
    options,
    () => draining
  )
  let starting: Promise<void> | undefined
  let opened: OpenedRelay | undefined
  let running: OpenedRelay | undefined
  let sweeping: ReturnType<typeof setInterval> | undefined

  const runningNode = () => {
    if (!running) throw new Error('this relay is not running: call start first')
    return running.node
  }

  async function begin(): Promise<void> {
    opened = await open()
    const { node, shelf } = opened
    await listen(opened)
    running = opened
    sweeping = setInterval(() => {
      visits.sweep(node)
      shelf?.sweep()
    }, limits.sweepMs)
    sweeping.unref()
  }

  return {
    get peerId() {
      return runningNode().peerId.toString()
    },
    get addresses() {
      return runningNode().getMultiaddrs().map(String)
    },
    get figures() {
      return {
        members: proofs.members,
        connections: gate.connections,
        reservations: reservations.count,
        circuits: circuits.count,
        groups: proofs.groups.size,
        topics: hub.groups,
        ...shelfFigures(opened)
      }
    },
    get draining() {
      return draining
    },
    get certificate() {
      return opened?.certificate
    },
    tally,
    start() {
      starting = begin()
      return starting
    },
    async drain() {
      draining = true
      const until = now() + limits.drainMs
      while (circuits.count > 0 && now() < until) await new Promise((resolve) => setTimeout(resolve, 50))
    },
    async stop() {
      await starting?.catch(() => {}) // told by start
      const stopping = running
      if (!stopping) return
      running = undefined
      draining = true
      clearInterval(sweeping)
      stopping.exchange.stop()
      hub.stop()
      await stopNode(stopping.node)
      stopping.shelf?.close()
    }
  }
}

/** Starts the node; where it cannot listen, nothing stays open. */
async function listen({ node, shelf }: OpenedRelay): Promise<void> {
  try {
    await node.start()
  } catch (error) {
    await stopNode(node) // it may listen on some of its ports already
    shelf?.close()
    throw error
  }
}

function shelfFigures(opened: OpenedRelay | undefined) {
  const { records, bytes, groups } = opened?.shelf?.figures ?? { records: 0, bytes: 0, groups: 0 }
  return { shelfRecords: records, shelfBytes: bytes, shelfGroups: groups }
}
