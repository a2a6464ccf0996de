import { expect } from 'chai'
import { dialable } from '../src/peers/dialable.ts'

const peer = '12D3KooWPeer'
const self = '12D3KooWSelf'
const at = (place: string, id = peer) => `${place}/p2p/${id}`
const routable = [at('/ip4/192.168.1.5/tcp/9100', self), at('/ip4/192.168.1.5/tcp/10100/ws', self)]

describe('addresses that are worth a dial', () => {
  const kept = [
    '/ip4/192.168.1.6/tcp/9100',
    '/ip4/8.8.8.8/tcp/9100/ws',
    '/ip4/223.5.5.5/tcp/9100', // the last before multicast
    '/ip6/2001:db8::1/tcp/9100',
    '/dns4/relay.example/tcp/443/wss',
    '/ip4/192.168.1.5/tcp/9101', // another process of this machine
    `/ip4/192.0.2.1/tcp/4001/p2p/12D3KooWRelay/p2p-circuit`
  ]
  for (const place of kept) {
    it(`${place}: yes`, () => expect(dialable([at(place)], peer, routable)).to.deep.equal([at(place)]))
  }

  const dropped: [why: string, address: string][] = [
    ['loopback', at('/ip4/127.0.0.1/tcp/9100')],
    ['loopback', at('/ip4/127.8.8.8/tcp/9100')],
    ['loopback', at('/ip6/::1/tcp/9100')],
    ['loopback', at('/ip6/::ffff:127.0.0.1/tcp/9100')],
    ['loopback', at('/dns4/localhost/tcp/9100')],
    ['loopback', at('/dns4/LOCALHOST./tcp/9100')],
    ['loopback', at('/dns/any.localhost/tcp/9100')],
    ['loopback', at('/ip6/0:0:0:0:0:0:0:1/tcp/9100')],
    ['loopback', at('/ip6/0::1/tcp/9100')],
    ['loopback', at('/ip6zone/lo/ip6/::1/tcp/9100')],
    ['loopback', at('/ip6/::ffff:7f00:1/tcp/9100')],
    ['loopback', at('/ip6/0:0:0:0:0:ffff:127.0.0.1/tcp/9100')],
    ['an address as a name', at('/dns4/127.0.0.1/tcp/9100')],
    ['an address as a name', at('/dns/2130706433/tcp/9100')],
    ['an address as a name', at('/dns6/::1/tcp/9100')],
    ['no host', at('/ip6/nobody/tcp/9100')],
    ['this member itself', at('/ip4/192.168.1.5/tcp/9100')],
    ['this member itself', at('/ip4/192.168.1.5/tcp/10100/ws')],
    ['unspecified', at('/ip4/0.0.0.0/tcp/9100')],
    ['unspecified', at('/ip6/::/tcp/9100')],
    ['unspecified', at('/ip6/0:0:0:0:0:0:0:0/tcp/9100')],
    ['multicast', at('/ip4/224.0.0.251/tcp/9100')],
    ['multicast', at('/ip6/ff02::fb/tcp/9100')],
    ['broadcast', at('/ip4/255.255.255.255/tcp/9100')],
    ['no port', at('/ip4/192.168.1.6/tcp/0')],
    ["another peer's", at('/ip4/192.168.1.6/tcp/9100', '12D3KooWOther')],
    ['no peer', '/ip4/192.168.1.6/tcp/9100'],
    ['no address', at('http://192.168.1.6')],
    ['too long', at(`/dns4/${'a'.repeat(600)}/tcp/1`)]
  ]
  for (const [why, address] of dropped) {
    it(`${address.slice(0, 60)}: no (${why})`, () => expect(dialable([address], peer, routable)).to.deep.equal([]))
  }

  it('loopback among members that keep to it, and where there is no other address', () => {
    const address = at('/ip4/127.0.0.1/tcp/9101')
    expect(dialable([address], peer, [at('/ip4/127.0.0.1/tcp/9100', self)])).to.deep.equal([address])
    expect(dialable([address], peer, [])).to.deep.equal([address])
  })

  it('a place that others are at too: one relay, or a transport without ports', () => {
    for (const place of ['/ip4/192.0.2.1/tcp/4001/p2p/12D3KooWRelay/p2p-circuit', '/memory'])
      expect(dialable([at(place)], peer, [...routable, at(place, self)]), place).to.deep.equal([at(place)])
  })

  it('sixteen at most, each once', () => {
    const many = Array.from({ length: 40 }, (_, i) => at(`/ip4/192.168.2.${i >> 1}/tcp/9100`))
    expect(dialable(many, peer, routable))
      .to.have.length(16)
      .and.deep.equal([...new Set(many)].slice(0, 16))
  })
})
