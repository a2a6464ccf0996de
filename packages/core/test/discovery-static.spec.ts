import { expect } from 'chai'
import { discoveryContract } from '../src/contract/index.ts'
import type { PeerRecord } from '../src/discovery/discovery.ts'
import { staticPeers } from '../src/discovery/static.ts'

const one = '12D3KooWKoX63riwyW2VWY5w13isHgQg2R6VsfJQTBKCWD9EPz3X'
const two = 'QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC'

describe('staticPeers', () => {
  const create = () => staticPeers([`/ip4/127.0.0.1/tcp/9100/p2p/${one}`])
  for (const { name, run } of discoveryContract({ create })) it(name, run)

  it('tells each member once, with all its addresses', async () => {
    const addresses = [
      `/ip4/192.0.2.1/tcp/9100/p2p/${one}`,
      `/dns4/relay.example/tcp/443/wss/p2p/${two}/p2p-circuit/p2p/${one}`,
      `/ip6/2001:db8::1/tcp/9100/p2p/${two}`
    ]
    const found: PeerRecord[] = []
    const discovery = staticPeers([...addresses, addresses[0] as string])
    await discovery.start((peer) => found.push(peer))
    await discovery.stop()
    expect(found.map(({ peerId, addresses }) => ({ peerId, addresses }))).to.deep.equal([
      { peerId: one, addresses: addresses.slice(0, 2) },
      { peerId: two, addresses: addresses.slice(2) }
    ])
    expect(found[0]?.lastSeen).to.be.a('number')
  })

  it('finds nobody in an empty list', async () => {
    await staticPeers([]).start(() => expect.fail('found somebody'))
  })

  it('refuses what is no multiaddr with a peer id, and shows it', () => {
    const wrong: unknown[] = [
      ...['', 'x', '192.0.2.1:9100', '/ip4/192.0.2.1/tcp/9100', '/ip4/192.0.2.1/tcp/9100/p2p/', '/ip4/999.1.1.1/tcp/1'],
      ...['/ip4/192.0.2.1/tcp/1/p2p/rubbish', '/ip4/192.0.2.1/tcp/1/p2p/12D3KooW', `/nonsense/p2p/${one}`],
      ...[`/p2p/${two}/p2p-circuit`, `/ip4/192.0.2.1/tcp/99999/p2p/${one}`, undefined, null, 7, {}]
    ]
    for (const address of wrong)
      expect(() => staticPeers([address as string]), String(address))
        .to.throw(`got ${JSON.stringify(address)}`)
        .with.property('code', 'ERR_INVALID_OPTION')
  })
})
