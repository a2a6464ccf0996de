import { lpStream } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { createLeaves, newGroup } from './leaves.ts'

describe('a relay', () => {
  const leaves = createLeaves()
  afterEach(() => leaves.end())

  for (const [size, bytes] of [
    ['5 KB', 5_000],
    ['5 MB', 5_000_000]
  ] as const) {
    it(`carries ${size} between two proven peers of a group`, async () => {
      const group = await newGroup()
      const relay = await leaves.relay()
      const [one, other] = [await leaves.leaf(group), await leaves.leaf(group)]
      await Promise.all([one.join(relay), other.join(relay)])
      await other.reserve(relay)
      await other.node.handle(
        '/echo',
        async (stream) => {
          const lines = lpStream(stream)
          for (;;) await lines.write(await lines.read())
        },
        { runOnLimitedConnection: true }
      )
      const address = `${relay.addresses[0]}/p2p-circuit/p2p/${other.peerId}`
      const connection = await one.node.dial(multiaddr(address))
      expect(connection.limits).to.be.an('object')
      expect(relay.figures).to.include({ members: 2, circuits: 1 })
      const lines = lpStream(await connection.newStream('/echo', { runOnLimitedConnection: true }))
      const sent = crypto.getRandomValues(new Uint8Array(50_000))
      for (let left = bytes; left > 0; left -= 50_000) {
        const part = sent.subarray(0, Math.min(left, 50_000))
        await lines.write(part)
        expect(Buffer.compare((await lines.read()).subarray(), part)).to.equal(0)
      }
      expect(relay.tally.circuitBytes).to.be.above(2 * bytes)
    })
  }

  it('opens a circuit to who dials one at once, and shows its proof meanwhile', async () => {
    const group = await newGroup()
    const relay = await leaves.relay()
    const [one, other] = [await leaves.leaf(group), await leaves.leaf(group)]
    await other.join(relay)
    await other.reserve(relay)
    const shown = new Promise((resolve) => {
      one.node.addEventListener('peer:connect', async ({ detail }) => {
        if (detail.toString() !== relay.peerId) return
        resolve(await one.show(relay.peerId, await group.proofFor(one.peerId)))
      })
    })
    const circuit = await one.node.dial(multiaddr(`${relay.addresses[0]}/p2p-circuit/p2p/${other.peerId}`))
    expect(circuit.limits).to.be.an('object')
    expect(await shown).to.deep.equal({ type: 'relay' })
  })

  it('passes what each of 50 publishes on to the 49 others [long]', async () => {
    const group = await newGroup()
    const relay = await leaves.relay()
    const all = await Promise.all(Array.from({ length: 50 }, () => leaves.leaf(group)))
    await Promise.all(all.map((leaf) => leaf.join(relay)))
    for (const [i, leaf] of all.entries()) {
      await leaf.publish(`message ${i}`)
      await Promise.all(all.filter((other) => other !== leaf).map((other) => other.heard(`message ${i}`)))
    }
    expect(relay.figures).to.include({ members: 50, groups: 1 })
    expect(relay.tally.messages).to.equal(50)
    expect(all.reduce((sum, { disconnects }) => sum + disconnects, 0)).to.equal(0)
  })
})
