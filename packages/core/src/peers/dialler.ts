import type { Discovery, PeerRecord } from '../discovery/discovery.ts'
import type { Emit } from '../events.ts'
import type { Limits } from '../limits.ts'
import type { Transport } from '../transport/transport.ts'
import { createAddressBook } from './address-book.ts'
import { createDialTurns } from './dial-turns.ts'
import { createDials } from './dials.ts'
import { createNextDial } from './next-dial.ts'
import { forgive } from './retries.ts'
import { createSources } from './sources.ts'

export interface DiallerOptions {
  transport: Transport
  discovery: readonly Discovery[]
  limits: Limits
  emit: Emit
  name: string
  localNow: () => number
  /** The same, though never set back. */
  steadyNow: () => number
  random: () => number
  isConnected(peerId: string): boolean
  /** Its presence was heard lately, by whichever way. */
  isPresent(peerId: string): boolean
  /** It said so itself. */
  hasSpoken(peerId: string): boolean
  /** Connected for questions only, and not for long. */
  isVisited(peerId: string): boolean
  /** A relay that this member uses. */
  isRelay(peerId: string): boolean
  /** Called with each round. */
  ticked(): void
}

/** With enough members connected, one more is tried now and then, after so many rounds. */
const roundsBetweenMore = 4
/** Whoever starts together has much to do at first. */
const roundsBeforeGathering = 10
/**
 * Owns the addresses of members and dials them for ever: libp2p's own keep-alive forgets a peer after half a minute and
 * its addresses after an hour. Through a relay at once, then directly, where that goes. Invented addresses cost
 * this member no more than `dialsPerSecond` and delay nobody: peers with the fewest failed dials come first, of those the nearest.
 * `wantedMembers` are enough to begin with. Then only the nearest that are missing are dialled, and those of whom nothing is
 * heard, one now and then: they may be in another part of the group that has lost this one; and others, for the questions to
 * come, one in each round.
 */
export function createDialler(options: DiallerOptions) {
  const { transport, discovery, limits, name, localNow, steadyNow, isRelay, ticked } = options
  const book = createAddressBook({
    most: limits.knownPeers,
    ownId: () => transport.peerId,
    ownAddresses: () => transport.addresses,
    isRelay
  })
  const choice = createNextDial({ ...options, peers: book.all })
  const dials = createDials({
    ...options,
    localNow: steadyNow,
    next: (isQuiet) => choice.next(round, isQuiet),
    round: () => round
  })
  const turns = createDialTurns({
    book,
    transport,
    limits,
    round: () => round,
    localNow: steadyNow,
    beginDue: dials.beginDue
  })
  let timer: ReturnType<typeof setTimeout> | undefined
  let round = 0
  let stopped = false

  const sources = createSources({
    ...options,
    localNow: steadyNow,
    self: () => ({ peerId: transport.peerId, name, addresses: transport.addresses, lastSeen: localNow() }),
    found: turns.found
  })

  // A fleet that starts together does not try all at once.
  const phase = Math.floor(options.random() * roundsBetweenMore)
  function tick(): void {
    round++
    if ((round + phase) % roundsBetweenMore === 0) choice.tryOneMore()
    if (round > roundsBeforeGathering) choice.gatherOne()
    turns.everybodyMay()
    ticked()
    sources.tick(round)
    timer = setTimeout(tick, limits.dialMs)
  }

  return {
    start: tick,
    /** A member has told where it can be reached; so each learns of those that others found. */
    heard(peerId: string, { name, addresses }: Pick<PeerRecord, 'name' | 'addresses'>): void {
      // Without any source, members are not wanted but those that come.
      if (discovery.length > 0) turns.found({ peerId, name, addresses, lastSeen: localNow() }, 'members')
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
    met: turns.met,
    lost: turns.lost,
    isAt: turns.isAt,
    isThere: turns.isThere,
    /** Conditions may have improved: every missing member is dialled again. */
    retryNow(): void {
      if (stopped || round === 0) return
      dials.conditionsChanged()
      for (const peer of book.all()) forgive(peer, round)
      clearTimeout(timer)
      tick()
    },
    async stop(): Promise<void> {
      stopped = true
      clearTimeout(timer)
      turns.stop()
      dials.stop()
      await sources.stop()
    }
  }
}
