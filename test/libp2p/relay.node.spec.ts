import { createRelay, type Relay, type RelayOptions } from '@ghmesh/relay'
import { generateKeyPair, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { tcp } from '@libp2p/tcp'
import { expect } from 'chai'
import { libp2pTransport, type Mesh, type MeshOptions } from 'ghmesh'
import { createLibp2pTransport } from '../../packages/core/src/libp2p/libp2p.ts'
import { next } from '../support/events.ts'
import { connected, members } from './members.ts'
import { between, isCircuit } from './nat.ts'

describe('members and a relay', () => {
  const here = members()
  let relay: Relay | undefined
  let number = 0
  const newPath = () => `/repos/octocat/hello-world/issues/${++number}`
  afterEach(() => relay?.stop())

  async function startRelay(options: RelayOptions = {}): Promise<Relay> {
    relay = createRelay({ host: '127.0.0.1', tcpPort: 0, webSocketPort: 0, ...options })
    await relay.start()
    return relay
  }
  /** Options for the same relay at another time: its identity and its ports. */
  async function sameRelay(): Promise<RelayOptions & { addresses: string[] }> {
    const privateKey = privateKeyToProtobuf(await generateKeyPair('Ed25519'))
    const first = await startRelay({ privateKey })
    const portOf = (pattern: RegExp) => Number(first.addresses.map((one) => pattern.exec(one)?.[1]).find(Boolean))
    const { addresses } = first
    const options = {
      addresses,
      privateKey,
      tcpPort: portOf(/\/tcp\/(\d+)\/p2p/),
      webSocketPort: portOf(/\/tcp\/(\d+)\/ws/)
    }
    await first.stop()
    return options
  }
  /** A member that reaches others through the relay only, and those in `open` directly. */
  function behindNat(relays: string[], open = new Set<string | undefined>(), options: MeshOptions = {}) {
    const transport = between(
      libp2pTransport({ listenPort: 0, forceLocalhost: true, relays }),
      (address) => open.has(address.split('/').at(-1)) || isCircuit(address) || relays.includes(address)
    )
    return here.member({ transport, relays, discovery: undefined, mdns: false, ...options })
  }
  const path = (mesh: Mesh, to: Mesh) => mesh.peers().find(({ id }) => id === to.peerId)?.path
  /** Looks again whenever something is heard, for there is no event of it. */
  async function until(from: Mesh, to: Mesh, fits: () => boolean): Promise<void> {
    while (!fits()) await here.gossips(from, to)
  }

  // README: "Members that cannot reach each other"
  // README: "Put that line into the environment"
  it('meet through it, with nothing but its address; share by gossip and by asking', async () => {
    const { addresses } = await startRelay()
    const a = await behindNat(addresses)
    const b = await behindNat(addresses)
    await Promise.all([connected(a, b), connected(b, a)])
    expect(path(a, b)).to.equal('relayed')
    expect(a.relays()).to.have.length(1)
    expect(a.relays()[0]).to.include({ state: 'reserved', address: addresses[0] })
    expect(
      a.peers().map(({ id }) => id),
      'a relay is no member'
    ).to.deep.equal([b.peerId])
    const shared = newPath()
    await here.share(shared, a, b)
    await here.cached(b, shared)
  })

  it('of which there are several: a place at each that gives one, whatever the others do', async () => {
    const others = [await startRelay(), await startRelay({ groups: ['0'.repeat(64)] })]
    const relays = [...others, await startRelay()].map(({ addresses }) => addresses[0] as string)
    const [a, b] = [await behindNat(relays), await behindNat(relays)]
    await Promise.all([connected(a, b), connected(b, a)])
    const states = (mesh: Mesh) => mesh.relays().map(({ state }) => state === 'reserved')
    await until(a, b, () => [a, b].every((mesh) => states(mesh).join() === 'true,false,true'))
    await Promise.all(others.map((one) => one.stop()))
    await here.gossips(a, b)
  })

  // README: "As soon as two members can reach"
  it('a better way is taken as soon as there is one, and gossip goes on when the circuit has gone', async () => {
    const running = await startRelay()
    const open = new Set<string | undefined>()
    const a = await behindNat(running.addresses, open)
    const b = await behindNat(running.addresses, open)
    await Promise.all([connected(a, b), connected(b, a)])
    open.add(a.peerId).add(b.peerId)
    await until(a, b, () => path(a, b) === 'direct' && path(b, a) === 'direct')
    await until(a, b, () => running.figures.circuits === 0)
    await running.stop()
    await here.gossips(a, b)
    await here.gossips(b, a)
  })

  it('that goes: those with a direct link go on, and all are members again when it is back', async () => {
    const { addresses, ...options } = await sameRelay()
    const first = await startRelay(options)
    const open = new Set<string | undefined>()
    const [a, b] = [await behindNat(addresses, open), await behindNat(addresses, open)]
    const c = await behindNat(addresses)
    open.add(a.peerId).add(b.peerId)
    await Promise.all([connected(a, b, c), connected(b, a, c), connected(c, a, b)])
    await until(a, b, () => path(a, b) === 'direct' && path(b, a) === 'direct')
    const alone = next(c, 'peer:disconnect')
    await first.stop()
    await alone
    await here.gossips(a, b)
    const again = Promise.all([a, b].map((mesh) => next(c, 'peer:connect', ({ id }) => id === mesh.peerId)))
    await startRelay(options)
    await again
    await here.gossips(c, a, b)
  })

  it('that is killed and started again under load: nothing is lost but time [long]', async () => {
    const { addresses, ...options } = await sameRelay()
    const first = await startRelay(options)
    const group: Mesh[] = []
    for (let n = 0; n < 5; n++) group.push(await behindNat(addresses))
    const all = () => Promise.all(group.map((mesh) => connected(mesh, ...group.filter((other) => other !== mesh))))
    await all()
    let asked = 0
    let over = false
    const statuses = new Set<number>()
    const waiting = new Set<() => void>()
    const more = (count: number) => {
      const enough = asked + count
      return new Promise<void>((resolve) => waiting.add(() => asked >= enough && resolve()))
    }
    const load = Promise.all(
      group.map(async (mesh) => {
        for (let n = 0; !over; n++) {
          const url = here.url(`/repos/octocat/hello-world/issues/${(n % 20) + 1}`)
          statuses.add((await mesh.fetch(url, { cache: n % 2 ? 'no-cache' : 'default' })).status)
          asked++
          for (const look of waiting) look()
        }
      })
    )
    await more(20)
    const alone = Promise.all(group.map((mesh) => mesh.peers().length > 0 && next(mesh, 'peer:disconnect')))
    await first.stop()
    await Promise.all([more(20), alone])
    await startRelay(options)
    await Promise.all([more(20), all()])
    over = true
    await load
    expect([...statuses]).to.deep.equal([200])
    await here.gossips(group[0] as Mesh, ...group.slice(1))
  })

  it('that is down when they start is waited for, and keeps nobody from GitHub', async () => {
    const { addresses, ...options } = await sameRelay()
    const a = await behindNat(addresses)
    const b = await behindNat(addresses)
    expect(a.relays()[0]).to.include({ state: 'away' })
    expect((await a.fetch(here.url(newPath()))).status).to.equal(200)
    const met = Promise.all([connected(a, b), connected(b, a)])
    await startRelay(options)
    await met
  })

  it('that was away for longer than libp2p remembers its addresses is found again', async () => {
    const { addresses, ...options } = await sameRelay()
    const first = await startRelay(options)
    const forgetful = () =>
      createLibp2pTransport({
        transports: [tcp()],
        relays: addresses,
        addressAgeMs: 1,
        listen: async () => ({ listen: [], announce: [] })
      })
    const join = () => here.member({ transport: forgetful(), relays: addresses, discovery: undefined, mdns: false })
    const [a, b] = [await join(), await join()]
    await Promise.all([connected(a, b), connected(b, a)])
    const lost = Promise.all([next(a, 'peer:disconnect'), next(b, 'peer:disconnect')])
    await first.stop()
    await lost
    const met = Promise.all([next(a, 'peer:connect'), next(b, 'peer:connect')])
    await startRelay(options)
    await met
    await here.gossips(a, b)
  })

  it('that serves other groups only: no member through it, no harm', async () => {
    const { addresses } = await startRelay({ groups: ['0'.repeat(64)] })
    const a = await behindNat(addresses)
    const b = await behindNat(addresses)
    const asked = newPath()
    expect((await a.fetch(here.url(asked))).status).to.equal(200)
    expect((await b.fetch(here.url(asked))).headers.get('cache-status')).to.match(/fwd=uri-miss/)
    expect(a.relays()[0]?.state).to.not.equal('reserved')
    expect(a.peers()).to.deep.equal([])
  })

  it('nobody takes a place at a relay that was not named, though a member says it is reached there', async () => {
    const { addresses } = await startRelay()
    const a = await behindNat(addresses)
    await here.gossips(a)
    const b = await here.member({ relays: [], mdns: false }, [a])
    await Promise.all([connected(b, a), connected(a, b)])
    expect(b.relays()).to.deep.equal([])
    expect(b.addresses.filter(isCircuit)).to.deep.equal([])
    expect(path(b, a)).to.equal('direct')
  })
})
