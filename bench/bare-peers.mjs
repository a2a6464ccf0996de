import { circuitRelayServer, circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { lpStream } from '@libp2p/utils'
import { webRTC } from '@libp2p/webrtc'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { bareCall, protocol } from './bare-call.mjs'

const node = (listen, more = {}) =>
  createLibp2p({
    addresses: { listen },
    transports: [tcp(), webSockets(), circuitRelayTransport(), webRTC({ rtcConfiguration: { iceServers: [] } })],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify(), ping: ping(), ...more }
  })

/** libp2p's own relay, with room for a benchmark; its second address is for pages. */
export const bareRelay = () =>
  node(['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws'], {
    relay: circuitRelayServer({ reservations: { defaultDataLimit: 1n << 40n, defaultDurationLimit: 3_600_000 } })
  })

const listens = {
  tcp: () => ['/ip4/127.0.0.1/tcp/0'],
  websocket: () => ['/ip4/127.0.0.1/tcp/0/ws'],
  relayed: (relay) => [`${relay}/p2p-circuit`],
  webrtc: (relay) => [`${relay}/p2p-circuit`, '/webrtc']
}
const picks = {
  tcp: () => true,
  websocket: () => true,
  relayed: (address) => address.includes('/p2p-circuit/p2p/'),
  webrtc: (address) => address.includes('/p2p-circuit/webrtc/')
}

/** A node that answers each request with the same bytes. */
export async function bareServer(path, relay, body) {
  const bytes = new TextEncoder().encode(body)
  const server = await node(listens[path](relay.getMultiaddrs().find((address) => !String(address).includes('/ws'))))
  await server.handle(
    protocol,
    async (stream) => {
      const frames = lpStream(stream)
      await frames.read()
      await frames.write(bytes)
      await stream.close()
    },
    { runOnLimitedConnection: true, maxInboundStreams: 1000 }
  )
  const address = () => server.getMultiaddrs().map(String).find(picks[path])
  while (!address()) await new Promise((resolve) => setTimeout(resolve, 20))
  return { address: address(), stop: () => server.stop() }
}

/** One request and one answer on a stream of their own, and nothing else. */
export async function bare(path, relay, body) {
  const server = await bareServer(path, relay, body)
  const client = await node([])
  return {
    call: bareCall(await client.dial(multiaddr(server.address))),
    async stop() {
      await client.stop()
      await server.stop()
    }
  }
}
