import type { Entry } from './entry.ts'
import { type ApiRequest, anonymous } from './github/request.ts'
import type { Guard } from './guard.ts'

export interface AuditOptions {
  oneIn: number
  random: () => number
  guard: Guard
  /** Asks GitHub again in the background; resolves to the status it answered. */
  recheck(request: ApiRequest): Promise<number | undefined>
}

/**
 * Trust, but look: of entries served on a member's word, one in so many is asked of GitHub again. It costs nothing when
 * the member was honest (an authorised 304), and members that were not lose our trust, here only.
 */
export function createAudit({
  oneIn,
  random,
  guard,
  recheck
}: AuditOptions): (request: ApiRequest, entry: Entry) => void {
  return (request, { from, validator }) => {
    if (from === undefined || validator !== 'portable' || request.viewer === anonymous || request.background) return
    if (random() * oneIn >= 1) return
    recheck(request).then(
      (status) => {
        if (status === 200) guard.mismatch(from)
      },
      () => {} // GitHub cannot be reached: nothing was learnt
    )
  }
}
