import { fromHex, hex } from '../bytes.ts'
import type { Entry } from '../entry.ts'
import type { Limits } from '../limits.ts'
import type { ResponseTimes } from '../peers/response-times.ts'
import { firstAnswer } from './first-answer.ts'
import type { LeaseNewsDesk, NewsLine } from './lease-news.ts'
import type { LeaseEnd, LeaseNews, LeaseState, Leases } from './leases.ts'
import type { PeerAnswer } from './read-answer.ts'
import type { PeerRequests } from './request.ts'

/** This member calls GitHub for all; whoever waits learns by `end` what came of it. */
export interface Lease {
  end(how: LeaseEnd): void
}

export interface Sought {
  wireKey: Uint8Array
  /** The hash of what is held, which is stale; then only homes of the lease are asked. */
  stale?: string | undefined
  /** An answer is good enough if GitHub was asked for it later than this, ms. */
  after: number
  /** How long the first answer is waited for, ms. */
  maxWaitMs: number
  /** The homes of the lease, the first first. */
  homes: readonly string[]
  /** Members that may hold an answer, the best first. */
  holders: readonly string[]
  take(found: PeerAnswer): Promise<void>
  /** The entry of this body that is held now. */
  held(hash: string): Promise<Pick<Entry, 'asOf'> | undefined>
}

export interface SeekOptions {
  limits: Pick<Limits, 'leaseHedgeMs' | 'leaseMs' | 'leaseWaitMs'>
  self(): string
  leases: Pick<Leases, 'ask' | 'settle'>
  news: LeaseNewsDesk
  requests: Pick<PeerRequests, 'get' | 'lease'>
  responseTimes: Pick<ResponseTimes, 'answered' | 'late'>
}

/** Beside what a home itself waits for a holder, its news may be so long on its way. */
const graceMs = 250

/**
 * Asks members for an answer, and a home of the key for the lease: one member calls GitHub for all that ask at the same time,
 * and the others wait for its answer. Resolves to the lease where it is this member that calls.
 */
export function createSeek(options: SeekOptions): (sought: Sought) => Promise<Lease | undefined> {
  const { limits, self, leases, news, requests, responseTimes } = options

  function settle(home: string, wireKey: Uint8Array, end: LeaseEnd): void {
    if (home === self()) leases.settle(hex(wireKey), home, end)
    else void requests.lease(home, wireKey, end)
  }

  return async (sought) => {
    const { wireKey, stale, after, homes, holders, take } = sought
    const wireName = hex(wireKey)
    const lines = new Map<string, NewsLine>()
    // Homes that have granted the lease, or may have: they are told how it ended.
    const open = new Set<string>()
    let state: LeaseState | undefined

    /** Asks a home. `home` in what comes: there this member waits. */
    async function askHome(home: string, signal?: AbortSignal) {
      lines.set(home, news.open(wireName, home))
      open.add(home)
      const answer =
        home === self()
          ? { lease: leases.ask(wireName, home), found: undefined }
          : await requests.get(home, wireKey, { held: stale === undefined ? undefined : fromHex(stale), after, signal })
      if (!answer) return undefined
      if (answer.lease !== 'granted') open.delete(home)
      if (answer.lease === 'waiting') return { found: answer.found, home }
      state = state === 'granted' ? state : answer.lease
      return answer.found && { found: answer.found }
    }

    async function ask(peerId: string, signal: AbortSignal) {
      if (state === undefined && homes.includes(peerId)) return askHome(peerId, signal)
      if (stale !== undefined) return undefined
      const answer = await requests.get(peerId, wireKey, { signal })
      return answer?.found && { found: answer.found }
    }

    /** Waits at a home. Undefined when it is silent, or nobody may wait any longer. */
    async function waitAt(home: string, endsAt: number): Promise<LeaseNews | undefined> {
      for (;;) {
        const leftMs = Math.min(limits.leaseMs + graceMs, endsAt - performance.now())
        const told = leftMs > 0 ? await lines.get(home)?.next(leftMs) : undefined
        if (told?.state !== 'waiting') return told
      }
    }

    async function receive(home: string, { hash, asOf }: LeaseEnd & { state: 'stored' }): Promise<void> {
      const held = await sought.held(hash)
      if (held && held.asOf >= asOf) return // gossip was faster
      const answer = await requests.get(home, wireKey, { held: held && fromHex(hash) })
      if (answer?.found) await take(answer.found)
    }

    /** From home to home until one says what is to be done. */
    async function wait(first: string): Promise<void> {
      const endsAt = performance.now() + limits.leaseWaitMs
      for (let home: string | undefined = first; home !== undefined; ) {
        const told = await waitAt(home, endsAt)
        if (told?.state === 'granted') {
          open.add(home)
          state = 'granted'
        } else if (told?.state === 'stored') await receive(home, told)
        if (told || performance.now() >= endsAt) return
        if (home !== self()) responseTimes.late(home)
        const other = homes.find((one) => !lines.has(one))
        const answer = other === undefined ? undefined : await askHome(other)
        if (answer?.found) await take(answer.found)
        home = answer?.home
      }
    }

    const peerIds = [...new Set([...homes.slice(0, 1), ...(stale === undefined ? holders : homes)])]
    try {
      const answer = await firstAnswer<{ found?: PeerAnswer | undefined; home?: string }>({
        peerIds,
        ask,
        hedgeMs: limits.leaseHedgeMs,
        maxWaitMs: sought.maxWaitMs,
        responseTimes
      })
      if (answer?.found) await take(answer.found)
      const found = answer?.found
      const isNew = found?.kind === 'entry' && found.head.asOf > after
      if (!isNew && answer?.home !== undefined && state !== 'granted') await wait(answer.home)
      const end = (how: LeaseEnd) => {
        for (const home of open) settle(home, wireKey, how)
      }
      if (isNew) end({ state: 'stored', hash: hex(found.head.hash), asOf: found.head.asOf })
      else if (state === 'granted') return { end }
      else end({ state: 'failed' })
      return undefined
    } finally {
      for (const line of lines.values()) line.close()
    }
  }
}
