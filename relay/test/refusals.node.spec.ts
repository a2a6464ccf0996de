import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { openGroup } from '../../packages/core/src/group/group.ts'
import { deriveKeys } from '../../packages/core/src/group/keys.ts'
import { createProof } from '../../packages/core/src/group/proof.ts'
import { rootOf } from '../../packages/core/src/group/root.ts'
import { createSecret } from '../../packages/core/src/group/secret.ts'
import { encodeQuestion } from '../../packages/core/src/protocol/wire.ts'
import { createBare, status } from './bare.ts'
import { createLeaves, newGroup, tcpOf } from './leaves.ts'

const unproven = { type: 'error', code: 'unproven' }

describe('a relay refuses', () => {
  const leaves = createLeaves()
  afterEach(() => leaves.end())

  it('a reservation, and after a while the connection, to who shows no proof', async () => {
    const relay = await leaves.relay({ limits: { proofWaitMs: 50, unprovenMs: 500 } })
    const bare = await createBare()
    await bare.dial(relay)
    expect(await bare.reserve(relay)).to.equal(status.permissionDenied)
    expect(relay.tally.rejections['reservation-unproven']).to.equal(1)
    await bare.ended
    expect(relay.tally.rejections.unproven).to.equal(1)
    expect(relay.figures).to.include({ members: 0, reservations: 0 })
    await bare.node.stop()
  })

  it('a proof of somebody else, an expired one, one for years, and bytes that are none', async () => {
    const relay = await leaves.relay()
    const keys = await deriveKeys(await rootOf(createSecret()))
    const bare = await createBare()
    await bare.dial(relay)
    const day = 24 * 3_600_000
    const proofs = [
      await createProof(keys.signingKey, relay.peerId, Date.now() + day),
      await createProof(keys.signingKey, bare.peerId, Date.now() - 1),
      await createProof(keys.signingKey, bare.peerId, Date.now() + 1000 * day),
      new Uint8Array(104)
    ]
    for (const proof of proofs) expect(await bare.show(relay, proof)).to.deep.equal(unproven)
    expect(relay.tally.rejections.proof).to.equal(4)
    expect(relay.figures).to.include({ members: 0, groups: 0, topics: 0 })
    await bare.node.stop()
  })

  it('questions that only members answer, and those it cannot read', async () => {
    const group = await newGroup()
    const relay = await leaves.relay()
    const bare = await createBare()
    await bare.dial(relay)
    await bare.show(relay, await group.proofFor(bare.peerId))
    expect(await bare.ask(relay, encodeQuestion({ version: 1, type: 'list' }))).to.deep.equal(unproven)
    expect(await bare.ask(relay, Uint8Array.of(1, 2, 3))).to.deep.equal({ type: 'error', code: 'malformed' })
    await bare.node.stop()
  })

  it('a group that it does not serve', async () => {
    const [served, other] = [await newGroup(), await newGroup()]
    const relay = await leaves.relay({ groups: [served.id] })
    const bare = await createBare()
    await bare.dial(relay)
    expect(await bare.show(relay, await other.proofFor(bare.peerId))).to.deep.equal(unproven)
    expect(await bare.show(relay, await served.proofFor(bare.peerId))).to.deep.equal({ type: 'relay' })
    expect(relay.tally.rejections['group-not-served']).to.equal(1)
    await bare.node.stop()
  })

  it('a ninth group of one peer', async () => {
    const relay = await leaves.relay()
    const bare = await createBare()
    await bare.dial(relay)
    const answers = []
    for (let i = 0; i < 9; i++)
      answers.push((await bare.show(relay, await (await newGroup()).proofFor(bare.peerId)))?.type)
    expect(answers).to.deep.equal([...Array(8).fill('relay'), 'error'])
    await bare.node.stop()
  })

  it('who was proven, once the proof has expired', async () => {
    const relay = await leaves.relay({ limits: { sweepMs: 50, unprovenMs: 300 } })
    const bare = await createBare()
    await bare.dial(relay)
    const short = await openGroup(createSecret(), Date.now, 1000)
    expect(await bare.show(relay, await short.proofFor(bare.peerId))).to.deep.equal({ type: 'relay' })
    await bare.ended
    expect(relay.figures.members).to.equal(0)
    await bare.node.stop()
  })

  it('a circuit between two groups', async () => {
    const relay = await leaves.relay({ limits: { proofWaitMs: 100 } })
    const [one, other] = [await leaves.leaf(await newGroup()), await leaves.leaf(await newGroup())]
    await one.join(relay)
    await other.join(relay)
    await other.reserve(relay)
    const failure = await one.node
      .dial(multiaddr(`${tcpOf(relay)}/p2p-circuit/p2p/${other.peerId}`))
      .then(() => undefined, String)
    expect(failure).to.include('PERMISSION_DENIED')
    expect(relay.tally.rejections['circuit-other-group']).to.equal(1)
    expect(relay.figures.circuits).to.equal(0)
  })

  it("another group's topic: its messages are neither heard nor passed on, nor is its name told", async () => {
    const [group, foreign] = [await newGroup(), await newGroup()]
    const relay = await leaves.relay()
    const [one, other] = [await leaves.leaf(group), await leaves.leaf(group)]
    const outsider = await leaves.leaf(foreign)
    const told: string[] = []
    outsider.node.services.pubsub.addEventListener('subscription-change', ({ detail }) => {
      for (const { topic } of detail.subscriptions) told.push(topic)
    })
    const heard: string[] = []
    outsider.node.services.pubsub.addEventListener('message', ({ detail }) => heard.push(detail.topic))
    outsider.node.services.pubsub.subscribe(group.topic)
    await outsider.join(relay)
    await one.join(relay)
    await other.join(relay)
    // As if it had been told: it takes the relay for one of the mesh.
    const inside = outsider.node.services.pubsub as unknown as {
      sendRpc(to: string, rpc: object): void
      sendGraft(to: string, topics: string[]): void
    }
    inside.sendGraft(relay.peerId, [group.topic])
    const data = new Uint8Array(200).fill(1)
    inside.sendRpc(relay.peerId, { subscriptions: [], messages: [{ topic: group.topic, data }] })
    for (let i = 0; i < 3; i++) {
      await one.publish(`inside ${i}`)
      await other.heard(`inside ${i}`)
    }
    // What was sent to the outsider before this has come: one connection keeps the order.
    await outsider.show(relay.peerId, await foreign.proofFor(outsider.peerId))
    expect(heard).to.deep.equal([])
    expect([...new Set(told)]).to.deep.equal([foreign.topic])
    expect(relay.tally.rejections['message-unproven']).to.equal(1)
    expect(relay.tally.messages).to.equal(3)
  })

  it('to open a group for longer than it takes to come back', async () => {
    const relay = await leaves.relay({ limits: { groupLingerMs: 100 } })
    const bare = await createBare()
    await bare.dial(relay)
    await bare.show(relay, await (await newGroup()).proofFor(bare.peerId))
    expect(relay.figures).to.include({ groups: 1, topics: 1 })
    await bare.node.stop()
    while (relay.figures.topics > 0) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(relay.figures.groups).to.equal(0)
  })
})
