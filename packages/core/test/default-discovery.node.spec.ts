import { expect } from 'chai'
import type { MeshOptions } from '../src/options.ts'
import { readEnvironment } from '../src/platform/node/environment.ts'
import { defaultDiscovery } from '../src/platform/node/node.ts'
import { readOptions } from './read-options.ts'

describe('ways to members that nobody has to choose', () => {
  const ways = (environment: Record<string, string>, options: MeshOptions = {}) =>
    defaultDiscovery(readOptions(options, readEnvironment(environment)), () => {}, 'a tag').map(({ name }) => name)

  // README: "`GHMESH_MDNS`"
  it('multicast DNS, unless it is told not to or keeps to loopback', () => {
    expect(ways({})).to.deep.equal(['mdns'])
    expect(ways({ GHMESH_MDNS: '0' })).to.deep.equal([])
    expect(ways({ IPFS_ACCELERATE_P2P_FORCE_LOCALHOST: '1' })).to.deep.equal([])
    expect(ways({ IPFS_ACCELERATE_P2P_FORCE_LOCALHOST: '1', GHMESH_MDNS: '1' })).to.deep.equal(['mdns'])
  })

  it('a folder and addresses, where they are named', () => {
    const peer = '/ip4/192.0.2.1/tcp/1/p2p/12D3KooWKoX63riwyW2VWY5w13isHgQg2R6VsfJQTBKCWD9EPz3X'
    const named = { GHMESH_PEERS_DIR: '/a', CACHE_BOOTSTRAP_PEERS: peer, GHMESH_MDNS: '0' }
    expect(ways(named)).to.have.members(['static', 'file'])
  })
})
