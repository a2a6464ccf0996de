import type { Cache } from '../cache/cache.ts'
import type { Entry } from '../entry.ts'
import { type ApiRequest, anonymous } from '../github/request.ts'
import type { Reputation } from '../peers/reputation.ts'

/** What GitHub shows differently later than this may have changed meanwhile: in a busy repository, something does every few seconds. */
const tellingMs = 2000

export interface AuditOptions {
  oneIn: number
  githubNow: () => number
  random: () => number
  cache: Pick<Cache, 'find'>
  reputation: Pick<Reputation, 'mismatch'>
  /** Asks GitHub again in the background; resolves to the status it answered. */
  recheck(request: ApiRequest): Promise<number | undefined>
}

/**
 * Trust, but look: of entries served on a member's word, one in so many is asked of GitHub again. It costs nothing when
 * the member was honest (an authorised 304), except for a last page that is full, which GitHub has to send again. Members that
 * were not honest lose our trust, here only.
 */
export function createAudit(options: AuditOptions): (request: ApiRequest, entry: Entry) => void {
  const { oneIn, githubNow, random, cache, reputation, recheck } = options

  /** Whether GitHub answers with another body. */
  async function differs(request: ApiRequest, { hash }: Entry): Promise<boolean> {
    if ((await recheck(request)) !== 200) return false
    const own = (await cache.find(request.key))?.entries.filter(({ from }) => from === undefined)
    // Of what depends on who asks, another body may be what that member sees.
    return !own?.some((entry) => entry.hash === hash || entry.variant)
  }

  return (request, entry) => {
    const { from, validator, asOf } = entry
    if (
      from === undefined ||
      validator !== 'portable' ||
      request.viewer === anonymous ||
      request.background ||
      request.graphql
    )
      return
    if (githubNow() - asOf > tellingMs || random() * oneIn >= 1) return
    differs(request, entry).then(
      (lied) => {
        if (lied) reputation.mismatch(from)
      },
      () => {} // GitHub cannot be reached: nothing was learnt
    )
  }
}
