import { fromHex, hex } from '../bytes.ts'
import type { Cache } from '../cache/cache.ts'
import type { Entry } from '../entry.ts'
import type { Names } from '../group/group.ts'
import type { Limits } from '../limits.ts'
import { pause } from '../pause.ts'
import type { ResponseTimes } from '../peers/response-times.ts'
import type { Peer } from '../transport/transport.ts'
import type { createAccept } from './accept.ts'
import type { AcceptValue } from './accept-value.ts'
import { firstAnswer } from './first-answer.ts'
import { transferMs } from './frames.ts'
import { busyMs } from './patient-timer.ts'
import type { Wanted } from './prefetch.ts'
import type { Providers } from './providers.ts'
import type { PeerAnswer } from './read-answer.ts'
import type { PeerRequests } from './request.ts'
import type { createSeek, Lease } from './seek.ts'
import type { Shelf } from './shelf.ts'
import { homesOfEntry, homesOfLease, newer, type WhomToAskOptions } from './whom-to-ask.ts'

export interface LookupHow {
  /** What is held, which is stale. */
  held?: Entry | undefined
  /** GitHub is not asked afterwards, so members have as long as it takes to send the largest body. */
  nobodyElse: boolean
  /** The asker does not see any body that is held: another one is of use, however old. */
  others?: boolean | undefined
  /** It is a named value, of which relays keep none. */
  isValue?: boolean | undefined
  /** The caller asks GitHub unless something comes that was seen later than this, ms; absent: it asks for no lease. */
  after?: number | undefined
  /** What the wire key is made of, where that is another key than the one under which this member keeps it. */
  commonKey?: string | undefined
}

/** Asks members for what they hold; what they send is checked and then in the cache. */
export interface Lookup {
  /**
   * Asks the members most likely to have something newer than what is held, within the budget for members. A thread that is too
   * busy to hear answers in time does not begin to spend it. With `after` a member that asks GitHub for the same is waited for;
   * resolves to the lease where the caller is to ask for all. Never rejects.
   */
  find(key: string, how: LookupHow): Promise<Lease | undefined>
  /** Fetches what a member has announced; with the hash of what is held, only its head. Resolves to how many bytes came. */
  pull(wanted: Wanted, held?: string): Promise<number>
  /** The connected members that hold this very body now. */
  holders(key: string, hash: string): Promise<Peer[]>
}

export interface LookupOptions extends WhomToAskOptions {
  group: Names
  cache: Pick<Cache, 'find'>
  limits: Pick<Limits, 'membersBudgetMs' | 'hedgeMs' | 'fewMembers'>
  responseTimes: Pick<ResponseTimes, 'isWorthAsking' | 'isAnswering' | 'overtaken' | 'late'>
  providers: Pick<Providers, 'of' | 'remove'>
  requests: Pick<PeerRequests, 'get'>
  seek: ReturnType<typeof createSeek>
  /** Where there are relays. */
  shelf?: Pick<Shelf, 'take'> | undefined
  accept: ReturnType<typeof createAccept>
  acceptValue: AcceptValue
}

export function createLookup(options: LookupOptions): Lookup {
  const { group, cache, limits, roster, requests, responseTimes, accept, acceptValue, shelf } = options

  /** `named`: the group in whose names the wire key was said. */
  async function take(answer: PeerAnswer, wireKey: Uint8Array, named: Names, asked: boolean): Promise<void> {
    const { from, body } = answer
    if (answer.kind === 'entry') await accept({ head: answer.head, wireKey, group: named, from, body, asked })
    else if (body) await acceptValue(answer.head, wireKey, named, from, body)
  }

  async function find(key: string, how: LookupHow): Promise<Lease | undefined> {
    const { held, after, nobodyElse, others, isValue, commonKey = key } = how
    const begunAt = performance.now()
    const [wireKey] = await Promise.all([group.wireKey(commonKey), pause()])
    const turnMs = performance.now() - begunAt
    // A busy thread will be so late again when an answer comes, or the time is up.
    const laterMs = turnMs > busyMs ? turnMs : 0
    const maxWaitMs = limits.membersBudgetMs + (nobodyElse ? transferMs : 0) - turnMs - laterMs
    if (maxWaitMs <= 0) return undefined
    const [lease] = await Promise.all([
      findAtMembers(key, wireKey, how, maxWaitMs),
      others && takeFirstOf(homesOfEntry(options, hex(wireKey)), wireKey, how, maxWaitMs)
    ])
    // Members that are there would have told of something newer.
    if (!shelf || isValue || (held && roster.list().length > 0)) return lease
    const [newest] = (await cache.find(key))?.entries ?? []
    if (newest && newest.asOf > (held?.asOf ?? 0)) return lease
    const leftMs = maxWaitMs + turnMs - (performance.now() - begunAt)
    const found = leftMs > 0 ? await shelf.take(key, wireKey, held, leftMs) : undefined
    if (!lease || !found || found.asOf <= (after ?? 0)) return lease
    lease.end({ state: 'stored', ...found })
    return undefined
  }

  /** Resolves to when what came was seen, ms; 0 for nothing. */
  async function takeFirstOf(
    holders: string[],
    wireKey: Uint8Array,
    how: Pick<LookupHow, 'held' | 'others'>,
    maxWaitMs: number
  ): Promise<number> {
    const found = await firstOf(options, holders, wireKey, how, maxWaitMs)
    if (found) await take(found, wireKey, group, true)
    return found?.kind === 'entry' ? found.head.asOf : 0
  }

  async function findAtMembers(
    key: string,
    wireKey: Uint8Array,
    how: LookupHow,
    maxWaitMs: number
  ): Promise<Lease | undefined> {
    const { held, after } = how
    const wireName = hex(wireKey)
    const announced = newer(options, wireName, held)
    const homes = after === undefined ? [] : homesOfLease(options, wireName)
    // With an entry in hand, only a member that has said to have a newer one is worth the wait.
    const holders = announced.length > 0 ? announced : held ? [] : homesOfEntry(options, wireName)
    if (announced.length > 0 || homes.length === 0) {
      const asOf = await takeFirstOf(holders, wireKey, { held }, maxWaitMs)
      if (after === undefined || homes.length === 0 || asOf > after) return undefined
    }
    return options.seek({
      wireKey,
      stale: held?.hash,
      after: after as number,
      maxWaitMs,
      homes,
      holders: announced.length > 0 ? [] : holders,
      take: (found) => take(found, wireKey, group, true),
      held: async (hash) => (await cache.find(key))?.entries.find((entry) => entry.hash === hash)
    })
  }

  return {
    find: (key, how) => find(key, how).catch(() => undefined),
    async pull({ peerId, wireKey, named, hash }, held) {
      const how = { held: held === undefined ? undefined : fromHex(held), wanted: hash }
      const answer = responseTimes.isWorthAsking(peerId) ? await requests.get(peerId, wireKey, how) : undefined
      if (answer?.found) await take(answer.found, wireKey, named, false)
      return answer?.found?.body?.byteLength ?? 0
    },
    holders: async (key, hash) => holdersOf(roster.list(), requests, await group.wireKey(key), hash)
  }
}

/** The first that one of these members holds; who holds nothing is not taken for a provider any more. */
const firstOf = (
  { requests, providers, limits, responseTimes }: LookupOptions,
  peerIds: string[],
  wireKey: Uint8Array,
  { held, others }: Pick<LookupHow, 'held' | 'others'>,
  maxWaitMs: number
): Promise<PeerAnswer | undefined> =>
  firstAnswer({
    peerIds,
    async ask(peerId, signal) {
      const answer = await requests.get(peerId, wireKey, { held: held && fromHex(held.hash), others, signal })
      if (answer && !answer.found) providers.remove(hex(wireKey), peerId)
      // It has no other.
      return others && !answer?.found?.body ? undefined : answer?.found
    },
    hedgeMs: limits.hedgeMs,
    maxWaitMs,
    responseTimes
  })

/** Those of `peers` that hold this very body. */
async function holdersOf(
  peers: Peer[],
  requests: Pick<PeerRequests, 'get'>,
  wireKey: Uint8Array,
  hash: string
): Promise<Peer[]> {
  const answers = await Promise.all(peers.map(({ id }) => requests.get(id, wireKey, { held: fromHex(hash) })))
  return peers.filter((_peer, i) => {
    const found = answers[i]?.found
    return found && hex(found.head.hash) === hash
  })
}
