import { expect } from 'chai'
import { readAnnounced } from '../src/announced.ts'

const ports = { tcp: 4001, webSocket: 4002, webRtc: 4003 } as const
const own = '12D3KooWG2e2b1XrdV86Cv4psHqZGFiepNnGXNaGZuGe6p8aSvbP'
const hash = 'uEiDDq4_xNyDorZBH3TlGazyJdOWSwvo4PUo5YHFMrvDE8g'

describe('an address to announce', () => {
  it('can be dialled: a port of the relay, or one of a proxy in front', () => {
    for (const address of [
      '/dns4/relay.example.com/tcp/4001',
      '/dns6/relay.example.com/tcp/4001',
      '/dns/relay.example.com/tcp/80/ws',
      '/dns4/relay.example.com/tcp/443/wss',
      '/dns4/relay.example.com/tcp/443/tls/ws',
      '/dns4/relay.example.com/tcp/443/tls/sni/relay.example.com/ws',
      '/dns4/relay.example.com/wss',
      '/dnsaddr/relay.example.com',
      '/ip4/192.0.2.7/tcp/4001',
      '/ip6/2001:db8::1/tcp/4001',
      '/ip6/2001:db8::1/udp/4003/webrtc-direct',
      '/ip4/127.0.0.1/tcp/4001'
    ])
      expect(readAnnounced(address, ports)).to.deep.equal({ address, peerId: undefined })
  })

  it('can be what the relay has printed, whose peer id and hash it adds itself', () => {
    expect(readAnnounced(`/dns4/relay.example.com/tcp/4001/p2p/${own}`, ports)).to.deep.equal({
      address: '/dns4/relay.example.com/tcp/4001',
      peerId: own
    })
    const cid = 'bafzaajaiaejcaxclaycbfps2adtmstfy44msjqlzi5sj3eoydvrueesjclbr7wow'
    expect(readAnnounced(`/dns4/relay.example.com/tcp/4001/p2p/${cid}`, ports).peerId).to.equal(own)
    expect(readAnnounced(`/ip4/192.0.2.7/udp/4003/webrtc-direct/certhash/${hash}/p2p/${own}`, ports)).to.deep.equal({
      address: '/ip4/192.0.2.7/udp/4003/webrtc-direct',
      peerId: own
    })
  })
})
