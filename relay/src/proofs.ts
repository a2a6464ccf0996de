import type { CheckedProof } from 'ghmesh/protocol'
import { createCheckedProofs } from './checked-proofs.ts'
import { createGroupMembers, type GroupHooks } from './group-members.ts'
import type { RelayLimits } from './limits.ts'
import { createProofWaiters } from './proof-waiters.ts'
import type { Reason, Tally } from './tally.ts'

/** Which connected peer has shown that it belongs to which groups. */
export interface Proofs {
  /** Checks that a proof is valid for this peer; a relay needs no secret for that. */
  check(proof: Uint8Array, peerId: string): Promise<CheckedProof | undefined>
  /** Checks a proof of a connected peer and remembers it; false, and counted, if it is not valid. */
  show(proof: Uint8Array, peerId: string): Promise<boolean>
  /** Extends the validity of what a connected peer has shown before; for proofs that come with its messages. */
  renew(peerId: string, proof: CheckedProof): void
  holds(peerId: string, groupId: string): boolean
  groupsOf(peerId: string): string[]
  /** Whether two peers are in the same group. */
  together(one: string, other: string): boolean
  /** Resolves to true once the peer has shown what is needed (default: any group), and to false when the time is up or it has gone. */
  wait(peerId: string, ms: number, isShown?: () => boolean): Promise<boolean>
  /** The peer has gone. */
  forget(peerId: string): void
  /** Drops what has expired. */
  sweep(): void
  /** Groups that have a member here, and how many. */
  readonly groups: ReadonlyMap<string, number>
  /** Peers with a proof. */
  readonly members: number
}

export interface ProofsHooks extends GroupHooks {
  isConnected(peerId: string): boolean
  /** Where a peer connects from; undefined where the limits per address do not apply. */
  hostOf(peerId: string): string | undefined
  proven(peerId: string, groupId: string): void
  /** A peer that is still connected has left a group. */
  lapsed(peerId: string, groupId: string): void
}

export function createProofs(
  limits: RelayLimits,
  served: ReadonlySet<string> | undefined,
  tally: Tally,
  now: () => number,
  hooks: ProofsHooks
): Proofs {
  const { check } = createCheckedProofs(limits, now)
  const waiters = createProofWaiters(hooks.isConnected)
  const groups = createGroupMembers(limits, hooks)
  /** For each peer, its groups, and until when its proof of each holds. */
  const peers = new Map<string, Map<string, number>>()

  const refuse = (reason: Reason): false => {
    tally.rejected(reason)
    return false
  }
  const holds = (peerId: string, groupId: string) => (peers.get(peerId)?.get(groupId) ?? 0) > now()
  const groupsOf = (peerId: string) => [...(peers.get(peerId)?.keys() ?? [])].filter((id) => holds(peerId, id))

  function leave(peerId: string, groupId: string): void {
    peers.get(peerId)?.delete(groupId)
    if (peers.get(peerId)?.size === 0) peers.delete(peerId)
    groups.leave(groupId)
  }

  return {
    check,
    async show(proof, peerId) {
      const result = await check(proof, peerId)
      if (!result) return refuse('proof')
      const { groupId, expiresAt } = result
      if (served && !served.has(groupId)) return refuse('group-not-served')
      if (!hooks.isConnected(peerId)) return false // it went while its proof was checked
      const shown = peers.get(peerId) ?? new Map<string, number>()
      const before = shown.get(groupId)
      if (before === undefined) {
        if (shown.size >= limits.groupsPerPeer) return refuse('groups-per-peer')
        if (!groups.canJoin(groupId, hooks.hostOf(peerId))) return refuse('groups-full')
      }
      peers.set(peerId, shown.set(groupId, Math.max(before ?? 0, expiresAt)))
      if (before === undefined) {
        groups.join(groupId)
        hooks.proven(peerId, groupId)
      }
      // For a renewed one too: the one before may have expired.
      waiters.wake(peerId)
      return true
    },
    renew(peerId, { groupId, expiresAt }) {
      const shown = peers.get(peerId)
      if ((shown?.get(groupId) ?? expiresAt) >= expiresAt) return
      shown?.set(groupId, expiresAt)
      waiters.wake(peerId)
    },
    holds,
    groupsOf,
    together: (one, other) => groupsOf(one).some((groupId) => holds(other, groupId)),
    wait: (peerId, ms, isShown = () => groupsOf(peerId).length > 0) => waiters.wait(peerId, ms, isShown),
    forget(peerId) {
      for (const groupId of [...(peers.get(peerId)?.keys() ?? [])]) leave(peerId, groupId)
      waiters.wake(peerId)
    },
    sweep() {
      for (const [peerId, shown] of [...peers]) {
        for (const [groupId, expiresAt] of [...shown]) {
          if (expiresAt > now()) continue
          leave(peerId, groupId)
          hooks.lapsed(peerId, groupId)
        }
      }
    },
    groups: groups.counts,
    get members() {
      return peers.size
    }
  }
}
