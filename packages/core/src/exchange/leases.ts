import { LRU } from 'tiny-lru'
import type { Limits } from '../limits.ts'
import { systemTimers, type Timers } from '../timers.ts'
import { createHomeLease, type HomeLease, type LeaseEnd, type LeaseNews, type LeaseState } from './lease.ts'
import { createPeerCounts } from './peer-counts.ts'
import { createSilentHolders } from './silent-holders.ts'

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

const maxMarks = 10_000

export function createLeases({ limits, localNow, tell, timers = systemTimers }: LeasesOptions): Leases {
  const leases = new Map<string, HomeLease>()
  const held = createPeerCounts()
  const unshared = new LRU<number>(maxMarks)
  const silent = createSilentHolders(limits.silentHolderMs, localNow)
  let stopped = false

  const isUnshared = (wireName: string) => (unshared.get(wireName) ?? 0) > localNow()

  function open(wireName: string): HomeLease {
    const lease = createHomeLease({
      limits,
      localNow,
      timers,
      held,
      silent,
      tell: (peerId, news) => tell(peerId, wireName, news),
      ended: () => void leases.delete(wireName)
    })
    leases.set(wireName, lease)
    return lease
  }

  return {
    ask(wireName, peerId) {
      const lease = leases.get(wireName)
      if (lease?.isHolder(peerId)) return 'granted'
      if (stopped || isUnshared(wireName) || silent.has(peerId)) return 'free'
      if (lease?.inTime()) {
        lease.wait(peerId)
        return 'waiting'
      }
      if (held.of(peerId) >= limits.leasesPerPeer) return 'free'
      const granted = lease ?? open(wireName)
      granted.grant(peerId)
      return 'granted'
    },
    isHolder: (wireName, peerId) => leases.get(wireName)?.isHolder(peerId) === true,
    renew: (wireName, peerId) => leases.get(wireName)?.renew(peerId),
    settle(wireName, peerId, how) {
      const lease = leases.get(wireName)
      if (!lease?.isHolder(peerId)) return
      silent.remove(peerId)
      if (how.state === 'stored') unshared.delete(wireName)
      if (how.state === 'nothing') unshared.set(wireName, localNow() + limits.nothingToShareMs)
      lease.settle(peerId, how)
    },
    gone(peerId) {
      for (const lease of [...leases.values()]) lease.gone(peerId)
    },
    stop() {
      stopped = true
      for (const lease of leases.values()) lease.close()
    }
  }
}
