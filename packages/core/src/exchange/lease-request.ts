import { fromHex, hex } from '../bytes.ts'
import type { Limits } from '../limits.ts'
import type { LeaseEnd, LeaseNews, LeaseState } from './lease.ts'
import type { LeaseNewsDesk, NewsLine } from './lease-news.ts'
import type { Leases } from './leases.ts'
import type { PeerAnswer } from './read-answer.ts'
import type { PeerRequests } from './request.ts'

/** What a home answered: what it holds, and that this member waits there now. */
export interface HomeAnswer {
  found?: PeerAnswer | undefined
  waits?: boolean
}

/** One request for the lease of a key, at one home after another. */
export interface LeaseRequest {
  /** As the homes have said so far; undefined while none has granted or freed. */
  readonly state: LeaseState | undefined
  wasAsked(home: string): boolean
  /** Asks a home. Undefined where it holds nothing and this member does not wait there. */
  ask(home: string, signal?: AbortSignal): Promise<HomeAnswer | undefined>
  /** Waits at a home for what comes of the lease. Undefined when the home is silent, or after `endsAt`, as `performance.now` has it. */
  wait(home: string, endsAt: number): Promise<LeaseNews | undefined>
  /** Tells the homes that have granted the lease, or may have, how it ended. */
  end(how: LeaseEnd): void
  /** Hears no more of it. */
  close(): void
}

export interface LeaseRequestOptions {
  limits: Pick<Limits, 'leaseMs'>
  self(): string
  leases: Pick<Leases, 'ask' | 'settle'>
  news: LeaseNewsDesk
  requests: Pick<PeerRequests, 'get' | 'lease'>
}

/** What is asked for: an answer that GitHub was asked for later than `after`, ms; `stale`: the hash of what is held. */
export interface LeaseQuestion {
  wireKey: Uint8Array
  stale?: string | undefined
  after: number
}

/** Beside what a home itself waits for a holder, its news may be so long on its way. */
const graceMs = 250

export function createLeaseRequest(
  options: LeaseRequestOptions,
  { wireKey, stale, after }: LeaseQuestion
): LeaseRequest {
  const { limits, self, leases, news, requests } = options
  const wireName = hex(wireKey)
  const lines = new Map<string, NewsLine>()
  const open = new Set<string>()
  let state: LeaseState | undefined

  const held = stale === undefined ? undefined : fromHex(stale)
  const question = async (home: string, signal: AbortSignal | undefined) =>
    home === self()
      ? { lease: leases.ask(wireName, home), found: undefined }
      : await requests.get(home, wireKey, { held, after, signal })

  return {
    get state() {
      return state
    },
    wasAsked: (home) => lines.has(home),
    async ask(home, signal) {
      lines.set(home, news.open(wireName, home))
      open.add(home)
      const answer = await question(home, signal)
      if (!answer) return undefined // whether it has granted the lease is not known
      const { found, lease } = answer
      if (lease !== 'granted') open.delete(home)
      if (lease === 'waiting') return { found, waits: true }
      state = state === 'granted' ? state : lease
      return found && { found }
    },
    async wait(home, endsAt) {
      for (;;) {
        const leftMs = endsAt - performance.now()
        const told = leftMs > 0 ? await lines.get(home)?.next(limits.leaseMs + graceMs, leftMs) : undefined
        if (told?.state === 'waiting') continue
        if (told?.state === 'granted') {
          open.add(home)
          state = 'granted'
        }
        return told
      }
    },
    end(how) {
      for (const home of open) {
        if (home === self()) leases.settle(wireName, home, how)
        else void requests.lease(home, wireKey, how)
      }
    },
    close() {
      for (const line of lines.values()) line.close()
    }
  }
}
