import { generateKeyPair, privateKeyFromProtobuf } from '@libp2p/crypto/keys'
import type { ConnectionGater } from '@libp2p/interface'
import { boundedTcp, boundedWebSockets } from 'ghmesh/node-sockets'
import { createWaitingRoom } from 'ghmesh/protocol'
import { announceAddresses, listenAddresses, type Ports } from './addresses.ts'
import { announcedBy, readAnnounced } from './announced.ts'
import type { WebRtcCertificate } from './certificate.ts'
import type { RelayLimits } from './limits.ts'
import { createNode, type RelayNode } from './node.ts'
import type { RelayOptions } from './options.ts'
import type { Tally } from './tally.ts'
import { loadWebRtc } from './webrtc.ts'

export interface NodeContext {
  limits: RelayLimits
  /** Where a connection from an IP address comes from, as the limits per address count it; undefined where they do not apply. */
  hostAt: (address: string) => string | undefined
  gater: ConnectionGater
  tally: Tally
  now: () => number
}

/** The node that a relay's options describe: its identity, its ports, and the transports on them. Not yet started. */
export async function openNode(
  options: RelayOptions,
  { limits, hostAt, gater, tally, now }: NodeContext
): Promise<{ node: RelayNode; certificate: WebRtcCertificate | undefined }> {
  const { webRtcPort = 'off', tls } = options
  const room = createWaitingRoom({
    maxWaiting: limits.handshakes,
    maxWaitingPerHost: limits.handshakesPerAddress,
    maxWaitMs: limits.handshakeMs,
    turnedAway: () => tally.rejected('handshake')
  })
  const bounds = { ...limits, room, hostOf: hostAt, maxSockets: limits.connections + limits.handshakes }

  async function tryWebRtc() {
    try {
      const refused = () => tally.rejected('webrtc-handshake')
      return await loadWebRtc(options.webRtcCertificate, { ...bounds, now, refused })
    } catch (error) {
      const why = error instanceof Error ? error.message.split('\n')[0] : String(error)
      const notAnnounced = options.announce?.filter(isWebRtc)
      options.logger?.warn(
        { why, ...(notAnnounced?.length && { notAnnounced }) },
        'no WebRTC-direct: browsers need WebSockets over TLS; to add it, npm install node-datachannel'
      )
      return undefined
    }
  }

  const webRtc = webRtcPort === 'off' ? undefined : await tryWebRtc()
  const privateKey = options.privateKey ? privateKeyFromProtobuf(options.privateKey) : await generateKeyPair('Ed25519')
  const parts = {
    privateKey,
    ...waysIn(options, privateKey.publicKey.toString(), webRtc !== undefined),
    transports: [
      boundedTcp(bounds),
      boundedWebSockets(bounds, tls && { https: tls }),
      ...(webRtc ? [webRtc.transport] : [])
    ],
    gater
  }
  return { node: await createNode(parts, limits), certificate: webRtc?.certificate }
}

const isWebRtc = (address: string) => address.includes('/webrtc-direct')

/**
 * Where a relay listens, and what it tells members: without WebRTC-direct, none of its addresses.
 *
 * @throws if nothing is left, or if members cannot dial what is to be announced
 */
function waysIn(options: RelayOptions, peerId: string, hasWebRtc: boolean): { listen: string[]; announce: string[] } {
  const { host = '0.0.0.0', tcpPort = 4001, webSocketPort = 4002, webRtcPort = 'off', tls, announce } = options
  const isMissing = webRtcPort !== 'off' && !hasWebRtc
  const ports: Ports = { tcp: tcpPort, webSocket: webSocketPort, webRtc: isMissing ? 'off' : webRtcPort }
  const listen = listenAddresses(host, ports, tls !== undefined)
  if (listen.length === 0)
    throw new Error(isMissing ? withoutWebRtc('listen on') : 'all ports are off: set one of them')
  const told = announce
    ?.filter((address) => !(isMissing && isWebRtc(address)))
    .map((address) => announcedBy(peerId, readAnnounced(address, ports)))
  if (isMissing && announce?.length && told?.length === 0) throw new Error(withoutWebRtc('announce'))
  return { listen, announce: told ?? announceAddresses(host, ports, tls !== undefined) }
}

const withoutWebRtc = (verb: string) =>
  `no WebRTC-direct, and nothing else to ${verb}; npm install node-datachannel, or use TCP or WebSockets too`
