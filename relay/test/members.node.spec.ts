import { once } from 'node:events'
import { generateKeyPair, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { createBare, status } from './bare.ts'
import { createLeaves, newGroup, tcpOf } from './leaves.ts'

describe('the members of a relay', () => {
  const leaves = createLeaves()
  afterEach(() => leaves.end())

  it('never find it full, though 1,000 come and go, one after another in each of eight places [long]', async () => {
    const group = await newGroup()
    const relay = await leaves.relay({
      limits: { reservations: 32, connectionsPerSecondAndAddress: 10_000, connectionsBurstPerAddress: 10_000 }
    })
    let left = 1000
    const answers = new Map<number, number>()
    const place = async () => {
      while (left-- > 0) {
        const bare = await createBare()
        await bare.dial(relay)
        // At the same moment, as members do.
        const [answer, reserved] = await Promise.all([
          bare.show(relay, await group.proofFor(bare.peerId)),
          bare.reserve(relay)
        ])
        expect(answer).to.deep.equal({ type: 'relay' })
        answers.set(reserved, (answers.get(reserved) ?? 0) + 1)
        await bare.node.stop()
      }
    }
    await Promise.all(Array.from({ length: 8 }, place))
    expect([...answers]).to.deep.equal([[status.ok, 1000]])
    expect(relay.tally.rejections['reservations-full']).to.equal(0)
  })

  it('renew a reservation that they hold, however full it is', async () => {
    const group = await newGroup()
    const relay = await leaves.relay({ limits: { reservations: 1 } })
    const [first, second] = [await createBare(), await createBare()]
    for (const bare of [first, second]) {
      await bare.dial(relay)
      await bare.show(relay, await group.proofFor(bare.peerId))
    }
    expect(await first.reserve(relay)).to.equal(status.ok)
    expect(await second.reserve(relay)).to.equal(status.permissionDenied)
    expect(await first.reserve(relay)).to.equal(status.ok)
    await first.node.stop()
    await second.node.stop()
  })

  it('find the same peer id after a restart, and come back by dialling', async () => {
    const group = await newGroup()
    const privateKey = privateKeyToProtobuf(await generateKeyPair('Ed25519'))
    const relay = await leaves.relay({ privateKey })
    const { peerId } = relay
    const tcpPort = Number(/tcp\/(\d+)/.exec(tcpOf(relay))?.[1])
    const [one, other] = [await leaves.leaf(group), await leaves.leaf(group)]
    for (const leaf of [one, other]) await leaf.join(relay)
    await other.reserve(relay)

    const gone = Promise.all([one, other].map(({ node }) => once(node as never, 'peer:disconnect')))
    await relay.stop()
    await gone
    const again = await leaves.relay({ privateKey, tcpPort })
    expect(again.peerId).to.equal(peerId)
    for (const leaf of [one, other]) await leaf.join(again)
    await one.publish('back again')
    await other.heard('back again')
    await other.reserve(again)
    const circuit = await one.node.dial(multiaddr(`${tcpOf(again)}/p2p-circuit/p2p/${other.peerId}`))
    expect(circuit.limits).to.be.an('object')
  })

  it('go on gossiping over the second of two connections when the first closes', async () => {
    const group = await newGroup()
    const relay = await leaves.relay()
    const [one, other] = [await leaves.leaf(group), await leaves.leaf(group)]
    await one.join(relay)
    await other.join(relay)
    const [first] = other.node.getConnections()
    await other.node.dial(multiaddr(tcpOf(relay)), { force: true })
    while (relay.figures.connections < 3) await pause(10)
    const pubsub = other.node.services.pubsub as unknown as {
      onPeerConnected(peer: unknown, connection: unknown): void
      streamsOutbound: Map<string, unknown>
    }
    await first?.close()
    const [second] = other.node.getConnections()
    // What a member does as well.
    setTimeout(() => pubsub.onPeerConnected(second?.remotePeer, second), 50)
    for (let i = 0; ; i++) {
      await one.publish(`after ${i}`)
      const heard = await Promise.race([other.heard(`after ${i}`).then(() => true), pause(100).then(() => false)])
      if (heard) break
    }
    expect(relay.figures.members).to.equal(2)
  })
})

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
