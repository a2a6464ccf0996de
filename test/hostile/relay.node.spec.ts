import { circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { expect } from 'chai'
import { createSecret, libp2pTransport, type Mesh, type Transport } from 'ghmesh'
import { createExchange } from 'ghmesh/libp2p'
import { encodeAnswer } from 'ghmesh/protocol'
import { createLibp2p } from 'libp2p'
import { openGroup } from '../../packages/core/src/group/group.ts'
import { unpackEnvelope } from '../../packages/core/src/protocol/envelope.ts'
import { decodeGossip } from '../../packages/core/src/protocol/wire.ts'
import { connected, members } from '../libp2p/members.ts'
import { between, isCircuit } from '../libp2p/nat.ts'
import { next } from '../support/events.ts'

const open = (secret: string) => openGroup(secret, Date.now, 86_400_000)

/** A relay that welcomes everybody, and of which the test has every screw in hand. */
async function startHostileRelay(secret: string) {
  const { topic } = await open(secret)
  type Connections = { getConnections(peer?: object): { remotePeer: object }[] }
  const inside: { connectionManager?: Connections } = {}
  const node = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { inboundConnectionThreshold: 1000 },
    services: {
      identify: identify(),
      ping: ping(),
      inside({ connectionManager }: { connectionManager: Connections }) {
        inside.connectionManager = connectionManager
        return {}
      },
      relay: circuitRelayServer({ reservations: { maxReservations: 100, defaultDataLimit: 1n << 30n } }),
      pubsub: gossipsub({ D: 100, Dhi: 200, Dlo: 50, scoreParams: { IPColocationFactorWeight: 0 } })
    }
  })
  const exchange = createExchange(node, {
    async *request() {
      yield encodeAnswer({ type: 'relay' })
    }
  })
  await exchange.start()
  node.services.pubsub.subscribe(topic)
  type Forward = (id: string, message: { data?: Uint8Array }, ...rest: unknown[]) => unknown
  return {
    node,
    addresses: node.getMultiaddrs().map(String),
    /** What becomes of a message that is handed on. */
    forwards(change: (message: { data?: Uint8Array }) => { data?: Uint8Array } | undefined) {
      const pubsub = node.services.pubsub as unknown as { forwardMessage: Forward }
      const forward = pubsub.forwardMessage.bind(pubsub)
      pubsub.forwardMessage = (id, message, ...rest) => {
        const changed = change(message)
        return changed && forward(id, changed, ...rest)
      }
    },
    /** Leads circuits for one peer to another. */
    swaps(from: Mesh, to: Mesh) {
      const { connectionManager } = inside as Required<typeof inside>
      const ask = connectionManager.getConnections.bind(connectionManager)
      connectionManager.getConnections = (peer) =>
        String(peer) === from.peerId ? ask().filter(({ remotePeer }) => String(remotePeer) === to.peerId) : ask(peer)
    },
    async stop() {
      exchange.stop()
      await node.stop()
    }
  }
}

describe('a hostile relay', () => {
  const here = members()
  let relay: Awaited<ReturnType<typeof startHostileRelay>>
  let number = 20
  const newPath = () => `/repos/octocat/hello-world/issues/${++number}`
  beforeEach(async () => {
    relay = await startHostileRelay(here.secret)
  })
  afterEach(() => relay.stop())

  function newTransport(): Transport {
    const { addresses: relays } = relay
    return between(
      libp2pTransport({ listenPort: 0, forceLocalhost: true, relays }),
      (address) => isCircuit(address) || relays.includes(address)
    )
  }
  const member = (transport = newTransport()): Promise<Mesh> =>
    here.member({ transport, relays: relay.addresses, discovery: undefined, mdns: false })
  async function two(): Promise<[Mesh, Mesh]> {
    const [a, b] = [await member(), await member()]
    await Promise.all([connected(a, b), connected(b, a)])
    return [a, b]
  }

  it('that passes no gossip on: members ask each other', async () => {
    const [a, b] = await two()
    relay.forwards(() => undefined)
    const path = newPath()
    const announced = next(a, 'announced', ({ url }) => url === here.url(path))
    expect((await a.fetch(here.url(path))).status).to.equal(200)
    await announced
    const calls = here.github.count()
    expect((await b.fetch(here.url(path))).headers.get('cache-status')).to.equal('ghmesh; hit; detail=peer')
    expect(here.github.count()).to.equal(calls)
  })

  it('that rewrites gossip: nobody believes it', async () => {
    const [a, b] = await two()
    let rewritten = 0
    relay.forwards((message) => {
      const data = message.data?.slice()
      if (data) data[data.length - 1] = (data[data.length - 1] as number) ^ 1
      rewritten++
      return { ...message, ...(data && { data }) }
    })
    await a.set('answer', 'right')
    const path = newPath()
    const said = await (await a.fetch(here.url(path))).text()
    while (rewritten < 2) await a.set('more', rewritten)
    expect(await b.get('answer')).to.equal('right')
    expect(await (await b.fetch(here.url(path))).text()).to.equal(said)
  })

  it('that answers nothing on circuits: GitHub is asked [long]', async () => {
    const [a, b] = await two()
    relay.forwards(() => undefined)
    const path = newPath()
    expect((await a.fetch(here.url(path))).status).to.equal(200)
    // From now on every byte of a circuit stays with the relay.
    for (const connection of relay.node.getConnections())
      for (const stream of connection.streams) if (stream.protocol.includes('/circuit/')) stream.pause()
    const response = await b.fetch(here.url(path))
    expect([response.status, response.headers.get('cache-status')]).to.deep.equal([
      200,
      'ghmesh; fwd=uri-miss; fwd-status=200; stored'
    ])
  })

  it('that joins wrong peers: nobody is taken for another', async () => {
    const a = await member()
    const b = await member()
    await connected(a, b)
    const placeOfB = b.addresses.find(isCircuit) as string
    relay.swaps(b, a)
    const transport = newTransport()
    const c = await member(transport)
    await connected(c, a)
    // Who is asked for b answers as a, and that is seen.
    const failure = await transport.dial(placeOfB).catch((error) => error)
    expect(failure).to.have.property('code', 'ERR_TRANSPORT')
    expect(`${failure.message} ${failure.cause}`).to.match(/does not match expected remote identity key/)
    const path = newPath()
    const said = await (await c.fetch(here.url(path))).text()
    expect(await (await a.fetch(here.url(path))).text()).to.equal(said)
  })

  // README: "Outsiders see no content."
  // README: "Without the secret, URLs and bodies"
  // README: "It needs no secret and cannot read"
  // README: "Connections between members are encrypted"
  // README: "A relay sees who talks"
  it('that writes down all it carries: sees who speaks and how much, and can open nothing', async () => {
    const gossip: Uint8Array[] = []
    relay.forwards((message) => {
      if (message.data) gossip.push(message.data.slice())
      return message
    })
    const circuits: Uint8Array[] = []
    const [a, b] = await two()
    for (const connection of relay.node.getConnections())
      for (const stream of connection.streams)
        if (stream.protocol.includes('/circuit/'))
          stream.addEventListener('message', ({ data }) => circuits.push(data.subarray().slice()))
    const path = newPath()
    const received = next(b, 'received', ({ url }) => url === here.url(path))
    await (await a.fetch(here.url(path))).text()
    await received
    const large = '/repos/octocat/hello-world/languages'
    const words = Array.from({ length: 20_000 }, () => crypto.randomUUID())
    here.github.setBody(large, Object.fromEntries(words.map((word, i) => [word, i])))
    const announced = next(a, 'announced', ({ url }) => url === here.url(large))
    await (await a.fetch(here.url(large))).text()
    await announced
    expect((await b.fetch(here.url(large))).headers.get('cache-status')).to.equal('ghmesh; hit; detail=peer')

    const [ours, others] = [await open(here.secret), await open(createSecret())]
    const urls: string[] = []
    for (const data of gossip) {
      const envelope = unpackEnvelope(data)
      if (typeof envelope === 'string') expect.fail(envelope)
      const opened = async (group: typeof ours) =>
        (await Promise.all([a, b].map(({ peerId = '' }) => group.openGossip(envelope.sealed, peerId)))).find(Boolean)
      expect(await opened(others)).to.equal(undefined)
      const { bytes } = (await opened(ours)) ?? expect.fail('not even by a member')
      const message = decodeGossip(bytes)
      if (typeof message !== 'string' && message?.type === 'announce') urls.push(message.entry.url)
      const plain = Buffer.from(data)
      for (const word of ['octocat', 'github', 'http', here.secret]) expect(plain.includes(word), word).to.equal(false)
    }
    // That is where it was said.
    expect(urls).to.include(here.url(path))
    const carried = Buffer.concat(circuits)
    expect(carried.byteLength).to.be.above(words.length * 16)
    for (const word of ['/ghmesh/', '/yamux/', 'octocat', 'http', here.secret])
      expect(carried.includes(word), word).to.equal(false)
  })
})
