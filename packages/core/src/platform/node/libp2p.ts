import { hostOf } from '../../libp2p/host.ts'
import { createLibp2pTransport } from '../../libp2p/libp2p.ts'
import { portLimits } from '../../libp2p/limits.ts'
import { createWaitingRoom } from '../../libp2p/waiting-room.ts'
import type { Libp2pTransport } from '../../transport/libp2p-transport.ts'
import type { Libp2pTransportOptions } from '../platform.ts'
import { libp2pLog } from './libp2p-log.ts'
import { listenOn } from './listen.ts'
import { createLostSockets } from './lost-sockets.ts'
import { noiseCrypto } from './noise-crypto.ts'
import { boundedTcp, boundedWebSockets } from './sockets.ts'
import { loadWebRtc } from './webrtc.ts'

/** libp2p over TCP and WebSockets, in Node itself. */
export function createTransport(options: Libp2pTransportOptions): Libp2pTransport {
  const { connections, handshakes, handshakesPerAddress, handshakeMs } = portLimits
  const room = createWaitingRoom({
    maxWaiting: handshakes,
    maxWaitingPerHost: handshakesPerAddress,
    maxWaitMs: handshakeMs
  })
  const { watch, lost } = createLostSockets()
  const bounds = { ...portLimits, room, maxSockets: connections + handshakes, hostOf, watch }
  return createLibp2pTransport({
    transports: [boundedTcp(bounds), boundedWebSockets(bounds)],
    relays: options.relays,
    webRtc: () => loadWebRtc(options.iceServers),
    privateKey: options.privateKey,
    listen: listenOn(options, lost),
    noiseCrypto: noiseCrypto(),
    ...libp2pLog()
  })
}
