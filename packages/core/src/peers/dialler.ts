import type { Discovery, PeerRecord } from '../discovery/discovery.ts'
import type { Emit } from '../events.ts'
import type { Limits } from '../limits.ts'
import type { Transport } from '../transport/transport.ts'
import { createAddressBook, type Known, type Route } from './address-book.ts'
import { createBucket } from './bucket.ts'
import { createDialPace } from './dial-pace.ts'
import { firstReached } from './first-reached.ts'
import { createNextDial, type Dial } from './next-dial.ts'
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
/** With enough members connected, one more is tried now and then, after so many rounds. */
const roundsBetweenMore = 4
/** A better way than a relay that works must not be waited for as long as any way at all. */
const upgradeTimeoutMs = 2000

/**
 * Owns the addresses of members and dials them for ever: libp2p's own keep-alive forgets a peer after half a minute and
 * its addresses after an hour. Through a relay at once, then directly, where that goes. Invented addresses cost
 * this member no more than `dialsPerSecond` and delay nobody: peers with the fewest failed dials come first, of those the nearest.
 * `wantedMembers` are enough. Then only the nearest that are missing are dialled, and those of whom nothing is heard, one now
 * and then: they may be in another part of the group that has lost this one.
 */
export function createDialler(options: DiallerOptions) {
  const { transport, discovery, limits, name, localNow, isConnected, isPresent, isRelay, ticked } = options
  const book = createAddressBook({
    most: limits.knownPeers,
    ownId: () => transport.peerId,
    ownAddresses: () => transport.addresses,
    isRelay
  })
  const pace = createDialPace({ limits, random: options.random })
  const choice = createNextDial({ ...options, peers: book.all })
  const allowance = createBucket(limits.dialsPerSecond, limits.dialsBurst, localNow)
  let timer: ReturnType<typeof setTimeout> | undefined
  let soon: ReturnType<typeof setTimeout> | undefined
  let refill: ReturnType<typeof setTimeout> | undefined
  let round = 0
  let stopped = false
  let dialling = 0
  let visiting = 0
  let isDue = false
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

  /** Starts the dials that are due; a peer that does not answer delays others only through `dialsAtOnce`. */
  function dialDue(): void {
    while (!stopped && dialling < pace.atOnce && !pace.rests) {
      const next = choice.next(round)
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
    const begunAt = performance.now()
    const wakesBefore = wakes
    try {
      await transport.dial(route.addresses[route.next] as string, { signal: AbortSignal.timeout(timeoutMs) })
      pace.reached(performance.now() - begunAt)
      peer.reached = true
      // Not again at once, where somebody takes connections and closes them.
      Object.assign(route, { tries: 0, nextRound: round + 1 })
    } catch {
      await pace.failed(performance.now() - begunAt, timeoutMs)
      // What was wrong may be mended by now.
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
    if ((round + phase) % roundsBetweenMore === 0) choice.tryOneMore()
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
    /** Whether a connection to this member is to stay, no matter which side made it. */
    isWanted(peerId: string): boolean {
      return book.get(peerId)?.named === true || choice.isWanted(peerId)
    },
    /** Enough dials are under way: neighbours come first. */
    isBusy: (): boolean => dialling + visiting >= pace.atOnce,
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
      pace.reached(performance.now() - begunAt)
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
