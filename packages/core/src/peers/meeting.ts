import type { Transport } from '../transport/transport.ts'
import { version } from '../version.ts'
import { type AcquaintanceOptions, createAcquaintance } from './acquaintance.ts'
import { type ConnectionsOptions, createConnections } from './connections.ts'
import { createHandshake, type HandshakeOptions } from './handshake.ts'
import type { Links } from './links.ts'
import type { MemberRecords } from './member-records.ts'
import { createPresence, type PresenceOptions } from './presence.ts'
import type { Roster } from './roster.ts'

export interface MeetingOptions
  extends Pick<PresenceOptions, 'limits' | 'name' | 'localNow' | 'random' | 'ownStats' | 'leases' | 'holds'>,
    Pick<HandshakeOptions, 'checkProof'>,
    Pick<ConnectionsOptions, 'heard'> {
  /** The first is the member's own. */
  groups: readonly [HandshakeOptions['group'], ...unknown[]]
  transport: Transport
  clock: PresenceOptions['clock'] & ConnectionsOptions['clock']
  reputation: HandshakeOptions['reputation'] & ConnectionsOptions['reputation']
  say: PresenceOptions['publish'] & {
    proof: HandshakeOptions['exchangeProofs']
    members: AcquaintanceOptions['ask']
  }
  /** A peer has become a member. */
  joined(peerId: string): Promise<void>
}

/** How peers become members, and what members tell each other of themselves and of others. */
export function createMeeting(options: MeetingOptions, roster: Roster, records: MemberRecords, links: Links) {
  const { transport, limits, name, localNow, random, clock, reputation, say } = options
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
  const handshake = createHandshake({
    group: options.groups[0],
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
    dialler: links.dialler,
    relays: links.relays,
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
  return { presence, handshake, connections, acquaintance }
}
