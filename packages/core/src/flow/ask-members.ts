import type { Cache } from '../cache/cache.ts'
import type { Entry } from '../entry.ts'
import type { Lease } from '../exchange/seek.ts'
import type { ApiRequest } from '../github/request.ts'
import type { Members } from '../members.ts'
import { isFresh } from '../rules/fresh.ts'
import { freshAfter, lifetimeMs } from '../rules/fresh-after.ts'
import { type Asker, type Assessment, assess, servable } from '../rules/serve.ts'
import type { ViewerClasses } from './viewer-classes.ts'

export interface AskMembersOptions {
  cache: Pick<Cache, 'find' | 'reload'>
  members: Pick<Members, 'lookUp' | 'sameToken' | 'isElsewhere'>
  classes: Pick<ViewerClasses, 'seesOtherwise'>
  localNow: () => number
  /** After this, members are not asked once more, ms. */
  maxWaitMs: number
  /** How long a member has that calls GitHub for others, ms. */
  leaseMs: number
  askerOf(request: ApiRequest): Asker
  /** GitHub answers nothing to the asker's token for now. */
  isLimited(request: ApiRequest): boolean
}

interface Found {
  held: Assessment | undefined
  /** This member is to ask GitHub, for all that need the key. */
  lease?: Lease | undefined
  /** The same, for all that need it and hold the asker's token. */
  tokenLease?: Lease | undefined
}

/** Those of one class may get in each other's way with those of another, but not for ever. */
const maxTurns = 3

/**
 * What is held once members were asked, where what was held before cannot be served. Members that see one resource differently ask
 * for one key: where what comes is for others, one of those that see the same asks GitHub for all of them.
 */
export type AskMembers = (request: ApiRequest, held: Assessment | undefined) => Promise<Found>

export const createAskMembers =
  (flow: AskMembersOptions): AskMembers =>
  async (request, first) => {
    const begunAt = flow.localNow()
    let found: Found = { held: first }
    for (let turn = 0; !found.lease && !found.tokenLease && isWanting(flow, request, found.held, turn); turn++) {
      if (turn > 0 && (turn === maxTurns || flow.localNow() - begunAt >= flow.maxWaitMs)) break
      found = await askOnce(flow, request, found.held)
    }
    return found
  }

function isWanting(flow: AskMembersOptions, request: ApiRequest, held: Assessment | undefined, turn: number): boolean {
  const { mode } = request
  if (servable(mode, held)) return false
  if (mode === 'only-if-cached') return turn === 0
  const isFirst = turn === 0 && (!held?.fresh || (isUnproven(held) && mode !== 'no-cache'))
  return isFirst || isForOthers(flow, request, held)
}

/** It is current, but whether this viewer may have it only those know that hold its token, and GitHub. */
const isUnproven = (held: Assessment | undefined): boolean => held?.fresh === true && !held.permitted

/** What is held that is fresh is of a kind that others see, as far as can be told before GitHub is asked. */
function isForOthers(flow: AskMembersOptions, request: ApiRequest, held: Assessment | undefined): boolean {
  const asker = flow.askerOf(request)
  return areForOthers(flow, request, held, (entry) => isFresh(entry, asker))
}

/** There are such entries, and others see them. */
function areForOthers(
  { classes }: AskMembersOptions,
  request: ApiRequest,
  held: Assessment | undefined,
  which: (entry: Entry) => boolean
): boolean {
  const entries = held?.varies ? [held.entry, ...held.others].filter(which) : []
  return entries.length > 0 && entries.every((entry) => classes.seesOtherwise(request, entry))
}

async function askOnce(flow: AskMembersOptions, request: ApiRequest, held: Assessment | undefined): Promise<Found> {
  const { cache, members } = flow
  const { key, mode, shareable } = request
  const nobodyElse = mode === 'only-if-cached'
  const how = (held: Assessment | undefined) => ({
    held: held?.entry,
    nobodyElse,
    after: nobodyElse ? undefined : waitsAfter(flow, request, held)
  })
  const now = async () => {
    const holding = await (members.isElsewhere ? cache.reload(key) : cache.find(key))
    return assess(holding, flow.askerOf(request))
  }
  // Of a body of its own kind, however old, the asker hears for no unit that it is still the same.
  const others = areForOthers(flow, request, held, () => true)
  const asksAll = shareable && (!isUnproven(held) || isForOthers(flow, request, held))
  const lease = asksAll ? await members.lookUp(key, { ...how(held), others }) : undefined
  const found = (asksAll ? await now() : undefined) ?? held
  if (!members.sameToken || servable(mode, found)) return { held: found, lease }
  // What all members have is asked for first, so that one of them calls GitHub for what everybody can read.
  // Who has an entry in hand asks only those that have said to have a newer one.
  const known = isUnproven(found) ? { ...how(found), held: undefined } : how(found)
  const tokenLease = await members.sameToken.lookUp(request, known)
  return { held: (await now()) ?? found, lease, tokenLease }
}

/** Members' calls are waited for where the answer could be served: what they ask GitHub for later than this. Or not at all. */
function waitsAfter(flow: AskMembersOptions, request: ApiRequest, held: Assessment | undefined): number | undefined {
  const asker = flow.askerOf(request)
  // What may be served although it is stale waits for nobody, nor is a word waited for that does not count.
  if (held && (flow.isLimited(request) || !asker.trusts(undefined))) return undefined
  // What comes would be stale already.
  if (lifetimeMs(held?.entry, asker) < flow.leaseMs) return undefined
  // What members hold until now is what others see.
  return isForOthers(flow, request, held) ? Math.floor(asker.githubNow) : freshAfter(held?.entry, asker)
}
