import { lpStream } from '@libp2p/utils'
import { expect } from 'chai'
import { type Bare, createBare, status } from './bare.ts'
import { createLeaves, type Leaf, newGroup } from './leaves.ts'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
interface Inside {
  sendRpc(to: string, rpc: object): boolean
}
/** Sends as gossipsub does, once it has a stream to send by; not to a relay that has disconnected it meanwhile. */
async function sendRpc({ node }: Leaf, to: string, rpc: object): Promise<void> {
  const inside = node.services.pubsub as unknown as Inside
  while (node.getConnections().length > 0 && !inside.sendRpc(to, rpc))
    await new Promise((resolve) => setTimeout(resolve, 1))
}

describe('a relay under attack', () => {
  const leaves = createLeaves()
  const bares: Bare[] = []
  afterEach(async () => {
    await Promise.all(bares.splice(0).map(({ node }) => node.stop()))
    await leaves.end()
  })
  const bare = async () => {
    const made = await createBare()
    bares.push(made)
    return made
  }

  /** While something goes on, 20 members hear each other, and none of them loses its connection. */
  async function whileTwentyTalk(
    options: Parameters<typeof leaves.relay>[0],
    attack: (relay: Awaited<ReturnType<typeof leaves.relay>>, ended: () => boolean) => Promise<void>
  ) {
    const group = await newGroup()
    const relay = await leaves.relay(options)
    const honest = await Promise.all(Array.from({ length: 20 }, () => leaves.leaf(group)))
    await Promise.all(honest.map((leaf) => leaf.join(relay)))
    let over = false
    const attacking = attack(relay, () => over)
    for (let round = 0; round < 3; round++) {
      for (const [i, leaf] of honest.entries()) {
        await leaf.publish(`${round} of ${i}`)
        await Promise.all(honest.filter((one) => one !== leaf).map((one) => one.heard(`${round} of ${i}`)))
      }
    }
    over = true
    await attacking
    expect(honest.map(({ disconnects }) => disconnects)).to.deep.equal(Array(20).fill(0))
    return { relay, group }
  }

  it('drops what is over the rate of one sender, and shuts out nobody else [long]', async () => {
    let publisher: Leaf | undefined
    const { relay } = await whileTwentyTalk({}, async (relay, ended) => {
      const group = await newGroup()
      publisher = await leaves.leaf(group)
      const listener = await leaves.leaf(group)
      await publisher.join(relay)
      await listener.join(relay)
      for (let i = 0; !ended() || relay.tally.rejections['message-rate'] === 0; i++) {
        await publisher.publish(`flood ${i}`)
        if (i % 50 === 0) await pause(1)
      }
    })
    expect(relay.tally.rejections['message-rate']).to.be.above(0)
  })

  it('disconnects who goes on sending rubbish, and does not let it in again', async () => {
    const { relay } = await whileTwentyTalk({}, async (relay) => {
      const group = await newGroup()
      const rude = await leaves.leaf(group)
      await rude.join(relay)
      const gone = new Promise((resolve) => rude.node.addEventListener('peer:disconnect', resolve, { once: true }))
      for (let i = 0; i < 30; i++) {
        const data = new Uint8Array(300).fill(i)
        data[0] = 1 // of this version, with a proof that is none
        await rude.node.services.pubsub.publish(group.topic, data)
      }
      await gone
      // Connected by TCP and Noise, then closed.
      const came = await rude.join(relay).then(
        () => 'in',
        () => 'refused'
      )
      expect(came).to.equal('refused')
    })
    expect(relay.tally.rejections['message-proof']).to.be.within(20, 30)
    expect(relay.tally.rejections['shut-out']).to.be.at.least(1)
  })

  it('counts forged signatures and messages that are too large', async () => {
    const { relay } = await whileTwentyTalk({}, async (relay) => {
      const group = await newGroup()
      for (const size of [100, 70_000]) {
        const rude = await leaves.leaf(group)
        await rude.join(relay)
        const gone = new Promise((resolve) => rude.node.addEventListener('peer:disconnect', resolve, { once: true }))
        for (let i = 0; i < 25; i++) {
          const message = {
            topic: group.topic,
            data: new Uint8Array(size).fill(i),
            from: rude.node.peerId.toMultihash().bytes,
            seqno: new Uint8Array(8).fill(i),
            signature: new Uint8Array(64).fill(i),
            key: new Uint8Array()
          }
          await sendRpc(rude, relay.peerId, { subscriptions: [], messages: [message] })
        }
        await gone
      }
    })
    expect(relay.tally.rejections['message-signature']).to.be.at.least(20)
    expect(relay.tally.rejections['message-size']).to.be.at.least(20)
  })

  it('ends a connection whose frames are too large for gossip or for questions', async () => {
    const { relay } = await whileTwentyTalk({}, async (relay) => {
      for (const protocol of ['/meshsub/1.2.0', '/ghmesh/1/exchange']) {
        const group = await newGroup()
        const rude = await bare()
        await rude.dial(relay)
        await rude.show(relay, await group.proofFor(rude.peerId))
        const [connection] = rude.node.getConnections()
        const stream = await connection?.newStream(protocol)
        if (!stream) throw new Error('not connected')
        const closed = new Promise((resolve) => stream.addEventListener('close', resolve, { once: true }))
        await lpStream(stream, { maxDataLength: 4_000_000 })
          .write(new Uint8Array(3_000_000))
          .catch(() => {})
        await closed
      }
    })
    expect(relay.tally.rejections['frame-size']).to.equal(1)
  })

  it('takes none of thousands of topics, and as many groups of one address as it is told to', async () => {
    const { relay } = await whileTwentyTalk({ limits: { groupsPerAddress: 20 } }, async (relay) => {
      const rude = await leaves.leaf(await newGroup())
      await rude.join(relay)
      for (let batch = 0; batch < 40; batch++) {
        const subscriptions = Array.from({ length: 100 }, (_, i) => ({
          topic: `ghmesh/1/${batch * 100 + i}`,
          subscribe: true
        }))
        await sendRpc(rude, relay.peerId, { subscriptions, messages: [] })
      }
      for (let i = 0; i < 4; i++) {
        const other = await bare()
        await other.dial(relay)
        for (let j = 0; j < 8; j++) await other.show(relay, await (await newGroup()).proofFor(other.peerId))
      }
    })
    expect(relay.figures.groups).to.equal(20)
    expect(relay.tally.rejections['groups-full']).to.be.above(0)
  })

  it('gives one address no more reservations than its share, though it comes with many identities', async () => {
    const hoarded: number[] = []
    const { relay } = await whileTwentyTalk({ limits: { reservationsPerAddress: 10 } }, async (relay) => {
      const group = await newGroup()
      for (let i = 0; i < 40; i++) {
        const one = await bare()
        await one.dial(relay)
        await one.show(relay, await group.proofFor(one.peerId))
        hoarded.push(await one.reserve(relay))
      }
    })
    // The twenty who talk come from the same address, and had theirs first or not at all.
    expect(relay.figures.reservations).to.equal(10)
    expect(hoarded.filter((answer) => answer === status.permissionDenied).length).to.be.at.least(30)
  })

  it('takes no more connections of one address than its share', async () => {
    const relay = await leaves.relay({ limits: { connectionsPerAddress: 10 } })
    const group = await newGroup()
    let refused = 0
    for (let i = 0; i < 30; i++) {
      const one = await bare()
      try {
        await one.dial(relay)
        await one.show(relay, await group.proofFor(one.peerId))
      } catch {
        refused++
      }
    }
    expect(refused).to.equal(20)
    expect(relay.figures).to.include({ connections: 10, members: 10 })
    expect(relay.tally.rejections['connections-per-address']).to.equal(20)
  })

  it('takes more than that from a proxy, however its address is spelled', async () => {
    const relay = await leaves.relay({ limits: { connectionsPerAddress: 1 }, proxies: ['::FFFF:127.0.0.1'] })
    const group = await newGroup()
    for (let i = 0; i < 3; i++) {
      const one = await bare()
      await one.dial(relay)
      await one.show(relay, await group.proofFor(one.peerId))
    }
    expect(relay.figures).to.include({ connections: 3, members: 3 })
  })

  it('answers "busy" to who asks without end', async () => {
    // On a busy machine the hundred take longer than the seconds after which strangers have to go, and than what renews a rate.
    const limits = { unprovenMs: 60_000, questionsPerSecond: 1 }
    const { relay } = await whileTwentyTalk({ limits }, async (relay) => {
      const rude = await bare()
      await rude.dial(relay)
      const codes = new Set<string>()
      for (let i = 0; i < 100; i++) {
        const answer = await rude.show(relay, new Uint8Array(104))
        codes.add(answer?.type === 'error' ? answer.code : 'none')
      }
      expect([...codes]).to.deep.equal(['unproven', 'busy'])
    })
    expect(relay.tally.rejections['question-rate']).to.be.above(0)
  })

  it('keeps little for who does not read', async () => {
    const group = await newGroup()
    const relay = await leaves.relay({ limits: { outboundBytes: 300_000 } })
    const [one, other] = [await leaves.leaf(group), await leaves.leaf(group)]
    await one.join(relay)
    await other.join(relay)
    const slow = await bare()
    const given = new Promise<void>((resolve) => {
      void slow.node.handle('/meshsub/1.2.0', (stream) => {
        stream.pause()
        stream.addEventListener('close', () => resolve(), { once: true })
      })
    })
    await slow.dial(relay)
    await slow.node.getConnections()[0]?.newStream('/meshsub/1.2.0')
    await slow.show(relay, await group.proofFor(slow.peerId))
    let givenUp = false
    void given.then(() => {
      givenUp = true
    })
    for (let i = 0; !givenUp; i++) {
      const text = `${i} `.padEnd(50_000)
      await one.publish(text)
      await other.heard(text)
    }
    await given
  })
})
