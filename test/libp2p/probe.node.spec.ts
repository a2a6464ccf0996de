import { expect } from 'chai'
import { libp2pTransport, version } from 'ghmesh'
import { connected, members } from './members.ts'

describe('a member that is probed', () => {
  const here = members()

  // README: "A peer that connects without the secret"
  it('tells anybody its version, and only members its name', async () => {
    const probed = await here.member({ name: 'probed' })
    const transport = libp2pTransport({ listenPort: 0, forceLocalhost: true })
    const other = await here.member({ transport }, [probed])
    await connected(other, probed)
    const stranger = libp2pTransport({ listenPort: 0, forceLocalhost: true })
    await stranger.start(['another topic'], {
      message: async () => 'ignore',
      async *request() {},
      connect() {},
      disconnect() {}
    })
    const [address = ''] = probed.addresses
    const outside = await stranger.probe(address).finally(() => stranger.stop())
    expect([outside.peerId, outside.version, outside.name]).to.deep.equal([probed.peerId, version, undefined])
    // The proof of the one who joined later may still be under way.
    await here.gossips(other, probed)
    expect((await transport.probe(address)).name).to.equal('probed')
  })
})
