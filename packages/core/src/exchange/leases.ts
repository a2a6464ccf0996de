import { LRU } from 'tiny-lru'
import type { Limits } from '../limits.ts'
import { systemTimers, type Timers } from '../timers.ts'
import { busyMs } from './frames.ts'
import { createSilentHolders } from './silent-holders.ts'

/** How it stands with a key for a member that asked: it calls GitHub for all, it waits for who does, or it goes by itself. */
export type LeaseState = 'granted' | 'waiting' | 'free'

/** How the call of a holder ended: members can have the answer, it is for nobody else, or no answer came. */
export type LeaseEnd = { state: 'stored'; hash: string; asOf: number } | { state: 'nothing' } | { state: 'failed' }

/** What a member that waits is told: the answer can be had, or how it stands now. */
export type LeaseNews = Extract<LeaseEnd, { state: 'stored' }> | { state: LeaseState }

/** Who calls GitHub for which key, kept by the key's home, so that one call serves all who ask at the same time. */
export interface Leases {
  /** A member has a question that nothing held here answers. */
  ask(wireName: string, peerId: string): LeaseState
  /** Whether this member was granted the lease, and has not said how it ended. */
  isHolder(wireName: string, peerId: string): boolean
  /** A holder needs more time to hand its answer over: those that wait hear that it lives. */
  renew(wireName: string, peerId: string): void
  /** A holder says how its call ended. Ignored from anybody else. */
  settle(wireName: string, peerId: string, end: LeaseEnd): void
  /** A member has gone: its leases have failed, and it is no longer told anything. */
  gone(peerId: string): void
  stop(): void
}

export interface LeasesOptions {
  limits: Pick<Limits, 'leaseMs' | 'leaseTotalMs' | 'leasesPerPeer' | 'nothingToShareMs' | 'silentHolderMs'>
  localNow: () => number
  timers?: Timers
  /** Tells a member that waits. Resolves to false where it cannot be told, or waits no more. */
  tell(peerId: string, wireName: string, news: LeaseNews): Promise<boolean>
}

interface Lease {
  /** All that were granted it and have said nothing; the last one may still be in time. */
  holders: Set<string>
  waiting: Set<string>
  inTime: boolean
  failures: number
  startedAt: number
  /** Calls off what happens when its holder is silent. */
  unwatch(): void
}

const last = ({ holders }: Lease) => [...holders].at(-1)

/** A first failure may be the holder's own; a second one in a row is GitHub's. */
const failuresAllowed = 1
const maxMarks = 10_000

export function createLeases({ limits, localNow, tell, timers = systemTimers }: LeasesOptions): Leases {
  const leases = new Map<string, Lease>()
  const held = new Map<string, number>()
  const unshared = new LRU<number>(maxMarks)
  const silent = createSilentHolders(limits.silentHolderMs, localNow)

  const isUnshared = (wireName: string) => (unshared.get(wireName) ?? 0) > localNow()

  function hold(lease: Lease, peerId: string): void {
    if (!lease.holders.has(peerId)) held.set(peerId, (held.get(peerId) ?? 0) + 1)
    lease.holders.delete(peerId) // the last one is the one that is in time
    lease.holders.add(peerId)
    lease.inTime = true
  }

  function release(lease: Lease, peerId: string): void {
    if (!lease.holders.delete(peerId)) return
    const left = (held.get(peerId) ?? 1) - 1
    if (left > 0) held.set(peerId, left)
    else held.delete(peerId)
  }

  function end(wireName: string, lease: Lease, news: LeaseNews): void {
    lease.unwatch()
    leases.delete(wireName)
    for (const peerId of [...lease.holders]) release(lease, peerId)
    for (const peerId of lease.waiting) void tell(peerId, wireName, news)
  }

  /** The next one that waits calls GitHub; the others hear that they wait for a new call. */
  async function grantNext(wireName: string, lease: Lease): Promise<void> {
    for (const peerId of lease.waiting) {
      lease.waiting.delete(peerId)
      hold(lease, peerId)
      watch(wireName, lease)
      if (await tell(peerId, wireName, { state: 'granted' })) break
      if (leases.get(wireName) !== lease || last(lease) !== peerId) return // it was too slow to say so
      release(lease, peerId)
      lease.inTime = false
    }
    if (leases.get(wireName) !== lease) return
    if (lease.holders.size === 0) return end(wireName, lease, { state: 'free' })
    for (const peerId of lease.waiting) void tell(peerId, wireName, { state: 'waiting' })
  }

  /** A holder is given so long; then one more calls, for the first may be dead, or only slow: it can still end the lease. */
  function watch(wireName: string, lease: Lease): void {
    lease.unwatch()
    const dueAt = timers.now() + limits.leaseMs
    lease.unwatch = timers.later(() => {
      // This thread was busy all the time: what the holder said has not been read yet.
      if (timers.now() > dueAt + busyMs) return watch(wireName, lease)
      const late = last(lease)
      if (lease.inTime && late !== undefined) silent.add(late)
      lease.inTime = false
      if (localNow() - lease.startedAt >= limits.leaseTotalMs) end(wireName, lease, { state: 'free' })
      else if (lease.waiting.size > 0) void grantNext(wireName, lease)
      else watch(wireName, lease)
    }, limits.leaseMs)
  }

  function fail(wireName: string, lease: Lease, peerId: string): void {
    const wasLast = last(lease) === peerId
    release(lease, peerId)
    if (!wasLast || !lease.inTime) return
    lease.inTime = false
    if (lease.waiting.size > 0) void grantNext(wireName, lease)
    else if (lease.holders.size === 0) end(wireName, lease, { state: 'free' })
  }

  return {
    ask(wireName, peerId) {
      const lease = leases.get(wireName)
      if (lease?.holders.has(peerId)) return 'granted'
      if (isUnshared(wireName) || silent.has(peerId)) return 'free'
      if (lease?.inTime) {
        lease.waiting.add(peerId)
        return 'waiting'
      }
      if ((held.get(peerId) ?? 0) >= limits.leasesPerPeer) return 'free'
      const granted: Lease = lease ?? {
        holders: new Set(),
        waiting: new Set(),
        inTime: true,
        failures: 0,
        startedAt: localNow(),
        unwatch() {}
      }
      leases.set(wireName, granted)
      hold(granted, peerId)
      watch(wireName, granted)
      return 'granted'
    },
    isHolder: (wireName, peerId) => leases.get(wireName)?.holders.has(peerId) === true,
    renew(wireName, peerId) {
      const lease = leases.get(wireName)
      if (!lease?.inTime || last(lease) !== peerId) return
      watch(wireName, lease)
      for (const waiting of lease.waiting) void tell(waiting, wireName, { state: 'waiting' })
    },
    settle(wireName, peerId, how) {
      const lease = leases.get(wireName)
      if (!lease?.holders.has(peerId)) return
      silent.remove(peerId)
      if (how.state === 'stored') {
        unshared.delete(wireName)
        return end(wireName, lease, how)
      }
      if (how.state === 'nothing') {
        unshared.set(wireName, localNow() + limits.nothingToShareMs)
        return end(wireName, lease, { state: 'free' })
      }
      if (lease.failures++ < failuresAllowed) return fail(wireName, lease, peerId)
      end(wireName, lease, { state: 'free' })
    },
    gone(peerId) {
      for (const [wireName, lease] of [...leases]) {
        lease.waiting.delete(peerId)
        if (lease.holders.has(peerId)) fail(wireName, lease, peerId)
      }
    },
    stop() {
      for (const { unwatch } of leases.values()) unwatch()
      leases.clear()
      held.clear()
    }
  }
}
