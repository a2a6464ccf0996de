import { LRU } from 'tiny-lru'
import { equal, hex } from '../bytes.ts'
import type { Entry } from '../entry.ts'
import { tokenIn } from '../github/credential.ts'
import { keyOf } from '../github/key.ts'
import { isResource, type TokenLimit } from '../github/rate-limit.ts'
import { type ApiRequest, fitsTheWire } from '../github/request.ts'
import { isForAll } from '../rules/share.ts'
import { createHeldToken, createLook, type HeldToken, type HeldTokenOptions, mayGive } from './held-token.ts'
import type { LeaseEnd } from './leases.ts'
import type { LookupHow } from './lookup.ts'
import type { OfToken } from './respond.ts'
import type { Lease } from './seek.ts'
import { purgesToTell } from './told-purges.ts'

/** Whose request it is. */
export type TokenUser = Pick<ApiRequest, 'authorization' | 'viewer'>

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
  const { group, roster, records, limits, self } = options
  const held = new LRU<Promise<HeldToken>>(limits.sharedTokens)
  /** The same, once they are made: what can be told without waiting. */
  const known = new Map<string, HeldToken>()
  held.onEvict(({ key }) => void known.delete(key))
  const endedAt = new LRU<number>(limits.viewersPerBody)
  const isClean = createLook()

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
    options.changed()
    return one
  }

  async function heldOf({ authorization, viewer }: TokenUser): Promise<HeldToken | undefined> {
    const token = authorization === undefined ? undefined : tokenIn(authorization)
    if (token === undefined || endedAt.has(viewer)) return undefined
    const found = held.get(viewer) ?? make(viewer, token)
    held.set(viewer, found)
    return found
  }

  const membersOf = ({ members }: HeldToken) => roster.known().filter((peerId) => members.has(peerId))

  async function lookUp(request: ApiRequest, how: Pick<LookupHow, 'held' | 'nobodyElse' | 'after'>) {
    const one = await heldOf(request)
    const { canonical: url, accept, apiVersion, key } = request
    if (!one || one.members.size === 0 || !fitsTheWire({ url, accept, apiVersion })) return undefined
    return one.lookup.find(key, { ...how, commonKey: await keyOf({ url, accept, apiVersion }) })
  }

  async function hold(user: TokenUser, entry: Entry): Promise<LeaseEnd> {
    if (entry.asOf > (endedAt.get(user.viewer) ?? 0)) endedAt.delete(user.viewer)
    const one = await heldOf(user)
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
    const one = await heldOf(user)
    if (!one) return
    const told = purgesToTell(targets, options.check().api).map((what) => ({ ...what, asOf: Math.round(asOf) }))
    await Promise.all(
      membersOf(one).flatMap((peerId) => told.map((what) => options.requests.purged(peerId, what, one.proof)))
    )
  }

  const sameToken: SameToken = {
    use: async (user) => void (await heldOf(user).catch(() => {})),
    lookUp: (request, how) => lookUp(request, how).catch(() => undefined),
    hold: (user, entry) => hold(user, entry).catch(() => nothing),
    ended(viewer, at) {
      endedAt.set(viewer, at)
      held.delete(viewer)
      if (known.delete(viewer)) options.changed()
    },
    limited(viewer, limit) {
      const one = limit.resource === undefined || isResource(limit.resource) ? known.get(viewer) : undefined
      for (const peerId of one ? membersOf(one) : [])
        void options.requests.limited(peerId, limit, (one as HeldToken).proof)
    },
    purge: (user, targets, asOf) => purge(user, targets, asOf).catch(() => {}),
    rankOf(viewer) {
      const one = known.get(viewer)
      return one ? membersOf(one).filter((peerId) => peerId < self()).length : 0
    }
  }
  return {
    ...sameToken,
    /** What a peer can have that shows by a proof that it holds a token; undefined where this member does not hold it. */
    async ofToken(from: string, proof: Uint8Array): Promise<OfToken | undefined> {
      for (const one of known.values()) {
        if (!equal(await one.group.proofFor(from), proof)) continue
        one.members.add(from)
        return one.ofToken
      }
      return undefined
    },
    /** A member has told of itself. */
    heard: (peerId: string): void => {
      for (const one of known.values()) void look(one, peerId).catch(() => {})
    },
    /** This member's proofs of the tokens that it holds. */
    proofs: (): Uint8Array[] => [...known.values()].map(({ proof }) => proof)
  }
}
