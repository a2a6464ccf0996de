import { within } from '../abort.ts'
import type { Discovery } from '../discovery/discovery.ts'
import type { Emit } from '../events.ts'
import type { Group } from '../group/group.ts'
import type { CheckedProof } from '../group/proof.ts'
import type { Limits } from '../limits.ts'
import type { PresenceMessage, ToldMember } from '../protocol/wire.ts'
import type { MeshStats } from '../stats.ts'
import type { Transport } from '../transport/transport.ts'
import type { ShownProof } from './handshake.ts'
import { createLinks } from './links.ts'
import { createMeeting } from './meeting.ts'
import { createMemberRecords } from './member-records.ts'
import type { Reputation } from './reputation.ts'
import { createRoster } from './roster.ts'

export interface CompanyOptions {
  /** The first is the member's own. */
  groups: readonly [Group, ...Group[]]
  transport: Transport
  discovery: readonly Discovery[]
  relays: readonly string[]
  name: string
  limits: Limits
  emit: Emit
  localNow: () => number
  /** The same, though never set back: for how long something takes. */
  steadyNow: () => number
  random: () => number
  clock: { now(): number; readonly fromOrigin: boolean; hear(peerId: string, githubNow: number): void }
  reputation: Reputation
  ownStats(): MeshStats
  /** Whether this member grants leases now. */
  leases(): boolean
  /** Its proofs of the tokens that it holds. */
  holds(): Uint8Array[]
  /** A member has told of itself. */
  heard(peerId: string): void
  checkProof(proof: Uint8Array, peerId: string): Promise<(CheckedProof & { group: Group }) | undefined>
  /** What this member says to others, which stands above this room. */
  say: {
    presence(told: PresenceMessage): Promise<void>
    proof(peerId: string, of?: Group): Promise<ShownProof | 'relay' | undefined>
    members(peerId: string): Promise<ToldMember[]>
  }
  /** A peer has become a member. */
  joined(peerId: string): Promise<void>
  /** A relay has taken this member's proof. */
  accepted(relayId: string): void
  hasShelf(relayId: string): boolean
  /** The last connection to a peer has closed. */
  left(peerId: string): void
}

/** Puts together how this member comes to be connected to others, and what it knows of them. */
export function createCompany(options: CompanyOptions) {
  const { transport, limits, name } = options
  const records = createMemberRecords({
    ownId: () => transport.peerId,
    limits,
    localNow: options.steadyNow,
    isConnected: (peerId) => roster.isConnected(peerId),
    isMember: (peerId) => roster.isMember(peerId)
  })
  const roster = createRoster({
    limits,
    records,
    transport,
    emit: options.emit,
    mayStay: (peerId) => relays.has(peerId),
    unproven: (peerId) => void transport.disconnect(peerId)
  })
  const links = createLinks(options, roster, {
    isPresent: records.isPresent,
    hasSpoken: records.hasSpoken,
    reserved: () => presence.greet(),
    introduce: (peerId) => handshake.introduce(peerId)
  })
  const { visits, relays, dialler } = links
  const { presence, handshake, connections, acquaintance } = createMeeting(options, roster, records, links)

  return {
    roster,
    records,
    visits,
    relays,
    prove: handshake.prove,
    /** What this member tells of itself. */
    presence: presence.own,
    present: connections.present,
    /** It holds another token now, or knows GitHub's clock: all need to know. */
    changed: presence.changed,
    retryNow: dialler.retryNow,
    handlers: {
      connect: connections.connect,
      disconnect(peer: Parameters<typeof connections.disconnect>[0]): void {
        visits.ended(peer.id)
        acquaintance.lost(peer.id)
        connections.disconnect(peer)
        options.left(peer.id)
      },
      probed: (from: string) => (roster.groupOf(from) ? name : undefined)
    },
    start(): void {
      dialler.start()
      presence.start()
    },
    /** Tells and asks nobody any more; connections stay. */
    rest(): void {
      presence.stop()
      acquaintance.stop()
    },
    async stop(): Promise<void> {
      visits.stop()
      await within(dialler.stop(), limits.stopMs)
      await transport.stop()
      roster.stop()
    }
  }
}

export type Company = ReturnType<typeof createCompany>
