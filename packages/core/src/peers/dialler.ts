import type { Discovery, PeerRecord } from '../discovery/discovery.ts'
import type { Emit } from '../events.ts'
import type { Limits } from '../limits.ts'
import type { Transport } from '../transport/transport.ts'
import { createAddressBook, type Known } from './address-book.ts'
import { createDials, passFailed } from './dials.ts'
import { createNextDial } from './next-dial.ts'
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

/** Of two that find each other, the smaller peer id dials at once and the other after this, so that mostly one connection comes of it. */
const courtesyMs = 250
/** So long those that are found first wait for others, of which some may be nearer. */
const choiceMs = 1000
/** With enough members connected, one more is tried now and then, after so many rounds. */
const roundsBetweenMore = 4
/**
 * Owns the addresses of members and dials them for ever: libp2p's own keep-alive forgets a peer after half a minute and
 * its addresses after an hour. Through a relay at once, then directly, where that goes. Invented addresses cost
 * this member no more than `dialsPerSecond` and delay nobody: peers with the fewest failed dials come first, of those the nearest.
 * `wantedMembers` are enough. Then only the nearest that are missing are dialled, and those of whom nothing is heard, one now
 * and then: they may be in another part of the group that has lost this one.
 */
export function createDialler(options: DiallerOptions) {
  const { transport, discovery, limits, name, localNow, isRelay, ticked } = options
  const book = createAddressBook({
    most: limits.knownPeers,
    ownId: () => transport.peerId,
    ownAddresses: () => transport.addresses,
    isRelay
  })
  const choice = createNextDial({ ...options, peers: book.all })
  const dials = createDials({ ...options, next: () => choice.next(round), round: () => round })
  let timer: ReturnType<typeof setTimeout> | undefined
  let soon: ReturnType<typeof setTimeout> | undefined
  let round = 0
  let stopped = false
  let isDue = false

  function found(record: PeerRecord, source: string): void {
    if (!stopped && book.note(record, source)) approachSoon()
  }

  /** Many are found at once. */
  function approachSoon(): void {
    if (isDue) return
    isDue = true
    queueMicrotask(approach)
  }

  // A peer named by the user may not know this member, and would never dial it.
  const dialsFirst = (peer: Known) => peer.named || transport.peerId < peer.peerId
  const everybodyWithin = (ms: number) => {
    soon ??= setTimeout(everybodyMay, ms)
  }

  /** Whoever has more to choose from than it wants waits until it knows them: all would dial those that came first. */
  function approach(): void {
    isDue = false
    const chooses = book.size() > limits.wantedMembers
    for (const peer of book.all()) {
      peer.mayDial ||= chooses ? peer.named : dialsFirst(peer)
      if (!peer.mayDial) everybodyWithin(chooses ? choiceMs : courtesyMs)
    }
    dials.beginDue()
  }

  /** What has failed lately is due as well. */
  const forgive = ({ ways }: Known) => {
    for (const route of ways.values()) route.nextRound = Math.min(route.nextRound, round)
  }

  function again(peer: Known): void {
    // It began when things were different.
    peer.underWay?.abort()
    forgive(peer)
    peer.mayDial = dialsFirst(peer)
    if (!peer.mayDial) everybodyWithin(courtesyMs)
    approachSoon()
  }

  function everybodyMay(): void {
    soon = undefined
    for (const peer of book.all()) peer.mayDial = true
    dials.beginDue()
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
    isBusy: dials.isBusy,
    isNamed: (peerId: string): boolean => book.get(peerId)?.named === true,
    /** Dials a member for a question. Rejects where no way leads there. */
    visit: (peerId: string, signal: AbortSignal): Promise<void> => dials.visit(book.get(peerId), signal),
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
      if (peer.metAt !== undefined && localNow() - peer.metAt < limits.dialMs) {
        for (const route of peer.ways.values()) passFailed(route, round, true)
        return
      }
      for (const route of peer.ways.values()) route.failures = 0
      again(peer)
    },
    /** A member that is missing says itself that it is there: a page that was loaded again, at the address that it had before. */
    isThere(peerId: string): void {
      const peer = book.get(peerId)
      if (!peer || stopped) return
      // A first dial goes on: the member has only just come.
      const isStuck = peer.busy
        ? peer.metAt !== undefined
        : [...peer.ways.values()].some((way) => way.nextRound > round)
      if (isStuck) again(peer)
    },
    /** Conditions may have improved: every missing member is dialled again. */
    retryNow(): void {
      if (stopped) return
      dials.conditionsChanged()
      for (const peer of book.all()) forgive(peer)
      clearTimeout(timer)
      tick()
    },
    async stop(): Promise<void> {
      stopped = true
      clearTimeout(timer)
      clearTimeout(soon)
      dials.stop()
      await sources.stop()
    }
  }
}
