import { expect } from 'chai'
import { createMesh, type Mesh, type MeshOptions, memoryStore } from 'ghmesh'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

describe('a page, and a relay with a shelf', () => {
  let beside: { shelf: string; secret: string; apiUrl: string; url: string; body: unknown }
  const open: Mesh[] = []
  before(async () => {
    beside = await (await fetch('/__member.json')).json()
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((mesh) => mesh.stop()))
  })

  async function page(options: MeshOptions = {}): Promise<Mesh> {
    const mesh = await createMesh({
      secret: beside.secret,
      apiUrl: beside.apiUrl,
      relays: [beside.shelf],
      allowPrivateAddresses: true,
      ttlMs: 3_600_000,
      random: () => 0.99,
      logger: quiet,
      ...options,
      limits: { membersBudgetMs: 20_000, stopMs: 30_000 }
    })
    open.push(mesh)
    return mesh
  }
  async function gets(mesh: Mesh, url: string): Promise<unknown> {
    const response = await mesh.fetch(url)
    expect(response.headers.get('cache-status')).to.equal('ghmesh; hit; detail=peer')
    return response.json()
  }
  const stop = (mesh: Mesh) => open.splice(open.indexOf(mesh), 1)[0]?.stop()

  it('takes what a member has left that has gone', async () => {
    const mesh = await page({ store: memoryStore() })
    expect(await gets(mesh, beside.url)).to.deep.equal(beside.body)
    expect(mesh.stats().apiCallsMade).to.equal(0)
  })

  it('leaves what it fetched for the next one', async () => {
    const url = beside.url.replace(/\d+$/, '4')
    const first = await page({ store: memoryStore() })
    const fetched = await (await first.fetch(url)).json()
    await stop(first)
    expect(await gets(await page({ store: memoryStore() }), url)).to.deep.equal(fetched)
  })
})
