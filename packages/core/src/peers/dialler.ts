import { unlessLate } from '../abort.ts'
import type { Discovery, PeerRecord } from '../discovery/discovery.ts'
import type { Emit } from '../events.ts'
import type { Limits } from '../limits.ts'
import { pause } from '../pause.ts'
import type { Peer, Transport } from '../transport/transport.ts'
import { createAddressBook, type Known, type Route, type Way } from './address-book.ts'
import { createBucket } from './bucket.ts'
import { nearestOf, nearness } from './neighbours.ts'
import { createSources } from './sources.ts'

export interface DiallerOptions {
  transport: Transport
  discovery: readonly Discovery[]
  limits: Limits
  emit: Emit
  name: string
  localNow: () => number
  random: () => number
  isConnected(peerId: string): boolean
  /** Its presence was heard lately, by whichever way. */
  isPresent(peerId: string): boolean
  /** Connected for questions only, and not for long. */
  isVisited(peerId: string): boolean
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
/** Addresses of one way, for a question that does not wait long. */
const addressesAtOnce = 4
const nextAddressMs = 250
/** Dials at once to begin with; one more after each that was quick, one less after each that was not: a fleet on few machines starts all at once. */
const firstAtOnce = 2
const quickMs = 500
/** A turn of the thread that takes so long shows that it is busy, or the machine. */
const busyMs = 50
/** With enough members connected, one more is tried now and then, after so many rounds. */
const roundsBetweenMore = 4
/** A better way than a relay that works must not be waited for as long as any way at all. */
const upgradeTimeoutMs = 2000

/** Tries one address after another, the next when one fails or is slow. Rejects when all have failed. */
async function firstReached(addresses: readonly string[], dial: (address: string) => Promise<unknown>): Promise<void> {
  const underWay: Promise<unknown>[] = []
  for (const address of addresses) {
    const dialled = dial(address)
    underWay.push(dialled)
    const isReached = await unlessLate(
      dialled.then(
        () => true,
        () => false
      ),
      nextAddressMs
    )
    if (isReached) return
  }
  await Promise.any(underWay)
}

/**
 * Owns the addresses of members and dials them for ever: libp2p's own keep-alive forgets a peer after half a minute and
 * its addresses after an hour. Through a relay at once, then directly, where that goes. Invented addresses cost
 * this member no more than `dialsPerSecond` and delay nobody: peers with the fewest failed dials come first, of those the nearest.
 * `wantedMembers` are enough. Then only the nearest that are missing are dialled, and those of whom nothing is heard, one now
 * and then: they may be in another part of the group that has lost this one.
 */
export function createDialler(options: DiallerOptions) {
  const { transport, discovery, limits, name, localNow, isConnected, isPresent, isVisited, isRelay, ticked } = options
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
  let visiting = 0
  let atOnce = firstAtOnce
  let restsUntil = 0
  let isDue = false
  let mayAddOne = false
  let wakes = 0

  function found(record: PeerRecord, source: string): void {
    const peer = stopped ? undefined : book.note(record, source)
    if (!peer) return
    approach(peer)
  }

  function approach(peer: Known): void {
    // A peer named by the user may not know this member, and would never dial it.
    peer.mayDial ||= peer.named || transport.peerId < peer.peerId
    dialSoon()
    if (!peer.mayDial) soon ??= setTimeout(everybodyMay, courtesyMs)
  }

  /** Many are found at once. */
  function dialSoon(): void {
    if (isDue) return
    isDue = true
    queueMicrotask(() => {
      isDue = false
      dialDue()
    })
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
    const there = [...book.all()].filter(
      (peer) => isPresent(peer.peerId) || isConnected(peer.peerId) || !hasFailed(peer)
    )
    const members = there.map(({ peerId }) => peerId).filter((peerId) => !isRelay(peerId))
    return nearestOf(transport.peerId, members, limits.wantedMembers)
  }

  function nextDue(): Dial | undefined {
    const paths = new Map(transport.peers().map(({ id, path }) => [id, path]))
    let first: Dial | undefined
    let better: Dial | undefined
    let more: Dial | undefined
    let had = 0
    const near = mayAddOne ? nearest() : undefined
    for (const peer of book.all()) {
      // Connected by our own bookkeeping too: a connection that just came may not be listed yet.
      const path = paths.get(peer.peerId) ?? (isConnected(peer.peerId) ? 'direct' : undefined)
      if (isNeighbour(peer.peerId) && (peer.busy || path !== undefined)) had++
      const dial = nextFor(peer, path)
      const isMissed = near?.has(peer.peerId) || !isPresent(peer.peerId)
      if (near && dial && path === undefined && isMissed && precedes(dial, more)) more = dial
      if (dial && path === undefined && precedes(dial, first)) first = dial
      if (dial && path !== undefined && precedes(dial, better)) better = dial
    }
    if (first && (had < limits.wantedMembers || first.peer.named)) return first
    if (more) mayAddOne = false
    return more ?? better
  }

  /** Starts the dials that are due; a peer that does not answer delays others only through `dialsAtOnce`. */
  function dialDue(): void {
    while (!stopped && dialling < atOnce && performance.now() >= restsUntil) {
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

  function took(ms: number): void {
    atOnce = ms < quickMs ? Math.min(atOnce + 1, limits.dialsAtOnce) : Math.max(atOnce - 1, 1)
  }

  /** What took too long because there is too much to do is not helped by doing more: all rest, each for a time of its own. */
  async function restIfBusy(tookMs: number, timeoutMs: number): Promise<void> {
    if (tookMs < timeoutMs) return
    const begunAt = performance.now()
    await pause()
    if (performance.now() - begunAt < busyMs) return
    atOnce = 1
    restsUntil = performance.now() + options.random() * timeoutMs
  }

  async function dial({ peer, way, route }: Dial): Promise<void> {
    route.tries++
    const upgrades = way === 'direct' && isConnected(peer.peerId)
    const timeoutMs = upgrades ? Math.min(upgradeTimeoutMs, limits.dialTimeoutMs) : limits.dialTimeoutMs
    const begunAt = performance.now()
    const wakesBefore = wakes
    try {
      await transport.dial(route.addresses[route.next] as string, { signal: AbortSignal.timeout(timeoutMs) })
      took(performance.now() - begunAt)
      peer.reached = true
      // Not again at once, where somebody takes connections and closes them.
      Object.assign(route, { tries: 0, nextRound: round + 1 })
    } catch {
      await restIfBusy(performance.now() - begunAt, timeoutMs)
      // What was wrong may have been put right meanwhile.
      if (wakes > wakesBefore) return
      route.next = (route.next + 1) % route.addresses.length
      if (route.next !== 0) return // the next address, after others' turns
      const isThere = peer.reached || peer.named || isPresent(peer.peerId)
      failed(route, !upgrades && isThere ? maxRoundsBetween.reached : maxRoundsBetween.never)
    }
  }

  function failed(route: Route, most: number): void {
    route.failures++
    route.nextRound = round + Math.min(2 ** route.failures, most)
  }

  const sources = createSources({
    ...options,
    self: () => ({ peerId: transport.peerId, name, addresses: transport.addresses, lastSeen: localNow() }),
    found
  })

  // A fleet that starts together does not try all at once.
  const phase = Math.floor(options.random() * roundsBetweenMore)
  function tick(): void {
    round++
    mayAddOne ||= (round + phase) % roundsBetweenMore === 0
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
    /** Whether a connection to this member is to stay, whoever made it. */
    isWanted(peerId: string): boolean {
      const neighbours = transport.peers().filter(({ id }) => isNeighbour(id))
      return neighbours.length < limits.wantedMembers || book.get(peerId)?.named === true || nearest().has(peerId)
    },
    /** Enough dials are under way: neighbours come first. */
    isBusy: (): boolean => dialling + visiting >= atOnce,
    isNamed: (peerId: string): boolean => book.get(peerId)?.named === true,
    /** Dials a member for a question. Rejects where no way leads there. */
    async visit(peerId: string, signal: AbortSignal): Promise<void> {
      const peer = book.get(peerId)
      const routes = [peer?.ways.get('direct'), peer?.ways.get('relayed')].filter((route) => route !== undefined)
      const addresses = routes.flatMap(({ addresses, next }) =>
        [...addresses.slice(next), ...addresses.slice(0, next)].slice(0, addressesAtOnce)
      )
      const begunAt = performance.now()
      visiting++
      try {
        await firstReached(addresses, (address) => transport.dial(address, { signal }))
      } finally {
        visiting--
      }
      took(performance.now() - begunAt)
      if (peer) peer.reached = true
    },
    met(peerId: string): void {
      const peer = book.get(peerId)
      if (peer) peer.metAt = localNow()
    },
    /**
     * Redials at once, since the next round can be a minute away in a hidden page. A connection that ended as soon as it came is
     * left to it, and ever longer: the peer may have enough members.
     */
    lost(peerId: string): void {
      const peer = book.get(peerId)
      if (stopped || !peer) return
      if (localNow() - peer.metAt < limits.dialMs) {
        for (const route of peer.ways.values()) failed(route, maxRoundsBetween.reached)
        return
      }
      for (const route of peer.ways.values()) route.failures = 0
      forgive(peer)
      peer.mayDial = false
      approach(peer)
    },
    /** Conditions may have improved: every missing member is dialled again. */
    retryNow(): void {
      if (stopped) return
      wakes++
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
