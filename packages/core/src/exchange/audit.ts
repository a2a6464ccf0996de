import type { Entry } from '../entry.ts'
import { type ApiRequest, anonymous } from '../github/request.ts'
import type { Reputation } from '../peers/reputation.ts'

/** What GitHub shows differently later than this may have changed meanwhile. */
const tellingMs = 10_000

export interface AuditOptions {
  oneIn: number
  githubNow: () => number
  random: () => number
  reputation: Reputation
  /** Asks GitHub again in the background; resolves to the status it answered. */
  recheck(request: ApiRequest): Promise<number | undefined>
}

/**
 * Trust, but look: of entries served on a member's word, one in so many is asked of GitHub again. It costs nothing when
 * the member was honest (an authorised 304), and members that were not lose our trust, here only.
 */
export function createAudit({
  oneIn,
  githubNow,
  random,
  reputation,
  recheck
}: AuditOptions): (request: ApiRequest, entry: Entry) => void {
  return (request, { from, validator, asOf }) => {
    if (from === undefined || validator !== 'portable' || request.viewer === anonymous || request.background) return
    if (githubNow() - asOf > tellingMs || random() * oneIn >= 1) return
    recheck(request).then(
      (status) => {
        if (status === 200) reputation.mismatch(from)
      },
      () => {} // GitHub cannot be reached: nothing was learnt
    )
  }
}
