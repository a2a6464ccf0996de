import { LRU } from 'tiny-lru'
import { equal } from '../bytes.ts'
import type { ApiRequest } from '../github/request.ts'
import { tokenIn } from '../github/token.ts'
import { createHeldToken, type HeldToken, type HeldTokenOptions } from './held-token.ts'
import type { createLook } from './token-answers.ts'

/** Whose request it is. */
export type TokenUser = Pick<ApiRequest, 'authorization' | 'viewer'>

/** The tokens that are used here, each with the members that hold it too. */
export interface HeldTokens {
  /** The token of a request, which is used here from now on; undefined for none, or one that GitHub does not know any more. */
  of(user: TokenUser): Promise<HeldToken | undefined>
  /** The same for what can be told without waiting. */
  known(viewer: string): HeldToken | undefined
  all(): Iterable<HeldToken>
  /** GitHub answered a viewer's token at `asOf`. */
  answered(viewer: string, asOf: number): void
  /** GitHub does not know a viewer's token any more. */
  ended(viewer: string, at: number): void
  /** A member has told of itself. */
  heard(peerId: string): void
}

export function createHeldTokens(options: HeldTokenOptions, isClean: ReturnType<typeof createLook>): HeldTokens {
  const { group, roster, records, limits, self, changed } = options
  const held = new LRU<Promise<HeldToken>>(limits.sharedTokens)
  /** The same, once they are made. */
  const known = new Map<string, HeldToken>()
  held.onEvict(({ key }) => void known.delete(key))
  const endedAt = new LRU<number>(limits.viewersPerBody)

  /** Looks again whether a member holds a token, by what it last said itself. */
  async function look({ group, members }: HeldToken, peerId: string): Promise<void> {
    const proof = await group.proofFor(peerId)
    // What it says may have changed meanwhile; the newest counts.
    if (records.holds(peerId).some((one) => equal(one, proof))) members.add(peerId)
    else members.delete(peerId)
  }

  async function make(viewer: string, token: string): Promise<HeldToken> {
    const names = await group.ofToken(token)
    const one = createHeldToken(options, { viewer, group: names, proof: await names.proofFor(self()) }, isClean)
    await Promise.all(roster.known().map((peerId) => look(one, peerId)))
    if (held.has(viewer)) known.set(viewer, one)
    changed()
    return one
  }

  return {
    async of({ authorization, viewer }) {
      const token = authorization === undefined ? undefined : tokenIn(authorization)
      if (token === undefined || endedAt.has(viewer)) return undefined
      const found = held.get(viewer) ?? make(viewer, token)
      held.set(viewer, found)
      return found
    },
    known: (viewer) => known.get(viewer),
    all: () => known.values(),
    answered(viewer, asOf) {
      if (asOf > (endedAt.get(viewer) ?? 0)) endedAt.delete(viewer)
    },
    ended(viewer, at) {
      endedAt.set(viewer, Math.max(at, endedAt.get(viewer) ?? 0))
      held.delete(viewer)
      if (known.delete(viewer)) changed()
    },
    heard(peerId) {
      for (const one of known.values()) void look(one, peerId).catch(() => {})
    }
  }
}
