import type { Discovery } from '../discovery/discovery.ts'
import type { Group } from '../group/group.ts'
import type { OwnSide } from '../members.ts'
import type { Transport } from '../transport/transport.ts'

/** What only a member of a group has. */
export interface NetworkParts {
  /** The first is the member's own; of the others it takes what they say. */
  groups: readonly [Group, ...Group[]]
  transport: Transport
  discovery: readonly Discovery[]
  /** Multiaddrs of relays, each ending in its peer id. */
  relays: readonly string[]
  name: string
  /** This page is hidden, and so too slow to be waited for. */
  isHidden(): boolean
  /** What a token sees is shared with those that hold it too. */
  sharesSameToken: boolean
}

/** The same, its own group by itself, and the rest of this member. */
export interface Side extends NetworkParts {
  group: Group
  own: OwnSide
}
