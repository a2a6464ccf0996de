import type { PresenceMessage, ToldMember } from '../protocol/wire.ts'
import type { Peer, Transport } from '../transport/transport.ts'
import type { createDialler } from './dialler.ts'
import type { Handshake } from './handshake.ts'
import type { MemberRecords } from './member-records.ts'
import { readStats } from './read-stats.ts'
import type { createRelays } from './relays.ts'
import type { Reputation } from './reputation.ts'
import type { Roster } from './roster.ts'

export interface ConnectionsOptions {
  transport: Pick<Transport, 'disconnect'>
  reputation: Pick<Reputation, 'hears'>
  roster: Pick<Roster, 'connected' | 'disconnected' | 'isConnected'>
  records: Pick<MemberRecords, 'hear' | 'learn'>
  dialler: Pick<ReturnType<typeof createDialler>, 'met' | 'lost' | 'heard' | 'isAt' | 'isThere'>
  relays: Pick<ReturnType<typeof createRelays>, 'has' | 'connected'>
  handshake: Pick<Handshake, 'introduce'>
  /** A member has told of itself. */
  heard(peerId: string): void
  clock: { hear(peerId: string, githubNow: number): void }
}

/** What happens when a peer comes, goes, or says that it is there. */
export function createConnections(options: ConnectionsOptions) {
  const { transport, reputation, roster, records, dialler, relays, handshake, clock, heard } = options
  return {
    connect(peer: Peer): void {
      if (!reputation.hears(peer.id)) return void transport.disconnect(peer.id)
      roster.connected(peer)
      dialler.met(peer.id)
      if (relays.has(peer.id)) relays.connected(peer.id)
      else void handshake.introduce(peer.id)
    },
    disconnect({ id }: Peer): void {
      roster.disconnected(id)
      dialler.lost(id)
    },
    present(peerId: string, { name, version, stats, addresses, leases, holds, offset, sentAt }: PresenceMessage): void {
      if (!records.hear(peerId, { name, version, stats: readStats(stats), addresses, leases, holds, sentAt })) return
      heard(peerId)
      // Of when that was, the sender knows best.
      if (offset !== undefined) clock.hear(peerId, sentAt + offset)
      dialler.heard(peerId, { name, addresses })
      dialler.isAt(peerId, addresses)
      // Its answer to our proof may have been lost, on a connection that stays because it has shown its own.
      if (roster.isConnected(peerId)) void handshake.introduce(peerId)
      else if (addresses.length > 0) dialler.isThere(peerId)
    },
    /** A member has told of another one. */
    told({ peerId, heardMs, ...presence }: ToldMember): boolean {
      if (!records.learn(peerId, presence, heardMs)) return false
      dialler.heard(peerId, presence)
      return true
    }
  }
}
