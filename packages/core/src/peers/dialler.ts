import type { Discovery, PeerRecord } from '../discovery/discovery.ts'
import type { Emit } from '../events.ts'
import type { Limits } from '../limits.ts'
import type { Peer, Transport } from '../transport/transport.ts'
import { createAddressBook, type Known, type Route, type Way } from './address-book.ts'
import { createBucket } from './bucket.ts'
import { createSources } from './sources.ts'

export interface DiallerOptions {
  transport: Transport
  discovery: readonly Discovery[]
  limits: Limits
  emit: Emit
  name: string
  localNow: () => number
  isConnected(peerId: string): boolean
  /** A relay that this member uses. */
  isRelay(peerId: string): boolean
  /** Called with each round. */
  ticked(): void
}

/**
 * The most rounds between two passes over a way's addresses; doubled after each failed pass up to this. A peer that was
 * reached before is probably soon back; one that never was may be invented.
 */
const maxRoundsBetween = { reached: 10, never: 200 }
/** Of two that find each other, the smaller peer id dials at once and the other after this, so that mostly one connection comes of it. */
const courtesyMs = 250
/** A better way than a relay that works must not be waited for as long as any way at all. */
const upgradeTimeoutMs = 2000

/**
 * Owns the addresses of members and dials them for ever: libp2p's own keep-alive forgets a peer after half a minute and
 * its addresses after an hour. Through a relay at once, then directly, where that goes. Invented addresses cost
 * this member no more than `dialsPerSecond` and delay nobody: peers with the fewest failed dials come first.
 */
export function createDialler(options: DiallerOptions) {
  const { transport, discovery, limits, name, localNow, isConnected, isRelay, ticked } = options
  const book = createAddressBook({
    most: limits.knownPeers,
    ownId: () => transport.peerId,
    ownAddresses: () => transport.addresses,
    isRelay
  })
  const allowance = createBucket(limits.dialsPerSecond, limits.dialsBurst, localNow)
  let timer: ReturnType<typeof setTimeout> | undefined
  let soon: ReturnType<typeof setTimeout> | undefined
  let refill: ReturnType<typeof setTimeout> | undefined
  let round = 0
  let stopped = false
  let dialling = 0

  function found(record: PeerRecord, source: string): void {
    const peer = stopped ? undefined : book.note(record, source)
    if (!peer) return
    approach(peer)
  }

  function approach(peer: Known): void {
    // A peer named by the user may not know this member, and would never dial it.
    peer.mayDial ||= peer.named || transport.peerId < peer.peerId
    dialDue()
    if (!peer.mayDial) soon ??= setTimeout(everybodyMay, courtesyMs)
  }

  /** What has failed lately is due as well. */
  const forgive = ({ ways }: Known) => {
    for (const route of ways.values()) route.nextRound = Math.min(route.nextRound, round)
  }

  function everybodyMay(): void {
    soon = undefined
    for (const peer of book.all()) peer.mayDial = true
    dialDue()
  }

  interface Dial {
    peer: Known
    way: Way
    route: Route
  }

  /** What is next for a peer: any way while there is none, a direct one while there is a relay's. */
  function nextFor(peer: Known, path: Peer['path'] | undefined): Dial | undefined {
    if (peer.busy || !peer.mayDial || path === 'direct') return undefined
    const ways: Way[] = path === undefined ? ['relayed', 'direct'] : ['direct', 'webrtc']
    for (const way of ways) {
      const route = peer.ways.get(way)
      // Both would have to offer a connection of their own, and one is enough.
      if (way === 'webrtc' && transport.peerId > peer.peerId) continue
      if (route && route.nextRound <= round) return { peer, way, route }
    }
    return undefined
  }

  const precedes = (a: Dial, b: Dial | undefined) =>
    !b || (a.peer.named === b.peer.named ? a.route.tries < b.route.tries : a.peer.named)

  function nextDue(): Dial | undefined {
    const paths = new Map(transport.peers().map(({ id, path }) => [id, path]))
    let first: Dial | undefined
    let better: Dial | undefined
    let had = 0
    for (const peer of book.all()) {
      // Connected by our own bookkeeping too: a connection that just came may not be listed yet.
      const path = paths.get(peer.peerId) ?? (isConnected(peer.peerId) ? 'direct' : undefined)
      if (peer.busy || path !== undefined) had++
      const dial = nextFor(peer, path)
      if (dial && path === undefined && precedes(dial, first)) first = dial
      if (dial && path !== undefined && precedes(dial, better)) better = dial
    }
    return first && (had < limits.wantedMembers || first.peer.named) ? first : better
  }

  /** Starts the dials that are due; a peer that does not answer delays others only through `dialsAtOnce`. */
  function dialDue(): void {
    while (!stopped && dialling < limits.dialsAtOnce) {
      const next = nextDue()
      if (!next) return
      if (!allowance.take()) {
        refill ??= setTimeout(() => {
          refill = undefined
          dialDue()
        }, allowance.waitMs())
        return
      }
      next.peer.busy = true
      dialling++
      void dial(next).finally(() => {
        next.peer.busy = false
        dialling--
        dialDue()
      })
    }
  }

  async function dial({ peer, way, route }: Dial): Promise<void> {
    route.tries++
    const upgrades = way === 'direct' && isConnected(peer.peerId)
    const timeoutMs = upgrades ? Math.min(upgradeTimeoutMs, limits.dialTimeoutMs) : limits.dialTimeoutMs
    try {
      await transport.dial(route.addresses[route.next] as string, { signal: AbortSignal.timeout(timeoutMs) })
      peer.reached = true
      // Not again at once, where somebody takes connections and closes them.
      Object.assign(route, { tries: 0, failures: 0, nextRound: round + 1 })
    } catch {
      route.next = (route.next + 1) % route.addresses.length
      if (route.next !== 0) return // the next address, after others' turns
      route.failures++
      const most = !upgrades && (peer.reached || peer.named) ? maxRoundsBetween.reached : maxRoundsBetween.never
      route.nextRound = round + Math.min(2 ** route.failures, most)
    }
  }

  const sources = createSources({
    ...options,
    self: () => ({ peerId: transport.peerId, name, addresses: transport.addresses, lastSeen: localNow() }),
    found
  })

  function tick(): void {
    round++
    everybodyMay()
    ticked()
    sources.tick(round)
    timer = setTimeout(tick, limits.dialMs)
  }

  return {
    start: tick,
    /** A member has told where it can be reached; so each learns of those that others found. */
    heard(peerId: string, { name, addresses }: Pick<PeerRecord, 'name' | 'addresses'>): void {
      // Without any source, members are not wanted but those that come.
      if (discovery.length > 0) found({ peerId, name, addresses, lastSeen: localNow() }, 'members')
    },
    met(peerId: string): void {
      const peer = book.get(peerId)
      if (peer) peer.metAt = localNow()
    },
    /** Redials at once, since the next round can be a minute away in a hidden page; a connection that just came is left to it. */
    lost(peerId: string): void {
      const peer = book.get(peerId)
      if (stopped || !peer || localNow() - peer.metAt < limits.dialMs) return
      forgive(peer)
      peer.mayDial = false
      approach(peer)
    },
    /** Conditions may have improved: every missing member is dialled again. */
    retryNow(): void {
      if (stopped) return
      for (const peer of book.all()) forgive(peer)
      clearTimeout(timer)
      tick()
    },
    async stop(): Promise<void> {
      stopped = true
      clearTimeout(timer)
      clearTimeout(soon)
      clearTimeout(refill)
      await sources.stop()
    }
  }
}
