import { expect } from 'chai'
import { createMesh, libp2pTransport, type Mesh, type MeshOptions, memoryStore } from 'ghmesh'
import { between } from '../libp2p/nat.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const repository = 'octocat/hello-world'

describe('the registry of members in an issue, from a page', () => {
  const meshes: Mesh[] = []
  let beside: { relay: string; secret: string; apiUrl: string }
  before(async () => {
    beside = await (await fetch('/__member.json')).json()
  })
  afterEach(() => Promise.all(meshes.splice(0).map((mesh) => mesh.stop())))

  async function open(more: MeshOptions): Promise<Mesh> {
    const mesh = await createMesh({
      secret: beside.secret,
      apiUrl: beside.apiUrl,
      token: 'sim-token-alice',
      relays: [beside.relay],
      allowPrivateAddresses: true,
      repository,
      store: memoryStore(),
      limits: { dialMs: 100 },
      logger: quiet,
      ...more
    })
    meshes.push(mesh)
    return mesh
  }

  it('tells where a page is, sealed, and another page finds it there', async () => {
    const one = await open({})
    const headers = { authorization: 'Bearer sim-token-alice' }
    const get = async (path: string) =>
      (await fetch(`${beside.apiUrl}/repos/${repository}${path}`, { headers, cache: 'no-store' })).json()
    let body = ''
    while (!body) {
      const issues: { title: string; number: number }[] = await get('/issues')
      const registry = issues.find(({ title }) => title === 'p2p-peer-registry')
      const comments: { body: string }[] = registry ? await get(`/issues/${registry.number}/comments`) : []
      body = comments[0]?.body ?? ''
    }
    expect(body).to.match(/^<!-- p2p-peer-registry:\S+ -->/)
    expect(body)
      .to.not.include(one.peerId as string)
      .and.not.include('/ip4/')

    // No relay is reached, so nobody else can have told.
    let tell = () => {}
    const told = new Promise<void>((resolve) => {
      tell = resolve
    })
    const transport = between(libp2pTransport({ relays: [beside.relay], allowPrivateAddresses: true }), (address) => {
      if (address.endsWith(`/p2p-circuit/p2p/${one.peerId}`)) tell()
      return false
    })
    await open({ transport })
    await told
  })
})
