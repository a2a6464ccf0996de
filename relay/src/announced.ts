import { type Component, multiaddr } from '@multiformats/multiaddr'
import type { Ports } from './addresses.ts'

/** An address to announce, without what the relay adds by itself. */
export interface Announced {
  address: string
  /** The peer id at its end, in base58; undefined if it has none. */
  peerId: string | undefined
}

const examples =
  '/dns4/relay.example.com/tcp/4001, /dns4/relay.example.com/tcp/443/tls/ws or /ip4/192.0.2.7/udp/4003/webrtc-direct'

/** What members dial, as the names of its parts. A port other than the relay's own can be that of a proxy or a NAT. */
const ways: { port: keyof Ports; called: string; option: string; parts: RegExp }[] = [
  { port: 'tcp', called: 'TCP', option: '--tcp-port (tcpPort)', parts: /^(?:ip4|(?:ip6zone )?ip6|dns[46]?) tcp$/ },
  {
    port: 'webSocket',
    called: 'WebSocket',
    option: '--ws-port (webSocketPort)',
    parts: /^(?:ip[46]|dns[46]?)(?: tcp)? (?:ws|wss|tls(?: sni)? ws)$/
  },
  { port: 'webRtc', called: 'WebRTC-direct', option: '--webrtc-port (webRtcPort)', parts: /^ip[46] udp webrtc-direct$/ }
]

const isNowhere = ({ name, value = '' }: Component): boolean =>
  /^(?:tcp|udp)$/.test(name) ? value === '0' : /^ip[46]$/.test(name) && /^[0:.]+$/.test(value)

/** Base58, however it is spelled. */
const peerIdIn = (value: string) => multiaddr(multiaddr(`/p2p/${value}`).bytes).getComponents()[0]?.value

/**
 * Reads an address to announce.
 *
 * @throws with what is wrong with it, and what to do, if no member can dial it, or the relay's port for it is off
 */
export function readAnnounced(given: string, ports: Ports): Announced {
  let components: Component[]
  try {
    components = multiaddr(given).getComponents()
  } catch {
    throw new Error(`${given} is not a multiaddr, such as /dns4/relay.example.com/tcp/4001`)
  }
  const last = components.at(-1)
  const peerId = last?.name === 'p2p' ? peerIdIn(last.value ?? '') : undefined
  const own = components.slice(0, peerId === undefined ? undefined : -1).filter(({ name }) => name !== 'certhash')
  const parts = own.map(({ name }) => name).join(' ')
  if (/^dns\w* udp webrtc-direct$/.test(parts))
    throw new Error(`members cannot dial ${given}: WebRTC-direct needs an IP address, not a name`)
  const way = ways.find((one) => one.parts.test(parts))
  // Where `/dnsaddr` leads is in the DNS.
  if ((!way && parts !== 'dnsaddr') || own.some(isNowhere))
    throw new Error(`members cannot dial ${given}: give a host, a port and a transport, such as ${examples}`)
  if (way && ports[way.port] === 'off')
    throw new Error(`${given} needs the ${way.called} port, which is off: set ${way.option}, or leave this address out`)
  return { address: String(multiaddr(own)), peerId }
}

/**
 * The address as a relay of this peer id announces it.
 *
 * @throws if it ends in the peer id of another
 */
export function announcedBy(own: string, { address, peerId }: Announced): string {
  if (peerId !== undefined && peerId !== own)
    throw new Error(`${peerId} is not this relay's peer id, which is ${own}: leave /p2p/ out, the relay adds it`)
  return address
}
