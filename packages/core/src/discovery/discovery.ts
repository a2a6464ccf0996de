import type { MeshError } from '../errors.ts'

/** Where a member can be reached. */
export interface PeerRecord {
  peerId: string
  name: string
  /** Multiaddrs. */
  addresses: string[]
  /** Milliseconds since the epoch. */
  lastSeen: number
}

/** One way to learn of other members. A rejection is logged once and retried with backoff by the mesh. */
export interface Discovery {
  readonly name: string
  /** Begins to look; calls `found` for every record that is new or changed, this member's own included or not. */
  start(found: (peer: PeerRecord) => void): Promise<void>
  /** Tells others about this member; called at the start, when its addresses change, and regularly so that it does not expire. */
  announce(self: PeerRecord): Promise<void>
  /** Takes this member's announcement back and ends every timer and watch. A second stop does nothing. */
  stop(): Promise<void>
}

/** Of `filePeers`, which exists in Node only. */
export interface FilePeersOptions {
  /** Folder that all members share; made for its owner only when it is missing. */
  directory: string
  /** A member that has not announced itself for so long is ignored. Default 300,000 (5 minutes). */
  expireMs?: number | undefined
  /** The folder is looked at this often, five times less while nothing changes, and at once where the system tells of changes. Default 1,000. */
  pollMs?: number | undefined
  /** Milliseconds since the epoch. Default `Date.now`. */
  now?: (() => number) | undefined
  /** Hears of what goes wrong while nobody waits, once until it works again. */
  onWarning?: ((error: MeshError) => void) | undefined
}

/** Of `mdns`, which exists in Node only. */
export interface MdnsOptions {
  /** Members with one tag find each other: the group's id, say. Its first 16 characters count. */
  tag: string
  /** How often the network is asked, in ms. Default 10,000. */
  intervalMs?: number | undefined
  /** Milliseconds since the epoch. Default `Date.now`. */
  now?: (() => number) | undefined
  /** Hears once that the network cannot be asked. */
  onWarning?: ((error: MeshError) => void) | undefined
}
