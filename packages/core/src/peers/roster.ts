import type { Emit } from '../events.ts'
import type { Group } from '../group/group.ts'
import type { Limits } from '../limits.ts'
import type { MeshStats } from '../stats.ts'
import type { Peer, Transport } from '../transport/transport.ts'

/** What a member last told of itself. */
export interface Presence {
  name: string
  version: string
  stats: Partial<MeshStats>
  addresses: string[]
  /** It grants leases. */
  leases: boolean
  heardAt: number
}

/** Which peers are connected, which of them have shown a proof, and what they report about themselves. */
export interface Roster {
  connected(peer: Peer): void
  disconnected(peerId: string): void
  /** A peer has shown its proof. */
  prove(peerId: string, group: Group): void
  /** A peer has shown its proof and taken ours: true when it becomes a member by it. */
  join(peerId: string, group: Group): boolean
  /** The group whose proof a connected peer has shown. */
  groupOf(peerId: string): Group | undefined
  /** Connected, and proven both ways. */
  list(): Peer[]
  isMember(peerId: string): boolean
  isConnected(peerId: string): boolean
  /** The connected members that grant leases. */
  leasing(): string[]
  /** True when nothing was heard of this member lately. */
  hear(peerId: string, presence: Omit<Presence, 'heardAt'>): boolean
  /** Its presence was heard lately. */
  isPresent(peerId: string): boolean
  /** Figures of members heard lately, connected or not, by name; a name that is taken has some of the peer id behind it. */
  stats(ownName: string): Record<string, Partial<MeshStats>>
  /** Waits for nobody's proof any more. */
  stop(): void
}

export interface RosterOptions {
  limits: Limits
  localNow: () => number
  /** Its word is asked for a peer's path and round trip now. */
  transport: Pick<Transport, 'peers'>
  emit: Emit
  /** Whether a peer may stay without a proof. */
  mayStay(peerId: string): boolean
  /** A peer has shown no proof in time. */
  unproven(peerId: string): void
}

export function createRoster({ limits, localNow, transport, emit, mayStay, unproven }: RosterOptions): Roster {
  const connected = new Map<
    string,
    { peer: Peer; group?: Group; joined?: boolean; timer?: ReturnType<typeof setTimeout> | undefined }
  >()
  const present = new Map<string, Presence>()

  const named = (peer: Peer): Peer => ({ ...peer, name: present.get(peer.id)?.name ?? peer.name })
  const forgetOld = () => {
    for (const [peerId, { heardAt }] of present) {
      if (localNow() - heardAt > limits.presenceForgottenMs && !connected.has(peerId)) present.delete(peerId)
    }
    if (present.size <= limits.presentMembers) return
    // The longest unheard come first; one that is connected is somebody.
    const spare = [...present.keys()].filter((peerId) => !connected.has(peerId))
    for (const peerId of spare.slice(0, present.size - limits.presentMembers)) present.delete(peerId)
  }
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
      emit('peer:connect', named(known.peer))
      return true
    },
    groupOf: (peerId) => connected.get(peerId)?.group,
    list: () =>
      transport
        .peers()
        .filter(({ id }) => connected.get(id)?.joined)
        .map(named),
    isMember: (peerId) => connected.get(peerId)?.joined === true,
    isConnected: (peerId) => connected.has(peerId),
    leasing: () => [...connected.keys()].filter((id) => roster.isMember(id) && present.get(id)?.leases),
    hear(peerId, presence) {
      const isNew = !present.delete(peerId)
      present.set(peerId, { ...presence, heardAt: localNow() })
      forgetOld()
      return isNew
    },
    isPresent: (peerId) => present.has(peerId),
    stats(ownName) {
      forgetOld()
      const named = new Map<string, Partial<MeshStats>>()
      for (const [peerId, { name, stats }] of present) {
        named.set(name === ownName || named.has(name) ? `${name}-${peerId.slice(-8)}` : name, stats)
      }
      return Object.fromEntries(named)
    },
    stop() {
      for (const { timer } of connected.values()) clearTimeout(timer)
    }
  }
  return roster
}
