import { LRU } from 'tiny-lru'
import type { MeshEvents } from '../events.ts'
import type { LeaseEnd } from '../exchange/lease.ts'
import type { Lease } from '../exchange/seek.ts'
import type { Mesh, StartedMesh } from '../mesh.ts'
import type { Peer } from '../transport/transport.ts'

/** A mesh that runs here, as other tabs see it. Any page of the origin can ask for all of this: see `messages.ts`. */
export interface LocalMesh extends Mesh {
  /**
   * Asks members for an entry that is the same for everybody; what they have is in the store afterwards. Resolves to whether the
   * other tab holds the lease now, and calls GitHub for everybody who waits.
   */
  seek(key: string, after?: number): Promise<boolean>
  /** The call of another tab has ended for which `seek` brought the lease. */
  ended(key: string, how: LeaseEnd): void
  /** Another tab has put an entry of its own into the store, new or confirmed: members are told, if they may have it. */
  told(key: string, isNew: boolean): Promise<void>
  /** Connected members that hold a body. */
  holdersOf(key: string, hash: string): Promise<Peer[]>
  /** Members are told that these are stale, each a URL or a repository. */
  tellPurged(targets: readonly string[]): Promise<void>
  /** Another tab has seen that a repository with these names is not public: nobody is given anything of it until this one has looked. */
  hidden(names: readonly string[]): void
  /** Another tab has made this stale, or has heard that it is. */
  purged(what: MeshEvents['purged']): void
  /** What this tab takes GitHub's clock to be ahead of the local one, ms. */
  clockOffsetMs(): number
  /** What the tab that hears members takes it to be. Any page of the origin can say it, so it counts as a member's word does. */
  heardClockOffset(ms: number): void
}

/** Leases of one key. */
const maxAtOnce = 16

/** Adds to a mesh what other tabs ask of it. */
export function localMesh({ mesh, member }: StartedMesh): LocalMesh {
  const { cache, clock, members, mayShare, purges, purge, visibility } = member
  // Bounded, because any page of the origin can ask. Several tabs may be granted the same, each at other homes.
  const granted = new LRU<Lease[]>(1000)
  const lastTold = new LRU<number>(10_000)
  const isTarget = (said: string) => purges.normalise(said) !== undefined
  return Object.assign(mesh, {
    async seek(key: string, after?: number) {
      const held = (await cache.reload(key))?.entries[0]
      const lease = await members.lookUp(key, { held, nobodyElse: false, after })
      if (lease) granted.set(key, [...(granted.get(key) ?? []), lease].slice(-maxAtOnce))
      // What was accepted for another request is in memory before it is in the store.
      await cache.written()
      return lease !== undefined
    },
    ended(key: string, how: LeaseEnd) {
      for (const lease of granted.get(key) ?? []) lease.end(how)
      granted.delete(key)
    },
    async told(key: string, isNew: boolean) {
      const entry = (await cache.reload(key))?.entries.find(mayShare)
      // Each once, because any page of the origin can say it again and again.
      if (!entry || entry.asOf <= Math.max(purges.at(entry.url), lastTold.get(key) ?? 0)) return
      lastTold.set(key, entry.asOf)
      if (isNew) members.announce(key, entry)
      else members.touched(key, entry)
    },
    tellPurged: (targets: readonly string[]) => members.purge(targets.filter(isTarget), clock.latest()),
    hidden(names: readonly string[]) {
      const known = names.filter(isTarget)
      for (const name of known) visibility.suspect(name, clock.now())
      members.hidden(known)
    },
    holdersOf: members.holders,
    // Another tab says so at once, so all that is held here is from before. What a member purged may be told much later; it is
    // from no later than now, whatever a page of the origin says.
    purged: ({ target, asOf, peerId = '' }: MeshEvents['purged']) =>
      void purge([target], Math.min(peerId ? asOf : Infinity, clock.most()), peerId),
    clockOffsetMs: () => clock.now() - clock.local(),
    heardClockOffset: (ms: number) => clock.hear('', clock.local() + ms)
  })
}
