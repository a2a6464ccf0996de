import type { Connection, PeerId } from '@libp2p/interface'
import type { Peer, TransportHandlers } from '../transport/transport.ts'
import { healGossip } from './gossip.ts'
import type { Node } from './node.ts'
import type { Protocols } from './protocols.ts'

export interface FollowOptions {
  handlers: Pick<TransportHandlers, 'connect' | 'disconnect'>
  protocols: Pick<Protocols, 'forget'>
  /** The peers that are connected now. */
  peers(): Peer[]
  /** A connection was made. */
  opened?: ((connection: Connection) => void) | undefined
}

const unknown = (id: string): Peer => ({ id, path: 'direct', transport: 'other' })

/** Addresses are this member's own business: what libp2p remembers would grow with every stranger that comes and goes. */
function forget(node: Node, peer: PeerId): void {
  if (node.getConnections(peer).length === 0 && !node.peerId.equals(peer)) node.peerStore.delete(peer).catch(() => {})
}

/** Reports which peers come and go, and keeps nothing of those that have gone. */
export function follow(node: Node, { handlers, protocols, peers, opened }: FollowOptions): void {
  node.addEventListener('peer:connect', ({ detail }) => {
    const id = detail.toString()
    handlers.connect(peers().find((peer) => peer.id === id) ?? unknown(id))
  })
  node.addEventListener('peer:disconnect', ({ detail }) => {
    const id = detail.toString()
    protocols.forget(id)
    forget(node, detail)
    handlers.disconnect(unknown(id))
  })
  // What a peer says of itself may be written down after it has gone.
  node.addEventListener('peer:update', ({ detail: { peer } }) => forget(node, peer.id))
  if (opened) node.addEventListener('connection:open', ({ detail }) => opened(detail))
  node.addEventListener('connection:close', ({ detail }) => healGossip(node, detail))
  // Peers that connected before the listeners were in place are reported now.
  for (const peer of peers()) handlers.connect(peer)
}
