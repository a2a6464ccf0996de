import type { Limits } from '../limits.ts'
import type { Transport } from '../transport/transport.ts'
import type { Known } from './address-book.ts'
import { createBucket } from './bucket.ts'
import { createDialPace } from './dial-pace.ts'
import { firstReached } from './first-reached.ts'
import type { Dial } from './next-dial.ts'
import { passFailed } from './retries.ts'

/** The dials that are under way, no more of them than the machine and the network carry. */
export interface Dials {
  /** Begins those that are due. */
  beginDue(): void
  /** Enough are under way. */
  isBusy(): boolean
  /** Dials a peer for a question, on both ways and several addresses at once. Rejects where no way leads there. */
  visit(peer: Known | undefined, signal: AbortSignal): Promise<void>
  /** Things are different now: what fails of those under way shows nothing. */
  conditionsChanged(): void
  stop(): void
}

export interface DialsOptions {
  transport: Pick<Transport, 'dial'>
  limits: Pick<Limits, 'dialTimeoutMs' | 'dialsAtOnce' | 'dialsPerSecond' | 'dialsBurst'>
  /** The next that is due, if there is one. `isQuiet`: none is under way, and one that leads nowhere keeps no question waiting. */
  next(isQuiet: boolean): Dial | undefined
  round(): number
  localNow: () => number
  random: () => number
  isConnected(peerId: string): boolean
  isPresent(peerId: string): boolean
}

/** Addresses of one way, for a question that does not wait long. */
const addressesAtOnce = 4
/** A better way than a relay that works must not be waited for as long as any way at all. */
const upgradeTimeoutMs = 2000

/** A peer's addresses for a question: some of both ways, from the one that is next. */
function someAddresses(peer: Known | undefined): string[] {
  const routes = [peer?.ways.get('direct'), peer?.ways.get('relayed')].filter((route) => route !== undefined)
  return routes.flatMap(({ addresses, next }) =>
    [...addresses.slice(next), ...addresses.slice(0, next)].slice(0, addressesAtOnce)
  )
}

export function createDials(options: DialsOptions): Dials {
  const { transport, limits, next, round, localNow, random, isConnected, isPresent } = options
  const pace = createDialPace({ limits, random })
  const allowance = createBucket(limits.dialsPerSecond, limits.dialsBurst, localNow)
  let refill: ReturnType<typeof setTimeout> | undefined
  let stopped = false
  let dialling = 0
  let visiting = 0
  let changes = 0

  const isQuiet = () => !pace.isSlow && pace.atOnce > 1 && dialling + visiting === 0

  function beginDue(): void {
    while (!stopped && dialling < pace.atOnce && !pace.rests) {
      const due = next(isQuiet())
      if (!due) return
      if (!allowance.take()) {
        refill ??= setTimeout(() => {
          refill = undefined
          beginDue()
        }, allowance.waitMs())
        return
      }
      due.peer.busy = true
      dialling++
      void dial(due).finally(() => {
        due.peer.busy = false
        dialling--
        beginDue()
      })
    }
  }

  async function dial({ peer, way, route }: Dial): Promise<void> {
    route.tries++
    const upgrades = way === 'direct' && isConnected(peer.peerId)
    const timeoutMs = upgrades ? Math.min(upgradeTimeoutMs, limits.dialTimeoutMs) : limits.dialTimeoutMs
    const begunAt = performance.now()
    const changesBefore = changes
    const underWay = new AbortController()
    peer.underWay = underWay
    try {
      await transport.dial(route.addresses[route.next] as string, {
        signal: AbortSignal.any([underWay.signal, AbortSignal.timeout(timeoutMs)])
      })
      pace.reached(performance.now() - begunAt)
      peer.reached = true
      // Not again at once, where somebody takes connections and closes them.
      Object.assign(route, { tries: 0, nextRound: round() + 1 })
    } catch {
      await pace.failed(performance.now() - begunAt, timeoutMs)
      // What was wrong may be mended by now.
      if (changes > changesBefore || underWay.signal.aborted) return
      route.next = (route.next + 1) % route.addresses.length
      if (route.next !== 0) return // the next address, after others' turns
      passFailed(route, round(), !upgrades && (peer.reached || peer.named || isPresent(peer.peerId)))
    }
  }

  return {
    beginDue,
    isBusy: () => pace.isSlow || dialling + visiting >= pace.atOnce,
    async visit(peer, signal) {
      const begunAt = performance.now()
      visiting++
      try {
        await firstReached(someAddresses(peer), (address) => transport.dial(address, { signal }))
      } finally {
        visiting--
      }
      pace.reached(performance.now() - begunAt)
      if (peer) peer.reached = true
    },
    conditionsChanged() {
      changes++
    },
    stop() {
      stopped = true
      clearTimeout(refill)
    }
  }
}
