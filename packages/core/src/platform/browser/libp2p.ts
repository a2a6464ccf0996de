import { webRTC, webRTCDirect } from '@libp2p/webrtc'
import { MeshError } from '../../errors.ts'
import { createLibp2pTransport } from '../../libp2p/libp2p.ts'
import type { Libp2pTransport } from '../../transport/libp2p-transport.ts'
import type { Libp2pTransportOptions } from '../platform.ts'
import { endingWebSockets } from './web-sockets.ts'
import { knowsWebRtc } from './webrtc.ts'

const inCloudflareWorkers =
  'Cloudflare Workers cannot be members, for a connection ends with the request that opened it: leave out the secret, or set networking to false'

/**
 * libp2p over WebSockets and, in pages, WebRTC: to relays, and through them to members.
 *
 * @throws MeshError ERR_RUNTIME in Cloudflare Workers, which say what they are
 * (https://developers.cloudflare.com/workers/runtime-apis/web-standards/#navigatoruseragent).
 */
export function createTransport(options: Libp2pTransportOptions): Libp2pTransport {
  if (globalThis.navigator?.userAgent === 'Cloudflare-Workers') throw new MeshError('ERR_RUNTIME', inCloudflareWorkers)
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
