import { abortable } from '../abort.ts'
import { MeshError } from '../errors.ts'
import type { Emit } from '../events.ts'
import type { Group } from '../group/group.ts'
import type { Limits } from '../limits.ts'
import type { ToldMember } from '../protocol/wire.ts'
import type { MeshStats } from '../stats.ts'
import type { Peer, Transport } from '../transport/transport.ts'
import { presenceIntervalMs } from './presence.ts'

/** What a member last told of itself. */
interface Presence {
  name: string
  version: string
  /** Absent where only others told of it. */
  stats?: Partial<MeshStats>
  addresses: string[]
  /** It grants leases. */
  leases?: boolean | undefined
  /** Its proofs of the tokens that it holds. */
  holds?: readonly Uint8Array[] | undefined
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
  /** The proofs of tokens in what a member last said itself. */
  holds(peerId: string): readonly Uint8Array[]
  hear(peerId: string, presence: Omit<Presence, 'heardAt'>): void
  /** Takes what another member says of one. True when nothing was known of it. */
  learn(peerId: string, told: Omit<Presence, 'heardAt' | 'stats' | 'holds'>, heardMs: number): boolean
  /** What is told of members: those heard last. */
  told(): ToldMember[]
  /** Its presence was heard lately. */
  isPresent(peerId: string): boolean
  /** Figures of members heard lately, connected or not, by name; a name that is taken has some of the peer id behind it. */
  stats(ownName: string): Record<string, Partial<MeshStats>>
  /** Waits for nobody's proof any more. */
  stop(): void
}

export interface RosterOptions {
  ownId(): string
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

/** Members told of at once: with addresses, about 50 KiB. */
const maxTold = 200
/** What a member takes besides its texts. */
const memberChars = 80
/** So many repetitions can be lost. */
const presencesUntilForgotten = 5

export function createRoster({ ownId, limits, localNow, transport, emit, mayStay, unproven }: RosterOptions): Roster {
  const connected = new Map<
    string,
    { peer: Peer; group?: Group; joined?: boolean; timer?: ReturnType<typeof setTimeout> | undefined }
  >()
  // In the order in which they became members.
  const members = new Set<string>()
  const waiting = new Map<string, Set<(isMember: boolean) => void>>()
  const settle = (peerId: string, isMember: boolean) => {
    for (const resolve of waiting.get(peerId) ?? []) resolve(isMember)
    waiting.delete(peerId)
  }
  const present = new Map<string, Presence>()

  const forgottenMs = () =>
    Math.max(limits.presenceForgottenMs, presencesUntilForgotten * presenceIntervalMs(limits, present.size))
  const named = (peer: Peer): Peer => ({ ...peer, name: present.get(peer.id)?.name ?? peer.name })
  const forgetOld = () => {
    for (const [peerId, { heardAt }] of present) {
      if (localNow() - heardAt > forgottenMs() && !connected.has(peerId)) present.delete(peerId)
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
      members.delete(peerId)
      settle(peerId, false)
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
      settle(peerId, true)
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
    known() {
      const ids = new Set(members)
      for (const [peerId, { addresses, heardAt }] of present)
        if (addresses.length > 0 && localNow() - heardAt <= forgottenMs()) ids.add(peerId)
      return [...ids]
    },
    beyond: (most) => [...members].slice(most),
    isMember: (peerId) => members.has(peerId),
    async whenMember(peerId, signal) {
      if (members.has(peerId)) return
      const settled = new Promise<boolean>((resolve) => {
        waiting.set(peerId, (waiting.get(peerId) ?? new Set()).add(resolve))
      })
      if (!(await abortable(settled, signal))) throw new MeshError('ERR_TRANSPORT', `${peerId} showed no proof`)
    },
    isConnected: (peerId) => connected.has(peerId),
    leasing: () => roster.known().filter((peerId) => present.get(peerId)?.leases),
    holds: (peerId) => present.get(peerId)?.holds ?? [],
    hear(peerId, presence) {
      present.delete(peerId)
      present.set(peerId, { ...presence, heardAt: localNow() })
      forgetOld()
    },
    learn(peerId, { name, version, addresses, leases }, heardMs) {
      const heardAt = localNow() - heardMs
      const known = present.get(peerId)
      if (peerId === ownId() || localNow() - heardAt > forgottenMs()) return false
      // What a member says itself is not changed by what others say of it.
      if (known) known.heardAt = Math.max(known.heardAt, heardAt)
      else if (present.size < limits.presentMembers) present.set(peerId, { name, version, addresses, leases, heardAt })
      return !known
    },
    told() {
      forgetOld()
      const all = [...present].map(([peerId, { name, version, addresses, leases, heardAt }]) => ({
        peerId,
        name,
        version,
        addresses,
        leases,
        // Of a member that is connected, this one knows that it is there now.
        heardMs: members.has(peerId) ? 0 : Math.max(0, Math.round(localNow() - heardAt))
      }))
      // Whatever addresses they have, it is one frame; a character takes three bytes at most.
      let left = limits.frameBytes / 3
      const fits = ({ peerId, name, version, addresses }: ToldMember) => {
        left -= memberChars + `${peerId}${name}${version}${addresses.join('____')}`.length
        return left >= 0
      }
      return all
        .sort((a, b) => a.heardMs - b.heardMs)
        .slice(0, maxTold)
        .filter(fits)
    },
    isPresent: (peerId) => present.has(peerId),
    stats(ownName) {
      forgetOld()
      const named = new Map<string, Partial<MeshStats>>()
      for (const [peerId, { name, stats }] of present) {
        if (!stats) continue
        named.set(name === ownName || named.has(name) ? `${name}-${peerId.slice(-8)}` : name, stats)
      }
      return Object.fromEntries(named)
    },
    stop() {
      for (const { timer } of connected.values()) clearTimeout(timer)
      for (const peerId of waiting.keys()) settle(peerId, false)
    }
  }
  return roster
}
