import type { Limits } from '../limits.ts'
import type { Timers } from '../timers.ts'
import { createLeaseHolders } from './lease-holders.ts'
import { createPatientTimer } from './patient-timer.ts'
import type { PeerCounts } from './peer-counts.ts'
import type { SilentHolders } from './silent-holders.ts'

/** How it stands with a key for a member that asked: it calls GitHub for all, it waits for who does, or it goes by itself. */
export type LeaseState = 'granted' | 'waiting' | 'free'

/** How the call of a holder ended: members can have the answer, it is for nobody else, or no answer came. */
export type LeaseEnd = { state: 'stored'; hash: string; asOf: number } | { state: 'nothing' } | { state: 'failed' }

/** What a member that waits is told: the answer can be had, or how it stands now. */
export type LeaseNews = Extract<LeaseEnd, { state: 'stored' }> | { state: LeaseState }

/** One key's lease, as its home keeps it from the first grant to the end. */
export interface HomeLease {
  /** The last one that was granted it has said nothing yet, and may still be in time. */
  inTime(): boolean
  grant(peerId: string): void
  /** A member is told what comes of it. */
  wait(peerId: string): void
  isHolder(peerId: string): boolean
  /** As in `Leases`. */
  renew(peerId: string): void
  /** A holder says how its call ended. */
  settle(peerId: string, how: LeaseEnd): void
  gone(peerId: string): void
  /** Ends it, and tells nobody. */
  close(): void
}

export interface HomeLeaseOptions {
  limits: Pick<Limits, 'leaseMs' | 'leaseTotalMs'>
  localNow: () => number
  timers: Timers
  /** How many leases each member holds. */
  held: PeerCounts
  silent: Pick<SilentHolders, 'add'>
  /** Tells a member that waits. Resolves to false where it cannot be told, or waits no more. */
  tell(peerId: string, news: LeaseNews): Promise<boolean>
  /** It is over; those that wait are told next. */
  ended(): void
}

/** A first failure may be the holder's own; a second one in a row is GitHub's. */
const failuresAllowed = 1

export function createHomeLease({ limits, localNow, timers, held, silent, tell, ended }: HomeLeaseOptions): HomeLease {
  const startedAt = localNow()
  const holders = createLeaseHolders(held)
  const waiting = new Set<string>()
  let inTime = false
  let failures = 0
  let isOver = false
  const silence = createPatientTimer(heardNothing, timers)

  function grant(peerId: string): void {
    holders.add(peerId)
    inTime = true
    silence.start(limits.leaseMs)
  }

  function end(news: LeaseNews): void {
    isOver = true
    silence.stop()
    holders.clear()
    ended()
    for (const peerId of waiting) void tell(peerId, news)
  }

  /** The next one that waits calls GitHub, and the others hear that they wait for a new call; where none waits or calls, it ends. */
  async function grantNext(): Promise<void> {
    inTime = false
    for (const peerId of waiting) {
      waiting.delete(peerId)
      grant(peerId)
      if (await tell(peerId, { state: 'granted' })) break
      if (holders.last() !== peerId) return // it was too slow to say so
      holders.remove(peerId)
      inTime = false
    }
    if (isOver) return
    if (holders.last() === undefined) return end({ state: 'free' })
    for (const peerId of waiting) void tell(peerId, { state: 'waiting' })
  }

  /** A holder is given so long; then one more calls, for the first may be dead, or only slow: it can still end the lease. */
  function heardNothing(isBusy: boolean): void {
    const late = holders.last()
    if (!isBusy && inTime && late !== undefined) silent.add(late)
    inTime = false
    if (localNow() - startedAt >= limits.leaseTotalMs) end({ state: 'free' })
    else if (waiting.size > 0) void grantNext()
    else silence.start(limits.leaseMs)
  }

  function fail(peerId: string): void {
    const wasInTime = inTime && holders.last() === peerId
    holders.remove(peerId)
    if (wasInTime) void grantNext()
  }

  return {
    inTime: () => inTime,
    grant,
    wait: (peerId) => void waiting.add(peerId),
    isHolder: holders.has,
    renew(peerId) {
      if (!inTime || holders.last() !== peerId) return
      silence.start(limits.leaseMs)
      for (const one of waiting) void tell(one, { state: 'waiting' })
    },
    settle(peerId, how) {
      if (how.state === 'stored') return end(how)
      if (how.state === 'failed' && failures++ < failuresAllowed) return fail(peerId)
      end({ state: 'free' })
    },
    gone(peerId) {
      waiting.delete(peerId)
      fail(peerId)
    },
    close() {
      waiting.clear()
      end({ state: 'free' })
    }
  }
}
