import { LRU } from 'tiny-lru'
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
  /** Makes these stale for everybody, as another tab has done for itself: each a URL or a repository. */
  purgeAll(targets: readonly string[]): Promise<void>
  /** Another tab has made this stale for everybody. */
  purged(urlOrRepository: string): void
}

/** Adds to a mesh what other tabs ask of it. */
export function localMesh({ mesh, member }: StartedMesh): LocalMesh {
  const { cache, members, mayShare, purges, purge, githubNow, mostGithubNow, latestGithubNow } = member
  // Bounded, because any page of the origin can ask.
  const granted = new LRU<Lease>(1000)
  const lastTold = new LRU<number>(10_000)
  return Object.assign(mesh, {
    async seek(key: string, after?: number) {
      const held = (await cache.reload(key))?.entries[0]
      const lease = await members.lookUp(key, { held, nobodyElse: false, after })
      if (lease) granted.set(key, lease)
      return lease !== undefined
    },
    ended(key: string, how: LeaseEnd) {
      granted.get(key)?.end(how)
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
    async purgeAll(targets: readonly string[]) {
      const known = targets.filter((target) => purges.normalise(target) !== undefined)
      await Promise.all([purge(known, mostGithubNow()), members.purge(known, latestGithubNow())])
    },
    holdersOf: members.holders,
    purged: (target: string) => void purge([target], githubNow())
  })
}
