import { type CheckedProof, checkProof } from 'ghmesh/protocol'
import { LRUCache } from 'lru-cache'
import type { RelayLimits } from './limits.ts'
import type { Reason, Tally } from './tally.ts'

/** Which connected peer has shown to be of which groups. */
export interface Proofs {
  /** Checks a proof against the peer it has to be of; a relay needs no secret for that. */
  check(proof: Uint8Array, peerId: string): Promise<CheckedProof | undefined>
  /** Checks a proof of a connected peer and remembers it; false, and counted, where it does not hold. */
  show(proof: Uint8Array, peerId: string): Promise<boolean>
  /** Prolongs what a connected peer has shown before; for proofs that come with its messages. */
  renew(peerId: string, proof: CheckedProof): void
  holds(peerId: string, groupId: string): boolean
  groupsOf(peerId: string): string[]
  /** Whether two peers are of one group. */
  together(one: string, other: string): boolean
  /** Resolves to true once the peer has shown what is asked, and to false when the time is up or it has gone. */
  wait(peerId: string, ms: number, shown?: () => boolean): Promise<boolean>
  /** The peer has gone. */
  forget(peerId: string): void
  /** Drops what has expired. */
  sweep(): void
  /** Groups that have a member here, and how many. */
  readonly groups: ReadonlyMap<string, number>
  /** Peers with a proof. */
  readonly members: number
}

export interface ProofsHooks {
  isConnected(peerId: string): boolean
  /** Where a peer connects from; undefined where that is not to be bounded. */
  hostOf(peerId: string): string | undefined
  /** Makes room for one group more, or says that there is none. */
  admits(groupId: string): boolean
  proven(peerId: string, groupId: string): void
  /** A peer that is still connected is of a group no more. */
  lapsed(peerId: string, groupId: string): void
  first(groupId: string): void
  last(groupId: string): void
}

export function createProofs(
  limits: RelayLimits,
  served: ReadonlySet<string> | undefined,
  tally: Tally,
  now: () => number,
  hooks: ProofsHooks
): Proofs {
  const checked = new LRUCache<string, Promise<CheckedProof | undefined>>({ max: limits.rememberedProofs })
  const peers = new Map<string, Map<string, number>>()
  const groups = new Map<string, number>()
  const firstFrom = new Map<string, string | undefined>()
  const waiting = new Map<string, Set<() => void>>()

  const refuse = (reason: Reason): false => {
    tally.rejected(reason)
    return false
  }
  const holds = (peerId: string, groupId: string) => (peers.get(peerId)?.get(groupId) ?? 0) > now()
  const groupsOf = (peerId: string) => [...(peers.get(peerId)?.keys() ?? [])].filter((id) => holds(peerId, id))
  const wake = (peerId: string) => {
    for (const look of waiting.get(peerId) ?? []) look()
  }

  async function check(proof: Uint8Array, peerId: string): Promise<CheckedProof | undefined> {
    const name = `${peerId} ${Buffer.from(proof).toString('base64')}`
    const checking = checked.get(name) ?? checkProof(proof, peerId, now(), limits.proofLifetimeMs)
    checked.set(name, checking)
    const result = await checking
    // Not kept: anybody can make these without end.
    if (!result) checked.delete(name)
    return result && result.expiresAt > now() ? result : undefined
  }

  function mayAdd(peerId: string, groupId: string): boolean {
    if ((peers.get(peerId)?.size ?? 0) >= limits.groupsPerPeer) return refuse('groups-per-peer')
    if (groups.has(groupId)) return true
    const host = hooks.hostOf(peerId)
    const fromThere = host === undefined ? 0 : [...firstFrom.values()].filter((other) => other === host).length
    if (fromThere >= limits.groupsPerAddress || !hooks.admits(groupId)) return refuse('groups-full')
    firstFrom.set(groupId, host)
    return true
  }

  function leave(peerId: string, groupId: string): void {
    peers.get(peerId)?.delete(groupId)
    if (peers.get(peerId)?.size === 0) peers.delete(peerId)
    const left = (groups.get(groupId) ?? 1) - 1
    if (left > 0) return void groups.set(groupId, left)
    groups.delete(groupId)
    firstFrom.delete(groupId)
    hooks.last(groupId)
  }

  return {
    check,
    async show(proof, peerId) {
      const result = await check(proof, peerId)
      if (!result) return refuse('proof')
      const { groupId, expiresAt } = result
      if (served && !served.has(groupId)) return refuse('group-not-served')
      if (!hooks.isConnected(peerId)) return false // it went while its proof was checked
      const before = peers.get(peerId)?.get(groupId)
      if (before === undefined && !mayAdd(peerId, groupId)) return false
      const shown = peers.get(peerId) ?? new Map<string, number>()
      peers.set(peerId, shown.set(groupId, Math.max(before ?? 0, expiresAt)))
      if (before !== undefined) return true
      groups.set(groupId, (groups.get(groupId) ?? 0) + 1)
      if (groups.get(groupId) === 1) hooks.first(groupId)
      hooks.proven(peerId, groupId)
      wake(peerId)
      return true
    },
    renew(peerId, { groupId, expiresAt }) {
      const shown = peers.get(peerId)
      if ((shown?.get(groupId) ?? expiresAt) < expiresAt) shown?.set(groupId, expiresAt)
    },
    holds,
    groupsOf,
    together: (one, other) => groupsOf(one).some((groupId) => holds(other, groupId)),
    wait(peerId, ms, shown = () => groupsOf(peerId).length > 0) {
      if (shown()) return Promise.resolve(true)
      return new Promise((resolve) => {
        const looks = waiting.get(peerId) ?? new Set()
        waiting.set(peerId, looks)
        const settle = (found: boolean) => {
          clearTimeout(timer)
          looks.delete(look)
          if (looks.size === 0 && waiting.get(peerId) === looks) waiting.delete(peerId)
          resolve(found)
        }
        const look = () => {
          if (shown()) settle(true)
          else if (!hooks.isConnected(peerId)) settle(false)
        }
        const timer = setTimeout(settle, ms, false)
        looks.add(look)
      })
    },
    forget(peerId) {
      for (const groupId of [...(peers.get(peerId)?.keys() ?? [])]) leave(peerId, groupId)
      wake(peerId)
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
    groups,
    get members() {
      return peers.size
    }
  }
}
