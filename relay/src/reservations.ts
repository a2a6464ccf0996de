import type { CircuitRelayService } from '@libp2p/circuit-relay-v2'
import type { ConnectionGater, PeerId } from '@libp2p/interface'
import { createCounter } from './counter.ts'
import type { Gate } from './gate.ts'
import type { RelayLimits } from './limits.ts'
import type { Proofs } from './proofs.ts'
import { createDeny, type Tally } from './tally.ts'

/** Reservations: who can have one, how many there are, and that each ends with its peer. */
export interface Reservations extends Required<Pick<ConnectionGater, 'denyInboundRelayReservation'>> {
  /** Call it before the node starts. */
  attach(service: CircuitRelayService): void
  /** The peer has gone. */
  forget(peer: PeerId): void
  readonly count: number
}

export function createReservations(
  limits: RelayLimits,
  proofs: Proofs,
  gate: Gate,
  tally: Tally,
  isDraining: () => boolean
): Reservations {
  const holders = new Map<string, { host: string | undefined }>()
  const reservedFrom = createCounter()
  const deny = createDeny(tally)
  let service: CircuitRelayService | undefined

  /** The library frees a slot only when its time is up. */
  function free(peer: PeerId): void {
    const reservation = service?.reservations.get(peer) as { signal?: { clear(): void } } | undefined
    reservation?.signal?.clear()
    service?.reservations.delete(peer)
  }

  return {
    attach(relay) {
      service = relay
    },
    async denyInboundRelayReservation(source) {
      const peerId = source.toString()
      // A member sends its proof at the same moment.
      if (!(await proofs.wait(peerId, limits.proofWaitMs))) return deny('reservation-unproven')
      if (!gate.isConnected(peerId)) return true
      if (holders.has(peerId)) {
        // The next thing that the library does is to renew it. Of one that was renewed before, the earlier timer would still end
        // it (retimeable-signal 1.0.1 forgets to remove that), and its circuits with it. So each time a new one takes its place.
        free(source)
        return false
      }
      if (isDraining()) return deny('draining')
      const host = gate.hostOf(peerId)
      if (holders.size >= limits.reservations) return deny('reservations-full')
      if (reservedFrom.of(host) >= limits.reservationsPerAddress) return deny('reservations-per-address')
      // Counted here and not by what the library holds, so that many at once do not exceed the limit.
      holders.set(peerId, { host })
      reservedFrom.add(host, 1)
      return false
    },
    forget(peer) {
      const peerId = peer.toString()
      const held = holders.get(peerId)
      if (!held) return
      holders.delete(peerId)
      reservedFrom.add(held.host, -1)
      free(peer)
    },
    get count() {
      return holders.size
    }
  }
}
