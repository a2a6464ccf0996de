import { expect } from 'chai'
import { createLibp2p } from 'libp2p'
import { withFewerWrites } from '../src/libp2p/fewer-writes.ts'

describe("a peer store with fewer writes: libp2p's own", () => {
  const minute = 60_000
  const newId = async () => (await createLibp2p({ start: false })).peerId

  async function open() {
    let now = Date.now()
    let writes = 0
    const { peerStore: store } = await createLibp2p({ start: false })
    const merge = store.merge.bind(store)
    store.merge = (...how) => {
      writes++
      return merge(...how)
    }
    withFewerWrites(store, () => now)
    const peer = await newId()
    return {
      store,
      peer,
      opened: (...protocols: string[]) => store.merge(peer, { protocols }),
      protocols: async () => (await store.get(peer)).protocols.sort(),
      later: (ms: number) => {
        now += ms
      },
      get writes() {
        return writes
      }
    }
  }

  it('notes a protocol once, and each protocol', async () => {
    const s = await open()
    for (const _ of [1, 2, 3]) for (const protocol of ['/a', '/b']) await s.opened(protocol)
    expect(await s.protocols()).to.deep.equal(['/a', '/b'])
    expect(s.writes).to.equal(2)
  })

  it('notes it again after a while, so that a peer that stays connected is not forgotten', async () => {
    const s = await open()
    await s.opened('/a')
    s.later(9 * minute)
    await s.opened('/a')
    expect(s.writes).to.equal(1)
    s.later(minute)
    await s.opened('/a')
    expect(s.writes).to.equal(2)
  })

  it('notes it again when something else has been written of the peer', async () => {
    const s = await open()
    await s.opened('/a')
    await s.store.patch(s.peer, { protocols: ['/b'] })
    expect(await s.protocols()).to.deep.equal(['/b'])
    await s.opened('/a')
    expect(await s.protocols()).to.deep.equal(['/a', '/b'])
    await s.store.delete(s.peer)
    await s.opened('/a')
    expect(await s.protocols()).to.deep.equal(['/a'])
    await s.store.save(s.peer, { protocols: [] })
    await s.opened('/a')
    expect(await s.protocols()).to.deep.equal(['/a'])
  })

  it('writes everything else as before', async () => {
    const s = await open()
    for (const _ of [1, 2]) await s.opened('/a', '/b')
    for (const _ of [1, 2]) await s.store.merge(s.peer, { metadata: { name: new Uint8Array([1]) } })
    expect(s.writes).to.equal(4)
    expect((await s.store.get(s.peer)).metadata.get('name')).to.deep.equal(new Uint8Array([1]))
  })
})
