import { LRU } from 'tiny-lru'
import type { Cache } from '../cache/cache.ts'
import type { Purges } from '../cache/purges.ts'
import type { Entry } from '../entry.ts'
import type { Group } from '../group/group.ts'
import type { Limits } from '../limits.ts'
import type { Reputation } from '../peers/reputation.ts'
import type { ResponseTimes } from '../peers/response-times.ts'
import type { Counters } from '../stats.ts'
import type { Transport } from '../transport/transport.ts'
import type { createAccept } from './accept.ts'
import { createFrames } from './frames.ts'
import { createKeptOnShelf, isForShelf } from './shelf-kept.ts'
import { createShelfLeave } from './shelf-leave.ts'
import { maxQuestions } from './shelf-questions.ts'
import { createShelfRelays } from './shelf-relays.ts'
import { createShelfTake } from './shelf-take.ts'

export interface ShelfOptions {
  /** The member's own. */
  group: Group
  /** How many relays were named. */
  relays: number
  transport: Pick<Transport, 'peerId' | 'shelves'>
  cache: Pick<Cache, 'find'>
  limits: Limits
  reputation: Pick<Reputation, 'hears'>
  responseTimes: Pick<ResponseTimes, 'isWorthAsking' | 'overtaken' | 'late'>
  counters: Pick<Counters, 'rejected'>
  accept: ReturnType<typeof createAccept>
  mayShare(entry: Entry): boolean
  purges: Pick<Purges, 'at' | 'normalise' | 'targetsOf'>
  /** Finds out whether what is held is for members. */
  settle(key: string): Promise<void>
  localNow: () => number
}

const maxUnsettled = 10_000

/** What members leave at relays for those that come when nobody is there. */
export function createShelf(options: ShelfOptions) {
  const { transport, limits, responseTimes, settle } = options
  const kept = createKeptOnShelf()
  const unsettled = new LRU<true>(maxUnsettled)
  let settling: Promise<void> | undefined

  const relays = createShelfRelays({
    relays: options.relays,
    shelves: () => transport.shelves,
    maxFaults: limits.rejectedMessages,
    found() {
      leave.start()
      settling ??= settleAll().finally(() => {
        settling = undefined
      })
    }
  })
  const asks = framesFrom(options, relays.faulty, maxQuestions, responseTimes.late)
  const puts = framesFrom(options, relays.faulty, 1, () => {})

  const leave = createShelfLeave({
    ...options,
    relays,
    kept,
    peerId: () => transport.peerId,
    ask: (relayId, question) => puts(relayId, question, limits.proofMs)
  })
  const take = createShelfTake({
    ...options,
    relays,
    kept,
    ask: (relayId, question) => asks(relayId, question, limits.membersBudgetMs)
  })

  /** What this member fetched before it knew of a shelf. */
  async function settleAll(): Promise<void> {
    for (const [key] of unsettled.entries() as [string, true][]) {
      unsettled.delete(key)
      if (relays.taking.length === 0) return
      await settle(key).catch(() => {})
    }
  }

  return {
    /** A relay takes what this member leaves. */
    get isThere(): boolean {
      return relays.taking.length > 0
    },
    /** It would leave an entry there, if everybody can read it. */
    wants: (key: string, entry: Entry): boolean =>
      relays.taking.length > 0 && isForShelf(kept.get(key), entry, options.localNow()),
    has: (relayId: string): boolean => relays.ids.includes(relayId),
    accepted: relays.accepted,
    left: relays.left,
    take,
    leave: leave.leave,
    takeAway: leave.takeAway,
    /** Held, and left once it is known that everybody can read it. */
    unsettled(key: string, entry: Entry): void {
      if (isForShelf(kept.get(key), entry, options.localNow())) unsettled.set(key, true)
    },
    async idle(): Promise<void> {
      await settling
      await leave.idle()
    },
    stop: leave.stop
  }
}

export type Shelf = ReturnType<typeof createShelf>

/** How relays' shelves are asked; `faulty`: a relay's answer is not one that an honest relay sends. */
const framesFrom = (
  { transport, counters, limits }: Pick<ShelfOptions, 'transport' | 'counters' | 'limits'>,
  faulty: (relayId: string) => void,
  transfersPerPeer: number,
  late: (relayId: string) => void
) =>
  createFrames({
    transport: {
      request: (relayId, bytes, how) => transport.shelves?.request(relayId, bytes, how) ?? nothing()
    },
    // A relay goes on relaying, whatever its shelf sends.
    reputation: {
      reject(relayId, reason) {
        counters.rejected(reason)
        faulty(relayId)
      }
    },
    responseTimes: { late },
    limits: { transfersPerPeer, frameBytes: limits.frameBytes }
  })

async function* nothing() {}
