import { stopNode } from 'ghmesh/libp2p'
import { requireNode } from 'ghmesh/node-version'
import type { WebRtcCertificate } from './certificate.ts'
import { composeRelay, type OpenedRelay } from './compose.ts'
import type { RelayOptions } from './options.ts'
import type { Tally } from './tally.ts'

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
  let draining = false
  const { limits, now, tally, gate, proofs, hub, reservations, circuits, visits, open } = composeRelay(
    options,
    () => draining
  )
  let opened: OpenedRelay | undefined
  let running: OpenedRelay | undefined
  let sweeping: ReturnType<typeof setInterval> | undefined

  const runningNode = () => {
    if (!running) throw new Error('this relay is not running: call start first')
    return running.node
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
        topics: hub.groups
      }
    },
    get draining() {
      return draining
    },
    get certificate() {
      return opened?.certificate
    },
    tally,
    async start() {
      opened = await open()
      const { node } = opened
      try {
        await node.start()
      } catch (error) {
        await stopNode(node) // of several ports, some may be listened on
        throw error
      }
      running = opened
      sweeping = setInterval(() => visits.sweep(node), limits.sweepMs)
      sweeping.unref()
    },
    async drain() {
      draining = true
      const until = now() + limits.drainMs
      while (circuits.count > 0 && now() < until) await new Promise((resolve) => setTimeout(resolve, 50))
    },
    async stop() {
      const stopping = running
      if (!stopping) return
      running = undefined
      draining = true
      clearInterval(sweeping)
      stopping.exchange.stop()
      hub.stop()
      await stopNode(stopping.node)
    }
  }
}
