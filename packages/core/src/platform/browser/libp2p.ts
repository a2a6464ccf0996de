import { webRTC, webRTCDirect } from '@libp2p/webrtc'
import { createLibp2pTransport } from '../../libp2p/libp2p.ts'
import type { Libp2pTransport } from '../../transport/libp2p-transport.ts'
import type { Libp2pTransportOptions } from '../platform.ts'
import { endingWebSockets } from './web-sockets.ts'
import { knowsWebRtc } from './webrtc.ts'

/** libp2p over WebSockets and, in pages, WebRTC: to relays, and through them to members. */
export function createTransport(options: Libp2pTransportOptions): Libp2pTransport {
  const { privateKey, allowPrivateAddresses, relays, iceServers = [] } = options
  const rtcConfiguration = { iceServers }
  return createLibp2pTransport({
    transports: [endingWebSockets(), ...(knowsWebRtc() ? [webRTCDirect({ rtcConfiguration })] : [])],
    relays,
    webRtc: async () => (knowsWebRtc() ? { transport: webRTC({ rtcConfiguration }), stop() {} } : undefined),
    privateKey,
    // libp2p refuses ws:// and private addresses in browsers unless told otherwise.
    gater: allowPrivateAddresses ? { denyDialMultiaddr: () => false } : undefined,
    listen: async (attempt) => (attempt === 0 ? { listen: [], announce: [] } : undefined)
  })
}
