import { equal, hex } from '../bytes.ts'
import type { Entry } from '../entry.ts'
import { keyOf } from '../github/key.ts'
import { isResource, type TokenLimit } from '../github/rate-limit.ts'
import { type ApiRequest, fitsTheWire } from '../github/request.ts'
import { isForAll } from '../rules/share.ts'
import type { HeldToken, HeldTokenOptions } from './held-token.ts'
import { createHeldTokens, type TokenUser } from './held-tokens.ts'
import type { LeaseEnd } from './lease.ts'
import type { LookupHow } from './lookup.ts'
import type { OfToken } from './respond.ts'
import type { Lease } from './seek.ts'
import { createLook, mayGive } from './token-answers.ts'
import { purgesToTell } from './told-purges.ts'

/** Those members that hold the same token share what it sees: PROTOCOL.md, section 13. Nothing here rejects. */
export interface SameToken {
  /** A token is used here from now on: those that hold it too may ask for what it sees. */
  use(user: TokenUser): Promise<void>
  /** As `Lookup.find`, among those that hold the token of a request. */
  lookUp(request: ApiRequest, how: Pick<LookupHow, 'held' | 'nobodyElse' | 'after'>): Promise<Lease | undefined>
  /** GitHub showed an entry to a token just now. Resolves to what those that hold the token too can have of it. */
  hold(user: TokenUser, entry: Entry): Promise<LeaseEnd>
  /** GitHub does not know a viewer's token any more: nothing of it is asked for or given until it answers that token again. */
  ended(viewer: string, at: number): void
  /** GitHub refuses a viewer's token, or said what is left to it: those that hold it too need not find out by themselves. */
  limited(viewer: string, limit: TokenLimit): void
  /** Something that a token sees is stale: those that hold it too are told. */
  purge(user: TokenUser, targets: readonly string[], asOf: number): Promise<void>
  /** How many of those that hold a viewer's token come before this member, in an order that is the same for all. */
  rankOf(viewer: string): number
}

const nothing: LeaseEnd = { state: 'nothing' }

export function createSameToken(options: HeldTokenOptions) {
  const { roster, self } = options
  const isClean = createLook()
  const tokens = createHeldTokens(options, isClean)

  const membersOf = ({ members }: HeldToken) => roster.known().filter((peerId) => members.has(peerId))

  async function lookUp(request: ApiRequest, how: Pick<LookupHow, 'held' | 'nobodyElse' | 'after'>) {
    const one = await tokens.of(request)
    const { canonical: url, accept, apiVersion, key } = request
    if (!one || one.members.size === 0 || !fitsTheWire({ url, accept, apiVersion })) return undefined
    return one.lookup.find(key, { ...how, commonKey: await keyOf({ url, accept, apiVersion }) })
  }

  async function hold(user: TokenUser, entry: Entry): Promise<LeaseEnd> {
    tokens.answered(user.viewer, entry.asOf)
    const one = await tokens.of(user)
    const { url, accept, apiVersion, hash, asOf } = entry
    if (!one || !fitsTheWire(entry)) return nothing
    const common = { url, accept, apiVersion }
    const { api, routeOf } = options.check()
    const route = routeOf(api.pathOf(new URL(url)) ?? '')
    const commonKey = await keyOf(common)
    const key = isForAll(route, user.viewer) ? commonKey : await keyOf({ ...common, viewer: user.viewer })
    one.keys.set(hex(await one.group.wireKey(commonKey)), key)
    if (one.members.size === 0) return nothing
    return (await mayGive(options, entry, isClean)) ? { state: 'stored', hash, asOf } : nothing
  }

  async function purge(user: TokenUser, targets: readonly string[], asOf: number): Promise<void> {
    const one = await tokens.of(user)
    if (!one) return
    const told = purgesToTell(targets, options.check().api).map((what) => ({ ...what, asOf: Math.round(asOf) }))
    await Promise.all(
      membersOf(one).flatMap((peerId) => told.map((what) => options.requests.purged(peerId, what, one.proof)))
    )
  }

  const sameToken: SameToken = {
    use: async (user) => void (await tokens.of(user).catch(() => {})),
    lookUp: (request, how) => lookUp(request, how).catch(() => undefined),
    hold: (user, entry) => hold(user, entry).catch(() => nothing),
    ended: tokens.ended,
    limited(viewer, limit) {
      const one = limit.resource === undefined || isResource(limit.resource) ? tokens.known(viewer) : undefined
      for (const peerId of one ? membersOf(one) : [])
        void options.requests.limited(peerId, limit, (one as HeldToken).proof)
    },
    purge: (user, targets, asOf) => purge(user, targets, asOf).catch(() => {}),
    rankOf(viewer) {
      const one = tokens.known(viewer)
      return one ? membersOf(one).filter((peerId) => peerId < self()).length : 0
    }
  }
  return {
    ...sameToken,
    /** What a peer can have that shows by a proof that it holds a token; undefined where this member does not hold it. */
    async ofToken(from: string, proof: Uint8Array): Promise<OfToken | undefined> {
      for (const one of tokens.all()) {
        if (!equal(await one.group.proofFor(from), proof)) continue
        one.members.add(from)
        return one.ofToken
      }
      return undefined
    },
    /** A member has told of itself. */
    heard: tokens.heard,
    /** This member's proofs of the tokens that it holds. */
    proofs: (): Uint8Array[] => [...tokens.all()].map(({ proof }) => proof)
  }
}
