import type { CircuitRelayService } from '@libp2p/circuit-relay-v2'
import type { Connection, ConnectionGater, Stream } from '@libp2p/interface'
import { type Bucket, createBucket } from 'ghmesh/protocol'
import { LRUCache } from 'lru-cache'
import { createCounter } from './counter.ts'
import type { Gate } from './gate.ts'
import type { RelayLimits } from './limits.ts'
import type { Proofs } from './proofs.ts'
import { createDeny, type Tally } from './tally.ts'

/** Circuits: who can open one to whom, how many there are, and what they carry. */
export interface Circuits extends Required<Pick<ConnectionGater, 'denyOutboundRelayedConnection'>> {
  /** Call it before the node starts. */
  attach(service: CircuitRelayService): void
  readonly count: number
}

/** The internals of the library's service that are used here (circuit-relay-v2 4.2). */
interface Inside extends CircuitRelayService {
  onHop(stream: Stream, connection: Connection): Promise<void>
  stopHop(to: { connection: Connection }, options: object): Promise<Stream | undefined>
}

/** Calls back with the size of everything sent on a stream. Listening for what arrives would take it away from the library. */
function onSent(stream: Stream, sent: (bytes: number) => void): void {
  const send = stream.send.bind(stream)
  stream.send = (data) => {
    sent(data.byteLength)
    return send(data)
  }
}

const onClose = (stream: Stream, closed: () => void) => stream.addEventListener('close', closed, { once: true })

/** A circuit is a hop stream of the one side and a stop stream to the other; both stay open as long as it. */
function createStreamCounts(gate: Gate, tally: Tally) {
  const hopsOf = createCounter()
  const hopsFrom = createCounter()
  const stopsOf = createCounter()
  return {
    hopsOf,
    hopsFrom,
    stopsOf,
    watchHop(stream: Stream, peerId: string): void {
      const host = gate.hostOf(peerId)
      const count = (by: 1 | -1) => {
        hopsOf.add(peerId, by)
        hopsFrom.add(host, by)
      }
      count(1)
      onClose(stream, () => count(-1))
      onSent(stream, tally.carried)
    },
    /** Counts from the moment a stop stream is tried, so that many at once do not exceed the limit. */
    async watchStop(peerId: string, open: () => Promise<Stream | undefined>): Promise<Stream | undefined> {
      stopsOf.add(peerId, 1)
      const ended = () => stopsOf.add(peerId, -1)
      try {
        const stream = await open()
        if (stream?.status !== 'open') ended()
        else {
          tally.circuit()
          onSent(stream, tally.carried)
          onClose(stream, ended)
        }
        return stream
      } catch (error) {
        ended()
        throw error
      }
    }
  }
}

export function createCircuits(
  limits: RelayLimits,
  proofs: Proofs,
  gate: Gate,
  tally: Tally,
  now: () => number,
  isDraining: () => boolean
): Circuits {
  const { hopsOf, hopsFrom, stopsOf, watchHop, watchStop } = createStreamCounts(gate, tally)
  const rates = new LRUCache<string, Bucket>({
    max: limits.rememberedPeers,
    memoMethod: () => createBucket(limits.hopsPerSecond, limits.hopsBurst, now)
  })
  const deny = createDeny(tally)

  return {
    async denyOutboundRelayedConnection(source, destination) {
      const [from, to] = [source.toString(), destination.toString()]
      if (isDraining()) return deny('draining')
      // Here too, its proof may still be on its way.
      const shown = await proofs.wait(from, limits.proofWaitMs, () => proofs.together(from, to))
      if (!shown) return deny('circuit-other-group')
      if (hopsOf.of(from) > limits.circuitsPerPeer || stopsOf.of(to) >= limits.circuitsPerPeer)
        return deny('circuits-per-peer')
      if (hopsFrom.of(gate.hostOf(from)) > limits.circuitsPerAddress) return deny('circuits-per-address')
      if (stopsOf.total >= limits.circuits) return deny('circuits-full')
      return false
    },
    attach(service) {
      const inside = service as Inside
      const onHop = inside.onHop
      const stopHop = inside.stopHop.bind(service)
      inside.onHop = async (stream, connection) => {
        const peerId = connection.remotePeer.toString()
        if (!rates.memo(peerId).take()) {
          tally.rejected('hop-rate')
          return stream.abort(new Error('too many requests for reservations and circuits'))
        }
        watchHop(stream, peerId)
        await onHop(stream, connection)
      }
      inside.stopHop = (to, options) => watchStop(to.connection.remotePeer.toString(), () => stopHop(to, options))
    },
    get count() {
      return stopsOf.total
    }
  }
}
