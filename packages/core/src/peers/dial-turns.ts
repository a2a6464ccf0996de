import type { PeerRecord } from '../discovery/discovery.ts'
import type { Limits } from '../limits.ts'
import type { Transport } from '../transport/transport.ts'
import type { AddressBook, Known } from './address-book.ts'
import { nearestOf } from './neighbours.ts'
import { forgive, isStuck, passFailed, restRelayed } from './retries.ts'

export interface DialTurnsOptions {
  book: AddressBook
  transport: Pick<Transport, 'peerId'>
  limits: Pick<Limits, 'wantedMembers' | 'dialMs'>
  round(): number
  localNow: () => number
  /** Dials those whose turn has come. */
  beginDue(): void
}

/** Of two that find each other, the smaller peer id dials at once and the other after this, so that mostly one connection comes of it. */
const courtesyMs = 250
/** So long those that are found first wait for others, of which some may be nearer; all but so many, which can be asked meanwhile. */
const choiceMs = 1000
const firstMembers = 2

/** When a peer's turn to be dialled has come, as peers are found, come and go. */
export function createDialTurns({ book, transport, limits, round, localNow, beginDue }: DialTurnsOptions) {
  let soon: ReturnType<typeof setTimeout> | undefined
  let isDue = false
  let stopped = false

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

  /** A member that knows more than it wants waits until it knows them all: otherwise all would dial those that came first. */
  function approach(): void {
    isDue = false
    if (stopped) return
    const chooses = book.size() > limits.wantedMembers
    const all = [...book.all()]
    const ids = all.filter(({ named }) => !named).map(({ peerId }) => peerId)
    const first = nearestOf(transport.peerId, ids, chooses && soon === undefined ? firstMembers : 0)
    for (const peer of all) {
      peer.mayDial ||= chooses ? peer.named || first.has(peer.peerId) : dialsFirst(peer)
      if (!peer.mayDial) everybodyWithin(chooses ? choiceMs : courtesyMs)
    }
    beginDue()
  }

  function again(peer: Known): void {
    // It began when things were different.
    peer.underWay?.abort()
    forgive(peer, round())
    peer.mayDial = dialsFirst(peer)
    if (!peer.mayDial) everybodyWithin(courtesyMs)
    approachSoon()
  }

  function everybodyMay(): void {
    soon = undefined
    for (const peer of book.all()) peer.mayDial = true
    beginDue()
  }

  return {
    everybodyMay,
    found(record: PeerRecord, source: string): void {
      if (!stopped && book.note(record, source)) approachSoon()
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
      if (peer.metAt !== undefined && localNow() - peer.metAt < limits.dialMs) {
        for (const route of peer.ways.values()) passFailed(route, round(), true)
      } else {
        for (const route of peer.ways.values()) route.failures = 0
        again(peer)
      }
      if (peer.isNowhere) restRelayed(peer)
    },
    /** A member has said itself where it is. */
    isAt(peerId: string, addresses: readonly string[]): void {
      const peer = book.get(peerId)
      if (!peer) return
      const wasNowhere = peer.isNowhere
      peer.isNowhere = addresses.length === 0
      if (peer.isNowhere) restRelayed(peer)
      // A connection over a relay that it kept all the time is to become a direct one.
      else if (wasNowhere) forgive(peer, round())
    },
    /** A member that is missing says itself that it is there: a page that was loaded again, at the address that it had before. */
    isThere(peerId: string): void {
      const peer = book.get(peerId)
      if (peer && !stopped && isStuck(peer, round())) again(peer)
    },
    stop(): void {
      stopped = true
      clearTimeout(soon)
    }
  }
}
