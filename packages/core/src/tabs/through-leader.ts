import type { Entry } from '../entry.ts'
import type { Lease } from '../exchange/seek.ts'
import { createKeptOnShelf, isForShelf } from '../exchange/shelf-kept.ts'
import { alone, type Members, type OwnSide } from '../members.ts'
import type { Peer } from '../transport/transport.ts'

/** The tab that holds the connections, for one that does not: members are asked and told by it. Nothing here rejects. */
export interface LeadingTab {
  /** As {@link Members.lookUp}; what members have is in the store afterwards. */
  seek(key: string, after: number | undefined): Promise<Lease | undefined>
  /** An own entry is in the store, new or seen current, and is for members. */
  told(key: string, isNew: boolean): void
  /** Members are told that these are stale. */
  purge(targets: readonly string[]): Promise<void>
  /** All tabs are told that this is. */
  tellTabs(target: string, asOf: number): void
  /** These names of a repository turned out not to be public. */
  hidden(names: readonly string[]): void
  holders(key: string, hash: string): Promise<Peer[]>
  /** Members that it is connected to, as far as this tab has heard. */
  peers(): Peer[]
  /** One of its relays keeps what it tells for members that come later. */
  readonly hasShelf: boolean
}

/** The other members, for a tab whose connections another tab holds. */
export const throughLeader =
  (leader: LeadingTab) =>
  (own: OwnSide): Members => {
    const kept = createKeptOnShelf()
    const tell = (key: string, { hash }: Entry, isNew: boolean) => {
      kept.set(key, { hash, at: [], targets: [], signedAt: own.localNow() })
      leader.told(key, isNew)
    }
    return {
      ...alone(own),
      isAlone: false,
      isElsewhere: true,
      lookUp: (key, { after }) => leader.seek(key, after),
      announce: (key, entry) => tell(key, entry, true),
      touched: (key, entry) => tell(key, entry, false),
      purge: leader.purge,
      tellTabs: leader.tellTabs,
      hidden: leader.hidden,
      holders: (key, hash) => leader.holders(key, hash),
      peers: () => leader.peers(),
      get canTell() {
        return leader.peers().length > 0 || leader.hasShelf
      },
      hears: (key, entry) =>
        leader.peers().length > 0 || (leader.hasShelf && isForShelf(kept.get(key), entry, own.localNow()))
    }
  }
