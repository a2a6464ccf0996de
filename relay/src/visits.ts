import type { Connection } from '@libp2p/interface'
import type { Gate } from './gate.ts'
import type { Hub } from './hub.ts'
import type { RelayLimits } from './limits.ts'
import type { RelayNode } from './node.ts'
import type { RelayOptions } from './options.ts'
import type { Proofs } from './proofs.ts'
import type { Reservations } from './reservations.ts'
import type { Tally } from './tally.ts'

/** Peers as they come and go: each has to prove its group in time, and what is kept of it goes with it. */
export interface Visits {
  /** Call it before the node starts. */
  watch(node: RelayNode, exchange: { forget(peerId: string): void }): void
  /** Disconnects the peer unless it shows a proof in time. */
  awaitProof(peerId: string): Promise<void>
  /** Drops proofs that have expired, and restores gossip where it was lost. */
  sweep(node: RelayNode): void
}

export interface VisitedParts {
  limits: RelayLimits
  gate: Gate
  proofs: Proofs
  hub: Hub
  reservations: Reservations
  tally: Tally
}

export function createVisits(
  { limits, gate, proofs, hub, reservations, tally }: VisitedParts,
  { logger, logAddresses }: Pick<RelayOptions, 'logger' | 'logAddresses'>
): Visits {
  const who = (connection: Connection) =>
    logAddresses ? { peer: connection.remotePeer.toString(), address: connection.remoteAddr.toString() } : {}

  async function awaitProof(peerId: string): Promise<void> {
    if ((await proofs.wait(peerId, limits.unprovenMs)) || !gate.isConnected(peerId)) return
    tally.rejected('unproven')
    gate.disconnect(peerId, 'no proof')
  }

  return {
    awaitProof,
    watch(node, exchange) {
      // What a peer says of itself may be written down after it has gone.
      node.addEventListener('peer:update', ({ detail: { peer } }) => {
        if (!gate.isConnected(peer.id.toString())) node.peerStore.delete(peer.id).catch(() => {})
      })
      node.addEventListener('connection:open', ({ detail }) => {
        logger?.debug(who(detail), 'connected')
        if (gate.opened(detail)) void awaitProof(detail.remotePeer.toString())
      })
      node.addEventListener('connection:close', ({ detail }) => {
        const peer = detail.remotePeer
        const peerId = peer.toString()
        logger?.debug(who(detail), 'disconnected')
        if (gate.closed(detail)) {
          proofs.forget(peerId)
          reservations.forget(peer)
          exchange.forget(peerId)
          // What is remembered of a peer for hours would grow with every short-lived one.
          node.peerStore.delete(peer).catch(() => {})
        } else {
          const left = node.getConnections(peer).find(({ status }) => status === 'open')
          // After gossipsub's own handlers of the same event.
          if (left) setTimeout(() => hub.heal(peerId, left), 50).unref()
        }
      })
    },
    sweep(node) {
      proofs.sweep()
      for (const connection of node.getConnections()) hub.heal(connection.remotePeer.toString(), connection)
    }
  }
}
