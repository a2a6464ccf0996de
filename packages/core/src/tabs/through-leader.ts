import type { Lease } from '../exchange/seek.ts'
import { alone, type Members, type OwnSide } from '../members.ts'
import type { Peer } from '../transport/transport.ts'

/** The tab that holds the connections, for one that does not: members are asked and told by it. Nothing here rejects. */
export interface LeadingTab {
  /** As {@link Members.lookUp}; what members have is in the store afterwards. */
  seek(key: string, after: number | undefined): Promise<Lease | undefined>
  /** An own entry is in the store, new or seen current, and is for members. */
  told(key: string, isNew: boolean): void
  purge(target: string): Promise<void>
  holders(key: string, hash: string): Promise<Peer[]>
  /** Members that it is connected to, as far as this tab has heard. */
  peers(): Peer[]
}

/** The other members, for a tab whose connections another tab holds. */
export const throughLeader =
  (leader: LeadingTab) =>
  (own: OwnSide): Members => ({
    ...alone(own),
    isAlone: false,
    isElsewhere: true,
    lookUp: (key, { after }) => leader.seek(key, after),
    announce: (key) => leader.told(key, true),
    touched: (key) => leader.told(key, false),
    purge: (target) => leader.purge(target),
    holders: (key, hash) => leader.holders(key, hash),
    peers: () => leader.peers()
  })
