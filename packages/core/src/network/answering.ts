import { createReceive } from '../exchange/receive.ts'
import { createRespond } from '../exchange/respond.ts'
import type { Company } from '../peers/company.ts'
import type { Asking } from './asking.ts'
import type { Door } from './door.ts'
import type { Knowledge } from './knowledge.ts'
import type { Side } from './side.ts'

/** What this member does with others' questions, and with what they say to all. */
export function createAnswering(side: Side, knowledge: Knowledge, door: Door, company: Company, asking: Asking) {
  const { group, own } = side
  const { cache, counters, limits, localNow, githubNow, mayShare } = own
  const { reputation, providers, shareable, unsettled, checkProof } = knowledge
  const { leases, home, prefetch, sameToken } = asking
  return {
    request: createRespond({
      group,
      limits,
      mayShare,
      reputation,
      leases,
      home,
      cache: unsettled.cache,
      shareable: unsettled.shareable,
      groupOf: company.roster.groupOf,
      purges: own.purges,
      prove: company.prove,
      presence: company.presence,
      members: company.records.told,
      ofToken: async (from, proof) => sameToken?.ofToken(from, proof)
    }),
    message: createReceive({
      cache,
      shareable,
      providers,
      reputation,
      counters,
      limits,
      localNow,
      githubNow,
      checkProof,
      accept: door.accept,
      takeValue: door.acceptValue,
      wanted: (peerId, wireKey, named, hash) => prefetch.add({ peerId, wireKey, named, hash }),
      purgeAllowance: knowledge.purgeAllowance,
      purged: knowledge.purges.purged,
      heardTime: own.clock.hear,
      present: company.present
    })
  }
}
