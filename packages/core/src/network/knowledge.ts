import { createUnasked, evictUnused } from '../cache/unasked.ts'
import { createEarlyPurges } from '../exchange/early-purges.ts'
import { createProviders } from '../exchange/providers.ts'
import { createShareableIndex } from '../exchange/shareable-index.ts'
import { createUnsettled } from '../exchange/unsettled.ts'
import { createProofCheck } from '../group/group.ts'
import { createAllowances } from '../peers/allowances.ts'
import { createReputation } from '../peers/reputation.ts'
import { createResponseTimes } from '../peers/response-times.ts'
import type { Side } from './side.ts'

/** Of the budget for members: a member that answers within that is not slow. */
const slowShare = 0.3

/** What this member knows of others: how good they are, what they have, and what of its own they can have. */
export function createKnowledge({ groups, transport, own }: Side) {
  const { cache, counters, limits, localNow, githubNow, mayShare } = own
  const steadyNow = own.clock.local
  const shareable = createShareableIndex({ cache, groups, limits, githubNow, mayShare })
  return {
    reputation: createReputation(limits, counters, steadyNow, (peerId) => void transport.disconnect(peerId)),
    responseTimes: createResponseTimes({
      localNow: steadyNow,
      slowMs: limits.membersBudgetMs * slowShare,
      lateMs: limits.membersBudgetMs
    }),
    checkProof: createProofCheck(groups, localNow, limits.proofLifetimeMs),
    purges: createEarlyPurges({ clock: own.clock, max: limits.listPurges, purged: own.purged }),
    // Who says it in any way must not make more stale in the long run than by gossip alone.
    purgeAllowance: createAllowances(limits.messagesPerSecond, limits.listPurges, steadyNow),
    fetchAllowance: createAllowances(limits.unaskedBytesPerSecond, limits.unaskedBytes, steadyNow),
    providers: createProviders(githubNow, limits.clockSkewMs),
    shareable,
    unsettled: createUnsettled({ groups, cache, shareable, settle: own.settle, maxWaitMs: limits.membersBudgetMs }),
    unasked: createUnasked({
      maxBytes: limits.unaskedBytes,
      maxEntries: limits.unaskedEntries,
      evict: (key) => void evictUnused(cache, key).catch(() => {})
    })
  }
}

export type Knowledge = ReturnType<typeof createKnowledge>
