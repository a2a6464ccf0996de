import { within } from '../abort.ts'
import type { Discovery } from '../discovery/discovery.ts'
import { staticPeers } from '../discovery/static.ts'
import type { Emit } from '../events.ts'
import type { Group } from '../group/group.ts'
import type { CheckedProof } from '../group/proof.ts'
import type { Limits } from '../limits.ts'
import type { PresenceMessage, ToldMember } from '../protocol/wire.ts'
import type { MeshStats } from '../stats.ts'
import type { Transport } from '../transport/transport.ts'
import { version } from '../version.ts'
import { createAcquaintance } from './acquaintance.ts'
import { createConnections } from './connections.ts'
import { createDialler } from './dialler.ts'
import { createHandshake, type ShownProof } from './handshake.ts'
import { createMemberRecords } from './member-records.ts'
import { createPresence } from './presence.ts'
import { createRelays } from './relays.ts'
import type { Reputation } from './reputation.ts'
import { createRoster } from './roster.ts'
import { createVisits } from './visits.ts'

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
  const { groups, transport, limits, emit, name, localNow, random, clock, reputation, say } = options
  const [group] = groups
  const disconnect = (peerId: string) => void transport.disconnect(peerId)

  const records = createMemberRecords({
    ownId: () => transport.peerId,
    limits,
    localNow,
    isConnected: (peerId) => roster.isConnected(peerId),
    isMember: (peerId) => roster.isMember(peerId)
  })
  const roster = createRoster({
    limits,
    records,
    transport,
    emit,
    mayStay: (peerId) => relays.has(peerId),
    unproven: disconnect
  })
  const { isConnected } = roster
  const visits = createVisits({
    transport,
    roster,
    limits,
    localNow,
    isBusy: () => dialler.isBusy(),
    dial: (peerId, signal) => dialler.visit(peerId, signal),
    isNeighbour: (peerId) => dialler.isWanted(peerId)
  })
  const presence = createPresence({
    publish: say,
    transport,
    limits,
    name,
    version,
    clock,
    localNow,
    random,
    ownStats: options.ownStats,
    leases: options.leases,
    holds: options.holds,
    known: () => roster.known().length
  })
  const relays = createRelays({
    relays: options.relays,
    transport,
    requests: say,
    groups,
    isConnected,
    accepted: options.accepted,
    hasShelf: options.hasShelf,
    reserved: presence.greet
  })
  const dialler = createDialler({
    transport,
    discovery: [...options.discovery, ...(options.relays.length > 0 ? [staticPeers([...options.relays])] : [])],
    limits,
    emit,
    name,
    localNow,
    random,
    isConnected,
    isPresent: records.isPresent,
    isVisited: visits.has,
    isRelay: relays.has,
    ticked() {
      relays.tick()
      visits.tick()
      // Its answer to our proof may have been lost.
      for (const peerId of roster.halfKnown()) void handshake.introduce(peerId)
      for (const peerId of roster.beyond(limits.maxMembers)) if (!dialler.isNamed(peerId)) disconnect(peerId)
    }
  })
  const handshake = createHandshake({
    group,
    ownId: () => transport.peerId,
    checkProof: options.checkProof,
    roster,
    reputation,
    exchangeProofs: (peerId) => say.proof(peerId),
    joined(peerId, told) {
      if (told) {
        connections.present(peerId, told)
        acquaintance.met(peerId)
        presence.joined()
      } else presence.greet() // An older member hears it no other way.
      return options.joined(peerId)
    }
  })
  const connections = createConnections({
    transport,
    reputation,
    roster,
    records,
    dialler,
    relays,
    handshake,
    clock,
    heard: options.heard
  })
  const acquaintance = createAcquaintance({
    ask: say.members,
    told: connections.told,
    roster,
    limits,
    random
  })

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
