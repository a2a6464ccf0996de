import { abortable } from '../abort.ts'
import { MeshError } from '../errors.ts'
import type { Limits } from '../limits.ts'
import type { Transport } from '../transport/transport.ts'
import { createBucket } from './bucket.ts'
import type { Roster } from './roster.ts'
import { createUnreachable } from './unreachable.ts'

/** Questions to members that are no neighbours: they are dialled for them. */
export interface Visits extends Pick<Transport, 'request'> {
  /** Whether a question can be sent to a member: it is connected, or a dial has not failed lately. */
  canAsk(peerId: string): boolean
  /** Connected for questions only. */
  has(peerId: string): boolean
  /** A connection to a peer has gone. */
  ended(peerId: string): void
  /** Gives up what nobody has used lately. */
  tick(): void
  stop(): void
}

export interface VisitsOptions {
  transport: Pick<Transport, 'request' | 'disconnect'>
  roster: Pick<Roster, 'isConnected' | 'isMember' | 'whenMember'>
  limits: Pick<
    Limits,
    'visitedMembers' | 'visitsPerSecond' | 'visitsBurst' | 'visitIdleMs' | 'dialTimeoutMs' | 'proofMs'
  >
  localNow: () => number
  /** Enough dials are under way for now. */
  isBusy(): boolean
  /** Dials a known member. Rejects where no way leads there. */
  dial(peerId: string, signal: AbortSignal): Promise<void>
  /** This member wants it for a neighbour. */
  isNeighbour(peerId: string): boolean
}

export function createVisits(options: VisitsOptions): Visits {
  const { transport, roster, limits, localNow, isBusy, dial, isNeighbour } = options
  const allowance = createBucket(limits.visitsPerSecond, limits.visitsBurst, localNow)
  /** When it was last asked; the longest ago first. */
  const visited = new Map<string, number>()
  const underWay = new Map<string, Promise<void>>()
  const unreachable = createUnreachable(localNow)
  const stopped = new AbortController()

  function end(peerId: string): void {
    visited.delete(peerId)
    if (!isNeighbour(peerId)) void transport.disconnect(peerId)
  }

  async function visit(peerId: string): Promise<void> {
    const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(limits.dialTimeoutMs)])
    signal.throwIfAborted()
    // It has come meanwhile, by itself.
    const isVisit = !roster.isConnected(peerId)
    try {
      if (isVisit) {
        visited.set(peerId, localNow())
        await dial(peerId, signal)
      }
      await roster.whenMember(peerId, signal)
      unreachable.remove(peerId)
      for (const oldest of visited.keys()) {
        if (visited.size <= limits.visitedMembers) break
        end(oldest)
      }
    } catch (error) {
      if (isVisit) visited.delete(peerId)
      unreachable.add(peerId)
      throw error
    }
  }

  /** Several questions wait for one connection. */
  async function reach(peerId: string): Promise<void> {
    let reaching = underWay.get(peerId)
    if (!reaching) {
      if (isBusy() || !allowance.take()) throw new MeshError('ERR_TRANSPORT', 'too many visits')
      reaching = visit(peerId).finally(() => underWay.delete(peerId))
      underWay.set(peerId, reaching)
      // Those that asked may have given up before.
      reaching.catch(() => {})
    }
    return reaching
  }

  return {
    async *request(peerId, bytes, how = {}) {
      if (!roster.isMember(peerId)) {
        if (unreachable.has(peerId)) throw new MeshError('ERR_TRANSPORT', `${peerId} could not be reached`)
        await abortable(reach(peerId), how.signal)
      }
      if (visited.delete(peerId)) visited.set(peerId, localNow())
      yield* transport.request(peerId, bytes, how)
    },
    canAsk: (peerId) =>
      roster.isMember(peerId) ||
      (!unreachable.has(peerId) && (underWay.has(peerId) || (!isBusy() && allowance.waitMs() === 0))),
    has: (peerId) => visited.has(peerId),
    ended: (peerId) => void visited.delete(peerId),
    tick() {
      for (const [peerId, at] of visited) {
        if (underWay.has(peerId)) continue
        if (isNeighbour(peerId)) visited.delete(peerId)
        else if (localNow() - at >= limits.visitIdleMs) end(peerId)
      }
      unreachable.tick()
    },
    stop() {
      stopped.abort(new MeshError('ERR_TRANSPORT', 'stopped'))
    }
  }
}
