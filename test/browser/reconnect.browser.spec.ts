import { expect } from 'chai'
import { createMesh, libp2pTransport, type Mesh, memoryStore, type Transport } from 'ghmesh'
import { between } from '../libp2p/nat.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const hourMs = 3_600_000

describe('a page whose timers come once in an hour', () => {
  let beside: { relay: string; secret: string; apiUrl: string }
  let mesh: Mesh
  let transport: Transport
  let reachable: boolean
  let aheadMs: number
  const relay = () => mesh.relays()[0]

  before(async () => {
    beside = await (await fetch('/__member.json')).json()
  })
  beforeEach(() => {
    reachable = true
    aheadMs = 0
  })
  afterEach(() => mesh.stop())

  async function open() {
    const relays = [beside.relay]
    transport = between(libp2pTransport({ relays, allowPrivateAddresses: true }), () => reachable)
    mesh = await createMesh({
      secret: beside.secret,
      apiUrl: beside.apiUrl,
      transport,
      relays,
      store: memoryStore(),
      limits: { dialMs: hourMs },
      now: () => Date.now() + aheadMs,
      logger: quiet
    })
  }
  const member = (type: 'peer:connect' | 'peer:disconnect') =>
    new Promise<void>((resolve) => mesh.addEventListener(type, () => resolve(), { once: true }))

  it('is back at once when its socket was closed', async () => {
    await open()
    if (mesh.peers().length === 0) await member('peer:connect')
    const id = relay()?.id as string
    aheadMs = 2 * hourMs
    const gone = member('peer:disconnect')
    for (const { id } of [...mesh.peers(), ...transport.peers()]) await transport.disconnect(id)
    await gone
    if (mesh.peers().length === 0) await member('peer:connect')
    expect(relay()).to.include({ id })
    // The member may have been dialled again before the relay had gone, and be there without it.
    while (!transport.peers().some((peer) => peer.id === id)) await new Promise((resolve) => setTimeout(resolve, 10))
  })

  for (const [name, happen] of [
    ['on-line again', () => window.dispatchEvent(new Event('online'))],
    ['in sight again', () => document.dispatchEvent(new Event('visibilitychange'))],
    ['shown again', () => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))],
    ['thawed', () => document.dispatchEvent(new Event('resume'))]
  ] as const) {
    it(`finds the others when it is ${name}`, async () => {
      reachable = false
      await open()
      expect(relay()).to.include({ state: 'away' })
      reachable = true
      const found = member('peer:connect')
      happen()
      await found
      expect(relay()?.state).to.not.equal('away')
    })
  }
})
