import { createCounter } from './counter.ts'
import type { RelayLimits } from './limits.ts'

/** The groups that have members here: how many each has, and from which address its first one came. */
export interface GroupMembers {
  /** Whether a peer from this address can be the next member of the group; notes the address for a group that is new here. */
  canJoin(groupId: string, host: string | undefined): boolean
  join(groupId: string): void
  leave(groupId: string): void
  /** How many members each group has. */
  readonly counts: ReadonlyMap<string, number>
}

export interface GroupHooks {
  /** Makes room for one more group, or says that there is none. */
  admits(groupId: string): boolean
  first(groupId: string): void
  last(groupId: string): void
}

export function createGroupMembers(limits: RelayLimits, hooks: GroupHooks): GroupMembers {
  const counts = new Map<string, number>()
  const firstFrom = new Map<string, string | undefined>()
  const groupsFrom = createCounter()
  return {
    canJoin(groupId, host) {
      if (counts.has(groupId)) return true
      if (groupsFrom.of(host) >= limits.groupsPerAddress || !hooks.admits(groupId)) return false
      firstFrom.set(groupId, host)
      groupsFrom.add(host, 1)
      return true
    },
    join(groupId) {
      const count = (counts.get(groupId) ?? 0) + 1
      counts.set(groupId, count)
      if (count === 1) hooks.first(groupId)
    },
    leave(groupId) {
      const left = (counts.get(groupId) ?? 1) - 1
      if (left > 0) return void counts.set(groupId, left)
      counts.delete(groupId)
      groupsFrom.add(firstFrom.get(groupId), -1)
      firstFrom.delete(groupId)
      hooks.last(groupId)
    },
    counts
  }
}
