import { fromHex, hex } from '../bytes.ts'
import type { Entry } from '../entry.ts'
import type { Limits } from '../limits.ts'
import type { ResponseTimes } from '../peers/response-times.ts'
import { firstAnswer } from './first-answer.ts'
import type { LeaseEnd } from './lease.ts'
import {
  createLeaseRequest,
  type HomeAnswer,
  type LeaseQuestion,
  type LeaseRequest,
  type LeaseRequestOptions
} from './lease-request.ts'
import type { PeerAnswer } from './read-answer.ts'

/** This member calls GitHub for all who need the key; those who wait learn by `end` what came of it. */
export interface Lease {
  end(how: LeaseEnd): void
}

export interface Sought extends LeaseQuestion {
  /** How long the first answer is waited for, ms. */
  maxWaitMs: number
  /** The homes of the lease, the first first. */
  homes: readonly string[]
  /** Other members that may hold an answer, the best first; asked only where nothing is held. */
  holders: readonly string[]
  take(found: PeerAnswer): Promise<void>
  /** The entry of this body that is held now. */
  held(hash: string): Promise<Pick<Entry, 'asOf'> | undefined>
}

export interface SeekOptions extends LeaseRequestOptions {
  limits: Pick<Limits, 'leaseHedgeMs' | 'leaseMs' | 'leaseWaitMs'>
  responseTimes: Pick<ResponseTimes, 'overtaken' | 'late'>
}

/**
 * Asks members for an answer, and a home of the key for the lease: one member calls GitHub for all that ask at the same time,
 * and the others wait for its answer. Resolves to the lease where it is this member that calls.
 */
export function createSeek(options: SeekOptions): (sought: Sought) => Promise<Lease | undefined> {
  const { limits, self, requests, responseTimes } = options

  /** The first answer of the homes and of those that may hold one; `home`: where this member waits now. */
  function firstOf(lease: LeaseRequest, { wireKey, stale, homes, holders, maxWaitMs }: Sought) {
    async function ask(peerId: string, signal: AbortSignal): Promise<(HomeAnswer & { home?: string }) | undefined> {
      if (lease.state === undefined && homes.includes(peerId)) {
        const answer = await lease.ask(peerId, signal)
        return answer?.waits ? { ...answer, home: peerId } : answer
      }
      if (stale !== undefined || peerId === self()) return undefined
      const answer = await requests.get(peerId, wireKey, { signal })
      return answer?.found && { found: answer.found }
    }
    const peerIds = [...new Set([...homes, ...(stale === undefined ? holders : [])])]
    return firstAnswer({ peerIds, ask, hedgeMs: limits.leaseHedgeMs, maxWaitMs, responseTimes })
  }

  /** Another member's answer is at the home now, and perhaps here already: gossip can be faster. */
  async function fetchFrom(home: string, { wireKey, held, take }: Sought, hash: string, asOf: number): Promise<void> {
    const here = await held(hash)
    if (home === self() || (here && here.asOf >= asOf)) return
    const answer = await requests.get(home, wireKey, { held: here && fromHex(hash), wanted: fromHex(hash) })
    if (answer?.found) await take(answer.found)
  }

  /** Waits at one home after another until one says what is to be done. */
  async function wait(lease: LeaseRequest, first: string, sought: Sought): Promise<void> {
    const endsAt = performance.now() + limits.leaseWaitMs
    for (let home: string | undefined = first; home !== undefined; ) {
      const told = await lease.wait(home, endsAt)
      if (told?.state === 'stored') await fetchFrom(home, sought, told.hash, told.asOf)
      if (told || performance.now() >= endsAt) return
      if (home !== self()) responseTimes.late(home)
      const other = sought.homes.find((one) => !lease.wasAsked(one))
      const answer: HomeAnswer | undefined = other === undefined ? undefined : await lease.ask(other)
      if (answer?.found) await sought.take(answer.found)
      home = answer?.waits ? other : undefined
    }
  }

  return async (sought) => {
    const lease = createLeaseRequest(options, sought)
    try {
      const answer = await firstOf(lease, sought)
      const found = answer?.found
      if (found) await sought.take(found)
      const isNew = found?.kind === 'entry' && found.head.asOf > sought.after
      if (!isNew && answer?.home !== undefined && lease.state !== 'granted') await wait(lease, answer.home, sought)
      if (isNew) lease.end({ state: 'stored', hash: hex(found.head.hash), asOf: found.head.asOf })
      else if (lease.state === 'granted') return { end: lease.end }
      else lease.end({ state: 'failed' })
      return undefined
    } finally {
      lease.close()
    }
  }
}
