import type { Limits } from '../limits.ts'
import type { ToldMember } from '../protocol/wire.ts'
import type { MeshStats } from '../stats.ts'
import { presenceIntervalMs } from './presence.ts'

/** What a member last told of itself. */
interface MemberRecord {
  name: string
  version: string
  /** Absent where only others told of it. */
  stats?: Partial<MeshStats>
  addresses: string[]
  /** It grants leases. */
  leases?: boolean | undefined
  /** Its proofs of the tokens that it holds. */
  holds?: readonly Uint8Array[] | undefined
  /** By its own clock, ms; absent where only others told of it. */
  sentAt?: number
  heardAt: number
}

/** What members report about themselves, connected or not. Bounded: those heard longest ago go first. */
export interface MemberRecords {
  /** False for what is older than what is known, as gossip that comes late can be. */
  hear(peerId: string, presence: Omit<MemberRecord, 'heardAt'> & { sentAt: number }): boolean
  /** Takes what another member says of one. True when nothing was known of it. */
  learn(peerId: string, told: Omit<MemberRecord, 'heardAt' | 'sentAt' | 'stats' | 'holds'>, heardMs: number): boolean
  /** What is told of members: those heard last. */
  told(): ToldMember[]
  /** Its presence was heard lately, or told by others. */
  isPresent(peerId: string): boolean
  /** Its presence was heard lately from itself: a member that lies can tell of others at any address. */
  hasSpoken(peerId: string): boolean
  nameOf(peerId: string): string | undefined
  grantsLeases(peerId: string): boolean
  /** The proofs of tokens in what a member last said itself. */
  holds(peerId: string): readonly Uint8Array[]
  /** Peer ids of those heard lately that said where they are. */
  reachable(): string[]
  /** Figures of members heard lately, connected or not, by name; a name that is taken has some of the peer id behind it. */
  stats(ownName: string): Record<string, Partial<MeshStats>>
}

export interface MemberRecordsOptions {
  ownId(): string
  limits: Pick<Limits, 'presenceForgottenMs' | 'presenceMs' | 'presencePerMemberMs' | 'presentMembers' | 'frameBytes'>
  localNow: () => number
  isConnected(peerId: string): boolean
  isMember(peerId: string): boolean
}

/** Members told of at once: with addresses, about 50 KiB. */
const maxTold = 200
/** What a member takes besides its texts. */
const memberChars = 80
/** So many repetitions can be lost. */
const presencesUntilForgotten = 5

/** The first of them, as many as one frame has room for, whatever addresses they have; a character takes three bytes at most. */
function thatFit(members: readonly ToldMember[], frameBytes: number): ToldMember[] {
  let left = frameBytes / 3
  return members.filter(({ peerId, name, version, addresses }) => {
    left -= memberChars + `${peerId}${name}${version}${addresses.join('____')}`.length
    return left >= 0
  })
}

export function createMemberRecords(options: MemberRecordsOptions): MemberRecords {
  const { ownId, limits, localNow, isConnected, isMember } = options
  const records = new Map<string, MemberRecord>()

  const forgottenMs = () =>
    Math.max(limits.presenceForgottenMs, presencesUntilForgotten * presenceIntervalMs(limits, records.size))
  const forgetOld = () => {
    const heardSince = localNow() - forgottenMs()
    for (const [peerId, { heardAt }] of records) {
      if (heardAt < heardSince && !isConnected(peerId)) records.delete(peerId)
    }
    if (records.size <= limits.presentMembers) return
    // The longest unheard come first; one that is connected is somebody.
    const spare = [...records.keys()].filter((peerId) => !isConnected(peerId))
    for (const peerId of spare.slice(0, records.size - limits.presentMembers)) records.delete(peerId)
  }

  return {
    hear(peerId, presence) {
      const olderMs = (records.get(peerId)?.sentAt ?? 0) - presence.sentAt
      // Gossip is late by some seconds. What seems to be older still comes from a clock that was set back.
      if (olderMs > 0 && olderMs < limits.presenceMs) return false
      records.delete(peerId)
      records.set(peerId, { ...presence, heardAt: localNow() })
      forgetOld()
      return true
    },
    learn(peerId, { name, version, addresses, leases }, heardMs) {
      const heardAt = localNow() - heardMs
      const known = records.get(peerId)
      if (peerId === ownId() || localNow() - heardAt > forgottenMs()) return false
      // What a member says itself is not changed by what others say of it.
      if (known) known.heardAt = Math.max(known.heardAt, heardAt)
      else if (records.size < limits.presentMembers) records.set(peerId, { name, version, addresses, leases, heardAt })
      return !known
    },
    told() {
      forgetOld()
      const all = [...records].map(([peerId, { name, version, addresses, leases, heardAt }]) => ({
        peerId,
        name,
        version,
        addresses,
        leases,
        // Of a member that is connected, this one knows that it is there now.
        heardMs: isMember(peerId) ? 0 : Math.max(0, Math.round(localNow() - heardAt))
      }))
      return thatFit(all.sort((a, b) => a.heardMs - b.heardMs).slice(0, maxTold), limits.frameBytes)
    },
    isPresent: (peerId) => records.has(peerId),
    hasSpoken: (peerId) => records.get(peerId)?.stats !== undefined,
    nameOf: (peerId) => records.get(peerId)?.name,
    grantsLeases: (peerId) => records.get(peerId)?.leases ?? false,
    holds: (peerId) => records.get(peerId)?.holds ?? [],
    reachable() {
      const heardSince = localNow() - forgottenMs()
      const found: string[] = []
      for (const [peerId, { addresses, heardAt }] of records)
        if (addresses.length > 0 && heardAt >= heardSince) found.push(peerId)
      return found
    },
    stats(ownName) {
      forgetOld()
      const named = new Map<string, Partial<MeshStats>>()
      for (const [peerId, { name, stats }] of records) {
        if (!stats) continue
        named.set(name === ownName || named.has(name) ? `${name}-${peerId.slice(-8)}` : name, stats)
      }
      return Object.fromEntries(named)
    }
  }
}
