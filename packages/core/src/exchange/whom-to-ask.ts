import type { Entry } from '../entry.ts'
import type { Limits } from '../limits.ts'
import type { Reputation } from '../peers/reputation.ts'
import type { ResponseTimes } from '../peers/response-times.ts'
import type { Roster } from '../peers/roster.ts'
import type { Visits } from '../peers/visits.ts'
import { homesOf } from './homes.ts'
import type { Providers } from './providers.ts'

/** What shows which members are worth asking now. */
export interface WhomToAskOptions {
  limits: Pick<Limits, 'fewMembers'>
  roster: Pick<Roster, 'list' | 'known' | 'isMember'>
  visits: Pick<Visits, 'canAsk'>
  reputation: Pick<Reputation, 'hears'>
  responseTimes: Pick<ResponseTimes, 'isWorthAsking' | 'isAnswering'>
  providers: Pick<Providers, 'of'>
  /** The members that grant leases, this one included if it does. */
  leasing(): string[]
}

/** Members asked for one key; the second where the first is slow. */
const maxAsked = 2

const best = (
  { visits, reputation, responseTimes }: WhomToAskOptions,
  peerIds: string[],
  isInTime = responseTimes.isWorthAsking
): string[] =>
  peerIds.filter((peerId) => reputation.hears(peerId) && visits.canAsk(peerId) && isInTime(peerId)).slice(0, maxAsked)

/** The members that have said to have something newer under a wire key (hex) than what is held, the newest first. */
export function newer(options: WhomToAskOptions, wireName: string, held: Entry | undefined): string[] {
  const { roster, providers } = options
  const members = roster.known()
  const ids = providers
    .of(wireName)
    .filter(({ peerId, asOf }) => members.includes(peerId) && asOf > (held?.asOf ?? 0))
    .map(({ peerId }) => peerId)
    // A neighbour answers sooner.
    .sort((a, b) => Number(roster.isMember(b)) - Number(roster.isMember(a)))
  return best(options, ids)
}

const homes = (options: WhomToAskOptions, wireName: string, ids: string[], isInTime?: (peerId: string) => boolean) =>
  best(options, homesOf(wireName, ids, 2 * maxAsked), isInTime)

/**
 * The members that may hold what nobody has announced: of all that are known, for all members must come to the same homes; then
 * of those that are connected, for a newcomer does not know yet what its neighbours hold, and a home may be out of reach. In a
 * small group these are the same.
 */
export const homesOfEntry = (options: WhomToAskOptions, wireName: string): string[] => {
  const { roster } = options
  const connected = roster.list().map(({ id }) => id)
  return [...new Set([roster.known(), connected].flatMap((ids) => homes(options, wireName, ids)))]
}

/**
 * The members that grant its lease. In a large group a slow one is asked all the same: not all find the same members slow, and
 * those that ask different homes call GitHub more than once. In a small one few ask at the same moment, and each member is the
 * home of much.
 */
export const homesOfLease = (options: WhomToAskOptions, wireName: string): string[] => {
  const { limits, roster, responseTimes } = options
  const isLarge = roster.known().length > limits.fewMembers
  return homes(options, wireName, options.leasing(), isLarge ? responseTimes.isAnswering : undefined)
}
