import { connect } from 'node:tls'
import { noise } from '@libp2p/noise'
import { webRTCDirect } from '@libp2p/webrtc'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { createLibp2p, type Libp2pOptions } from 'libp2p'
import { announceAddresses, hostsBehind, ipOf } from '../src/addresses.ts'
import { createRelay } from '../src/relay.ts'
import { createLeaves } from './leaves.ts'

type MakeTransport = NonNullable<Libp2pOptions['transports']>[number]

const placeOf = (address: string, proxies: string[]) => {
  const ip = ipOf(multiaddr(address))
  return ip === undefined ? undefined : hostsBehind(proxies)(ip)
}

describe('the ways into a relay', () => {
  const leaves = createLeaves()
  afterEach(() => leaves.end())

  async function comesIn(address: string | undefined, transport: MakeTransport): Promise<string> {
    const node = await createLibp2p({
      transports: [transport],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionMonitor: { enabled: false }
    })
    try {
      return (await node.dial(multiaddr(address as string))).remotePeer.toString()
    } finally {
      await node.stop()
    }
  }

  it('are WebSockets', async () => {
    const relay = await leaves.relay()
    const address = relay.addresses.find((one) => one.includes('/ws/'))
    expect(await comesIn(address, webSockets())).to.equal(relay.peerId)
  })

  it('are WebSockets over TLS, with a certificate that was given', async () => {
    const { certificate } = await leaves.relay({ webRtcPort: 0 })
    const tls = { cert: certificate?.pem as string, key: certificate?.privateKey as string }
    const relay = await leaves.relay({ tls })
    const [address = ''] = relay.addresses.filter((one) => one.includes('/tls/ws/'))
    const [, port = ''] = /tcp\/(\d+)/.exec(address) ?? []
    const subject = await new Promise((resolve, reject) => {
      const socket = connect({ port: Number(port), host: '127.0.0.1', ca: tls.cert, servername: 'example.com' }, () => {
        resolve(socket.getPeerCertificate().subject.CN)
        socket.destroy()
      })
      socket.once('error', reject)
    })
    expect(subject).to.equal('example.com')
  })

  it('are WebRTC-direct, whose address stays the same with the certificate', async () => {
    const relay = await leaves.relay({ webRtcPort: 0 })
    const [address = ''] = relay.addresses.filter((one) => one.includes('/webrtc-direct/'))
    expect(await comesIn(address, webRTCDirect({ rtcConfiguration: { iceServers: [] } }))).to.equal(relay.peerId)
    const [, hash] = /certhash\/([\w-]+)/.exec(address) ?? []
    const webRtcCertificate = relay.certificate
    await relay.stop()
    const again = await leaves.relay({ webRtcPort: 0, webRtcCertificate })
    expect(again.addresses.filter((one) => one.includes(`/certhash/${hash}/`))).to.have.length(1)
  })

  it('are told as they were announced, with the hash of the certificate', async () => {
    const relay = await leaves.relay({
      webRtcPort: 0,
      announce: ['/dns4/relay.example.com/tcp/443/tls/ws', '/ip4/192.0.2.7/udp/4003/webrtc-direct']
    })
    const [first, second] = relay.addresses
    expect(first).to.equal(`/dns4/relay.example.com/tcp/443/tls/ws/p2p/${relay.peerId}`)
    expect(second).to.match(/^\/ip4\/192\.0\.2\.7\/udp\/4003\/webrtc-direct\/certhash\/u[\w-]+\/p2p\/\w+$/)
  })

  it('are missed where all ports are off', async () => {
    const relay = createRelay({ tcpPort: 'off', webSocketPort: 'off' })
    const refused = await relay.start().catch(({ message }) => message)
    expect(refused).to.equal('all ports are off: set one of them')
    await relay.stop()
  })

  it('are not announced where nobody could dial them', async () => {
    const refusals = {
      '/dns4/relay.example.com': /^members cannot dial/,
      '/ip4/192.0.2.7/udp/4003/webrtc-direct': /which is off: set --webrtc-port \(webRtcPort\), or/,
      '/dns4/relay.example.com/tcp/4001/p2p/12D3KooWR6LjzbLPT42RKd2KWTuBFZt1XKVcarmbrxEUvib5GCE7':
        /not this relay's peer id/
    }
    for (const [address, message] of Object.entries(refusals)) {
      const relay = createRelay({ host: '127.0.0.1', tcpPort: 0, webSocketPort: 'off', announce: [address] })
      expect(await relay.start().catch(({ message }) => message)).to.match(message)
      await relay.stop()
    }
  })

  it('are told without others having to confirm them', () => {
    const ports = { tcp: 4001, webSocket: 'off', webRtc: 4003 } as const
    expect(announceAddresses('203.0.113.5', ports, false)).to.deep.equal([
      '/ip4/203.0.113.5/tcp/4001',
      '/ip4/203.0.113.5/udp/4003/webrtc-direct'
    ])
    expect(announceAddresses('0.0.0.0', ports, false)).to.have.length.above(0)
    expect(announceAddresses('0.0.0.0', { ...ports, tcp: 0 }, false)).to.deep.equal([])
  })

  it('count an IPv4 address, and an IPv6 network of 64 bits, as one place', () => {
    const hosts = [
      '/ip4/192.0.2.7/tcp/1',
      '/ip6/2001:db8:1:2:3:4:5:6/tcp/1',
      '/ip6/2001:db8:1:2::9/tcp/1/ws',
      '/ip6/2001:db8::1/udp/1/webrtc-direct',
      '/ip6/::1/tcp/1',
      '/ip6/::ffff:192.0.2.7/tcp/1',
      '/dns4/example.com/tcp/1'
    ].map((address) => placeOf(address, []))
    const network = '2001:db8:1:2::/64'
    const mapped = '192.0.2.7'
    expect(hosts).to.deep.equal([mapped, network, network, '2001:db8:0:0::/64', '0:0:0:0::/64', mapped, undefined])
  })

  it('know a proxy by its whole address, however it is spelled', () => {
    const proxies = ['192.0.2.7', '::FFFF:192.0.2.8', '2001:DB8:0::1']
    const known = ['/ip4/192.0.2.7', '/ip6/::ffff:192.0.2.7', '/ip4/192.0.2.8', '/ip6/2001:db8::1']
    const others = ['/ip4/192.0.2.9', '/ip6/2001:db8::2']
    const isProxy = (address: string) => placeOf(`${address}/tcp/1`, proxies) === undefined
    expect([...known, ...others].filter(isProxy)).to.deep.equal(known)
  })
})
