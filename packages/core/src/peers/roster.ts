import type { Emit } from '../events.ts'
import type { Group } from '../group/group.ts'
import type { Limits } from '../limits.ts'
import type { Peer, Transport } from '../transport/transport.ts'
import type { MemberRecords } from './member-records.ts'
import { createMemberWaiters } from './member-waiters.ts'

/** Which peers are connected, and which of them are members. */
export interface Roster {
  connected(peer: Peer): void
  disconnected(peerId: string): void
  /** A peer has shown its proof. */
  prove(peerId: string, group: Group): void
  /** A peer has shown its proof and taken ours: true when it becomes a member by it. */
  join(peerId: string, group: Group): boolean
  /** The group whose proof a connected peer has shown. */
  groupOf(peerId: string): Group | undefined
  /** Connected, and its proof is known, but it has not taken ours yet. */
  halfKnown(): string[]
  /** Connected, and proven both ways. */
  list(): Peer[]
  /** Peer ids of the members that can be asked: those connected, and those whose presence says where they are. */
  known(): string[]
  /** The connected members that came last, beyond the first `most`. */
  beyond(most: number): string[]
  isMember(peerId: string): boolean
  /** Resolves when a peer has become a member. Rejects when it goes before, or with the signal's reason. */
  whenMember(peerId: string, signal: AbortSignal): Promise<void>
  isConnected(peerId: string): boolean
  /** The members that can be asked and grant leases. */
  leasing(): string[]
  /** Waits for nobody's proof any more. */
  stop(): void
}

export interface RosterOptions {
  limits: Pick<Limits, 'unprovenPeers' | 'proofMs'>
  records: Pick<MemberRecords, 'nameOf' | 'reachable' | 'grantsLeases'>
  /** Its word is asked for a peer's path and round trip now. */
  transport: Pick<Transport, 'peers'>
  emit: Emit
  /** Whether a peer may stay without a proof. */
  mayStay(peerId: string): boolean
  /** A peer has shown no proof in time. */
  unproven(peerId: string): void
}

export function createRoster({ limits, records, transport, emit, mayStay, unproven }: RosterOptions): Roster {
  const connected = new Map<
    string,
    { peer: Peer; group?: Group; joined?: boolean; timer?: ReturnType<typeof setTimeout> | undefined }
  >()
  // In the order in which they became members.
  const members = new Set<string>()
  const waiters = createMemberWaiters()
  const named = (peer: Peer): Peer => ({ ...peer, name: records.nameOf(peer.id) ?? peer.name })

  /** Among many that show no proof, the one that has waited longest goes: an honest one shows its at once. */
  const makeRoom = () => {
    const waiting = [...connected].filter(([, { timer, group }]) => timer !== undefined && group === undefined)
    if (waiting.length < limits.unprovenPeers) return
    const [[peerId]] = waiting as [[string, unknown]]
    clearTimeout(connected.get(peerId)?.timer)
    connected.delete(peerId)
    unproven(peerId)
  }
  const roster: Roster = {
    connected(peer) {
      const known = connected.get(peer.id)
      if (known) {
        known.peer = peer
        return
      }
      makeRoom()
      const timer = mayStay(peer.id) ? undefined : setTimeout(() => unproven(peer.id), limits.proofMs)
      connected.set(peer.id, { peer, timer })
    },
    disconnected(peerId) {
      const known = connected.get(peerId)
      clearTimeout(known?.timer)
      connected.delete(peerId)
      members.delete(peerId)
      waiters.settle(peerId, false)
      if (known?.joined) emit('peer:disconnect', named(known.peer))
    },
    prove(peerId, group) {
      const known = connected.get(peerId)
      clearTimeout(known?.timer)
      if (known) known.group = group
    },
    join(peerId, group) {
      roster.prove(peerId, group)
      const known = connected.get(peerId)
      if (!known || known.joined) return false
      known.joined = true
      members.add(peerId)
      waiters.settle(peerId, true)
      emit('peer:connect', named(known.peer))
      return true
    },
    halfKnown: () => [...connected].filter(([, { group, joined }]) => group && !joined).map(([peerId]) => peerId),
    groupOf: (peerId) => connected.get(peerId)?.group,
    list: () =>
      transport
        .peers()
        .filter(({ id }) => connected.get(id)?.joined)
        .map(named),
    known: () => [...new Set([...members, ...records.reachable()])],
    beyond: (most) => [...members].slice(most),
    isMember: (peerId) => members.has(peerId),
    async whenMember(peerId, signal) {
      if (!members.has(peerId)) await waiters.wait(peerId, signal)
    },
    isConnected: (peerId) => connected.has(peerId),
    leasing: () => roster.known().filter(records.grantsLeases),
    stop() {
      for (const { timer } of connected.values()) clearTimeout(timer)
      waiters.stop()
    }
  }
  return roster
}
