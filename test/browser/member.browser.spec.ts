import { expect } from 'chai'
import { createMesh, libp2pTransport, type Mesh, memoryStore, type Peer } from 'ghmesh'
import { between } from '../libp2p/nat.ts'

/** What scripts/wtr-member.mjs tells of the Node member that runs beside the browser. */
interface Beside {
  address: string
  relay: string
  secret: string
  apiUrl: string
  url: string
  body: unknown
}

const hasWebRtc = 'RTCPeerConnection' in globalThis
const quiet = { debug() {}, info() {}, warn() {}, error() {} }

describe('a page', () => {
  let beside: Beside
  let mesh: Mesh | undefined
  before(async () => {
    beside = await (await fetch('/__member.json')).json()
  })
  afterEach(() => mesh?.stop())

  const calls: string[] = []
  const open = (more = {}) =>
    createMesh({
      secret: beside.secret,
      apiUrl: beside.apiUrl,
      bootstrap: [beside.address],
      allowPrivateAddresses: true,
      store: memoryStore(),
      ttlMs: 3_600_000,
      limits: { dialMs: 100, membersBudgetMs: 5000 },
      fetch: async (input) => {
        calls.push(String(input instanceof Request ? input.url : input))
        throw new TypeError('GitHub must not be asked')
      },
      ...more
    })

  // README: "A `fetch` for GitHub's API"
  it('joins a Node member over ws:// and gets its entry with no call to GitHub', async () => {
    mesh = await open()
    const joined = new Promise<void>((resolve) => mesh?.addEventListener('peer:connect', () => resolve()))
    if (mesh.peers().length === 0) await joined
    expect(mesh.peers()[0]).to.include({ path: 'direct', transport: 'websocket' })
    const response = await mesh.fetch(beside.url)
    expect(await response.json()).to.deep.equal(beside.body)
    expect(response.headers.get('cache-status')).to.equal('ghmesh; hit; detail=peer')
    expect(calls).to.deep.equal([])
    expect(mesh.stats()).to.include({ peerHits: 1, apiCallsMade: 0 })
  })

  // README: "`import { createMesh } from 'ghmesh'` makes a page"
  it(`meets it at a relay, gets its entry through that, and ${hasWebRtc ? 'then has a direct link' : 'stays there'}`, async () => {
    const relays = [beside.relay]
    const transport = between(
      libp2pTransport({ relays, allowPrivateAddresses: true }),
      (address) => address === beside.relay || address.includes('/p2p-circuit/')
    )
    mesh = await open({ bootstrap: undefined, transport, relays })
    const joined = new Promise<void>((resolve) => mesh?.addEventListener('peer:connect', () => resolve()))
    if (mesh.peers().length === 0) await joined
    const response = await mesh.fetch(beside.url)
    expect(await response.json()).to.deep.equal(beside.body)
    expect(response.headers.get('cache-status')).to.equal('ghmesh; hit; detail=peer')
    expect(calls).to.deep.equal([])
    expect(mesh.relays()).to.have.length(1)
    if (!hasWebRtc) return expect(mesh.peers()[0]).to.include({ path: 'relayed' })
    // Its name comes by a message of its own, before or after that.
    const isThere = ({ path, name }: Peer) => path === 'direct' && name !== undefined
    while (!mesh.peers().some(isThere)) await new Promise((resolve) => setTimeout(resolve, 50))
    expect(mesh.peers()[0]).to.include({ name: 'node', path: 'direct', transport: 'webrtc' })
    expect(mesh.relays()[0]).to.include({ state: 'reserved' })
  })

  // README: "A page loads minified files,"
  it('needs one file and no bundler', async () => {
    const file = new URL('/packages/core/dist/browser/ghmesh.js', location.href).href
    const { createMesh, memoryStore } = await import(file)
    mesh = await createMesh({ apiUrl: beside.apiUrl, store: memoryStore(), logger: quiet })
    expect((await (mesh as Mesh).fetch(beside.url)).status).to.equal(200)
  })

  it('can ask GitHub itself, across origins', async () => {
    mesh = await open({ fetch: undefined, bootstrap: undefined })
    const response = await mesh.fetch(`${beside.apiUrl}/repos/octocat/hello-world/issues/2`)
    expect(response.status).to.equal(200)
    expect(response.headers.get('cache-status')).to.include('fwd=uri-miss')
  })

  it('does not dial ws:// and private addresses unless told to', async () => {
    mesh = await open({ allowPrivateAddresses: false })
    const response = mesh.fetch(beside.url)
    expect(await response.catch((error) => error)).to.be.instanceOf(TypeError)
    expect(mesh.peers()).to.deep.equal([])
  })

  // docs/browsers.md: "`/dnsaddr` addresses"
  it('asks nobody what a /dnsaddr address stands for', async () => {
    const transport = libp2pTransport({})
    await transport.start([], {
      message: async () => 'ignore',
      async *request() {},
      connect() {},
      disconnect() {}
    })
    const asked: string[] = []
    const { fetch } = globalThis
    globalThis.fetch = async (input) => {
      asked.push(String(input))
      throw new TypeError('nobody must be asked')
    }
    try {
      const peerId = beside.address.split('/').at(-1)
      const failure = await transport.dial(`/dnsaddr/members.example/p2p/${peerId}`).catch((error) => error)
      expect(failure).to.include({ code: 'ERR_TRANSPORT' })
      expect(asked).to.deep.equal([])
    } finally {
      globalThis.fetch = fetch
      await transport.stop()
    }
  })
})
