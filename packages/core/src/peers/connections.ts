import type { Peer, Transport } from '../transport/transport.ts'
import type { createDialler } from './dialler.ts'
import type { Handshake } from './handshake.ts'
import type { createRelays } from './relays.ts'
import type { Reputation } from './reputation.ts'
import type { Presence, Roster } from './roster.ts'

export interface ConnectionsOptions {
  transport: Pick<Transport, 'disconnect'>
  reputation: Pick<Reputation, 'hears'>
  roster: Pick<Roster, 'connected' | 'disconnected' | 'isConnected' | 'hear'>
  dialler: Pick<ReturnType<typeof createDialler>, 'met' | 'lost' | 'heard'>
  relays: Pick<ReturnType<typeof createRelays>, 'has' | 'connected'>
  handshake: Pick<Handshake, 'introduce'>
  /** A member that is connected to others was heard for the first time. */
  newcomer(): void
}

/** What happens when a peer comes, goes, or says that it is there. */
export function createConnections(options: ConnectionsOptions) {
  const { transport, reputation, roster, dialler, relays, handshake, newcomer } = options
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
    present(peerId: string, presence: Omit<Presence, 'heardAt'>): void {
      if (roster.hear(peerId, presence)) newcomer()
      // Its answer to our proof may have been lost, on a connection that stays because it has shown its own.
      if (roster.isConnected(peerId)) void handshake.introduce(peerId)
      dialler.heard(peerId, presence)
    }
  }
}
