import type { Limits } from '../limits.ts'
import type { Peer, Transport } from '../transport/transport.ts'
import type { Known, Route, Way } from './address-book.ts'
import { mostNearness, nearestOf, nearness } from './neighbours.ts'

/** A peer that is dialled, and by which of its ways. */
export interface Dial {
  peer: Known
  way: Way
  route: Route
}

/** Which peer is dialled next, and which this member wants to stay connected to. */
export interface NextDial {
  /** The dial that is due in this round, if there is one. `isQuiet`: no other is under way. */
  next(round: number, isQuiet: boolean): Dial | undefined
  /** One more may be tried, although enough are connected: one that is missed. */
  tryOneMore(): void
  /** So may one that can be dialled directly, while no other dial is under way, until `gatheredMembers` are connected. */
  gatherOne(): void
  /** This member has too few neighbours without this one, or it is among the nearest; of those that cost little it wants more. */
  isWanted(peerId: string): boolean
}

export interface NextDialOptions {
  peers(): Iterable<Known>
  transport: Pick<Transport, 'peerId' | 'peers'>
  limits: Pick<Limits, 'wantedMembers' | 'gatheredMembers'>
  isConnected(peerId: string): boolean
  isPresent(peerId: string): boolean
  hasSpoken(peerId: string): boolean
  isVisited(peerId: string): boolean
  isRelay(peerId: string): boolean
}

export function createNextDial(options: NextDialOptions): NextDial {
  const { peers, transport, limits, isConnected, isPresent, hasSpoken, isVisited, isRelay } = options
  let mayAddOne = false
  let mayGather = false

  /** What is next for a peer: any way if it is not connected, a direct one if it is connected through a relay. */
  function nextFor(peer: Known, path: Peer['path'] | undefined, round: number, only?: Way): Dial | undefined {
    if (peer.busy || !peer.mayDial || path === 'direct') return undefined
    const ways: Way[] = only ? [only] : path === undefined ? ['relayed', 'direct'] : ['direct', 'webrtc']
    for (const way of ways) {
      const route = peer.ways.get(way)
      // Both would have to offer a connection of their own, and one is enough.
      if (way === 'webrtc' && transport.peerId > peer.peerId) continue
      if (route && route.nextRound <= round) return { peer, way, route }
    }
    return undefined
  }

  const nearer = (a: Dial, b: Dial) =>
    nearness(transport.peerId, a.peer.peerId) > nearness(transport.peerId, b.peer.peerId)
  function precedes(a: Dial, b: Dial | undefined): boolean {
    if (!b) return true
    if (a.peer.named !== b.peer.named) return a.peer.named
    return a.route.tries === b.route.tries ? nearer(a, b) : a.route.tries < b.route.tries
  }

  const isNeighbour = (peerId: string) => !isRelay(peerId) && !isVisited(peerId)
  const hasFailed = ({ ways }: Known) => [...ways.values()].every(({ failures }) => failures > 0)
  /** The neighbours that this member would have if it could choose. */
  function nearest(): Set<string> {
    const there = [...peers()].filter((peer) => isPresent(peer.peerId) || isConnected(peer.peerId) || !hasFailed(peer))
    const members = there.map(({ peerId }) => peerId).filter((peerId) => !isRelay(peerId))
    return nearestOf(transport.peerId, members, limits.wantedMembers)
  }

  /**
   * Which members this one gathers: those as near as the nearest `gatheredMembers` of all are likely to be. Both sides see it so;
   * so where few of a group can be dialled, no more come to each of them than that, and there is room for those that come late.
   */
  function gathering(): (peerId: string) => boolean {
    const members = [...peers()].filter(({ peerId }) => hasSpoken(peerId)).length
    const least = mostNearness * (1 - limits.gatheredMembers / members)
    return (peerId) => nearness(transport.peerId, peerId) >= least
  }

  function next(round: number, isQuiet: boolean): Dial | undefined {
    const paths = new Map(transport.peers().map(({ id, path }) => [id, path]))
    let first: Dial | undefined
    let better: Dial | undefined
    let more: Dial | undefined
    let gathered: Dial | undefined
    let had = 0
    const near = mayAddOne ? nearest() : undefined
    const isGathered = mayGather && isQuiet ? gathering() : undefined
    for (const peer of peers()) {
      // Connected by our own bookkeeping too: a connection that just came may not be listed yet.
      const path = paths.get(peer.peerId) ?? (isConnected(peer.peerId) ? 'direct' : undefined)
      if (isNeighbour(peer.peerId) && (peer.busy || path !== undefined)) had++
      const dial = nextFor(peer, path, round)
      const isMissed = near?.has(peer.peerId) || !isPresent(peer.peerId)
      if (near && dial && path === undefined && isMissed && precedes(dial, more)) more = dial
      const isMore = path === undefined && hasSpoken(peer.peerId) && isGathered?.(peer.peerId)
      const direct = isMore && nextFor(peer, path, round, 'direct')
      if (direct && precedes(direct, gathered)) gathered = direct
      if (dial && path === undefined && precedes(dial, first)) first = dial
      if (dial && path !== undefined && precedes(dial, better)) better = dial
    }
    if (first && (had < limits.wantedMembers || first.peer.named)) return first
    if (more) {
      mayAddOne = false
      return more
    }
    if (gathered && had < limits.gatheredMembers) {
      mayGather = false
      return gathered
    }
    return better
  }

  return {
    next,
    tryOneMore() {
      mayAddOne = true
    },
    gatherOne() {
      mayGather = true
    },
    isWanted(peerId) {
      const peers = transport.peers()
      // WebRTC takes more of a page than a socket does.
      const isCheap = peers.some(({ id, path, transport: by }) => id === peerId && path === 'direct' && by !== 'webrtc')
      const enough = isCheap && gathering()(peerId) ? limits.gatheredMembers : limits.wantedMembers
      return peers.filter(({ id }) => isNeighbour(id)).length < enough || nearest().has(peerId)
    }
  }
}
