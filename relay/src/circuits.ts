import type { CircuitRelayService } from '@libp2p/circuit-relay-v2'
import type { Connection, ConnectionGater, PeerId, Stream } from '@libp2p/interface'
import { type Bucket, createBucket } from 'ghmesh/protocol'
import { LRUCache } from 'lru-cache'
import type { RelayLimits } from './limits.ts'
import type { Proofs } from './proofs.ts'
import type { Reason, Tally } from './tally.ts'

/** Reservations and circuits: who may have them, how many there are, and that they end with their peer. */
export interface Circuits
  extends Required<Pick<ConnectionGater, 'denyInboundRelayReservation' | 'denyOutboundRelayedConnection'>> {
  /** Has to be called before the node starts. */
  attach(service: CircuitRelayService): void
  /** The peer has gone. */
  forget(peer: PeerId): void
  readonly reservations: number
  readonly circuits: number
}

export interface CircuitsHooks {
  isConnected(peerId: string): boolean
  isDraining(): boolean
  hostOf(peerId: string): string | undefined
}

/** What of the library's service is used beyond its interface (circuit-relay-v2 4.2). */
interface Inside extends CircuitRelayService {
  onHop(stream: Stream, connection: Connection): Promise<void>
  stopHop(to: { connection: Connection }, options: object): Promise<Stream | undefined>
}

/** How many of something there are, by name and in all. */
function counter() {
  const counts = new Map<string, number>()
  return {
    total: 0,
    of: (name: string | undefined) => (name === undefined ? 0 : (counts.get(name) ?? 0)),
    add(name: string, by: 1 | -1) {
      this.total += by
      const count = (counts.get(name) ?? 0) + by
      if (count > 0) counts.set(name, count)
      else counts.delete(name)
    }
  }
}

/** Calls back with the size of whatever is sent on a stream. A listener for what arrives would take it from the library. */
function onSent(stream: Stream, sent: (bytes: number) => void): void {
  const send = stream.send.bind(stream)
  stream.send = (data) => {
    sent(data.byteLength)
    return send(data)
  }
}

export function createCircuits(
  limits: RelayLimits,
  proofs: Proofs,
  tally: Tally,
  now: () => number,
  hooks: CircuitsHooks
): Circuits {
  const holders = new Map<string, { host: string | undefined; refreshed: boolean }>()
  const reservedFrom = counter()
  // A circuit is a hop stream of the one side and a stop stream to the other; both stay open as long as it.
  const hopsOf = counter()
  const hopsFrom = counter()
  const stopsOf = counter()
  const rates = new LRUCache<string, Bucket>({
    max: limits.rememberedPeers,
    memoMethod: () => createBucket(limits.hopsPerSecond, limits.hopsBurst, now)
  })
  let service: CircuitRelayService | undefined

  const deny = (reason: Reason): true => {
    tally.rejected(reason)
    return true
  }

  function opened(stream: Stream, peerId: string): void {
    const host = hooks.hostOf(peerId) ?? ''
    hopsOf.add(peerId, 1)
    hopsFrom.add(host, 1)
    stream.addEventListener(
      'close',
      () => {
        hopsOf.add(peerId, -1)
        hopsFrom.add(host, -1)
      },
      { once: true }
    )
  }

  return {
    async denyInboundRelayReservation(source) {
      const peerId = source.toString()
      // A member sends its proof at the same moment.
      if (!(await proofs.wait(peerId, limits.proofWaitMs))) return deny('reservation-unproven')
      if (!hooks.isConnected(peerId)) return true
      const held = holders.get(peerId)
      if (held) {
        held.refreshed = true
        return false
      }
      if (hooks.isDraining()) return deny('draining')
      const host = hooks.hostOf(peerId)
      if (holders.size >= limits.reservations) return deny('reservations-full')
      if (reservedFrom.of(host) >= limits.reservationsPerAddress) return deny('reservations-per-address')
      // Counted here and not by what the library holds, so that many at once cannot overtake one another.
      holders.set(peerId, { host, refreshed: false })
      if (host !== undefined) reservedFrom.add(host, 1)
      return false
    },
    async denyOutboundRelayedConnection(source, destination) {
      const [from, to] = [source.toString(), destination.toString()]
      if (hooks.isDraining()) return deny('draining')
      // Its proof may be under way here, too.
      const shown = await proofs.wait(from, limits.proofWaitMs, () => proofs.together(from, to))
      if (!shown) return deny('circuit-other-group')
      if (hopsOf.of(from) > limits.circuitsPerPeer || stopsOf.of(to) >= limits.circuitsPerPeer)
        return deny('circuits-per-peer')
      if (hopsFrom.of(hooks.hostOf(from)) > limits.circuitsPerAddress) return deny('circuits-per-address')
      if (stopsOf.total >= limits.circuits) return deny('circuits-full')
      return false
    },
    attach(relay) {
      service = relay
      const inside = relay as Inside
      const onHop = inside.onHop
      const stopHop = inside.stopHop.bind(relay)
      inside.onHop = async (stream, connection) => {
        const peerId = connection.remotePeer.toString()
        if (!rates.memo(peerId).take()) {
          tally.rejected('hop-rate')
          return stream.abort(new Error('too many requests for reservations and circuits'))
        }
        opened(stream, peerId)
        onSent(stream, tally.carried)
        await onHop(stream, connection)
      }
      inside.stopHop = async (to, options) => {
        const peerId = to.connection.remotePeer.toString()
        stopsOf.add(peerId, 1)
        const ended = () => stopsOf.add(peerId, -1)
        try {
          const stream = await stopHop(to, options)
          if (stream?.status !== 'open') ended()
          else {
            tally.circuit()
            onSent(stream, tally.carried)
            stream.addEventListener('close', ended, { once: true })
          }
          return stream
        } catch (error) {
          ended()
          throw error
        }
      }
    },
    forget(peer) {
      const peerId = peer.toString()
      const held = holders.get(peerId)
      if (!held) return
      holders.delete(peerId)
      if (held.host !== undefined) reservedFrom.add(held.host, -1)
      // The library frees a slot only when its time is up. Once refreshed, its timer cannot be stopped and would end the
      // next reservation of this peer, so that one is left to it.
      if (held.refreshed) return
      const reservation = service?.reservations.get(peer) as { signal?: { clear(): void } } | undefined
      reservation?.signal?.clear()
      service?.reservations.delete(peer)
    },
    get reservations() {
      return holders.size
    },
    get circuits() {
      return stopsOf.total
    }
  }
}
