import { circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'

/** A relay of libp2p's own parts and settings, but for bounds that would keep members out: what ours is measured against. */
export async function startBareRelay(topic: string) {
  const node = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws'] },
    transports: [tcp(), webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { maxConnections: 4000, inboundConnectionThreshold: 1e6, maxIncomingPendingConnections: 500 },
    services: {
      identify: identify(),
      ping: ping(),
      pubsub: gossipsub({ D: 500, Dlo: 250, Dhi: 1000, Dout: 0, scoreParams: { IPColocationFactorWeight: 0 } }),
      relay: circuitRelayServer({ reservations: { maxReservations: 4000 } })
    }
  })
  node.services.pubsub.subscribe(topic)
  return { peerId: node.peerId.toString(), addresses: node.getMultiaddrs().map(String) }
}
