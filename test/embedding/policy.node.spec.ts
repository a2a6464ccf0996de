import { expect } from 'chai'
import { type Beside, startBeside } from './beside.ts'
import { browser } from './browser.ts'
import { libraryFiles } from './library.ts'
import { type Site, serve } from './site.ts'

const script = `
import { createMesh } from './ghmesh.js'

globalThis.done = (async () => {
  const { secret, apiUrl, relay, url } = JSON.parse(decodeURIComponent(location.hash.slice(1)))
  const mesh = await createMesh({
    secret,
    apiUrl,
    relays: [relay],
    allowPrivateAddresses: true,
    token: 'sim-token-bob',
    limits: { dialMs: 100, membersBudgetMs: 5000 }
  })
  while (mesh.peers()[0]?.path !== 'direct') await new Promise((resolve) => setTimeout(resolve, 20))
  const peers = mesh.peers()
  const responses = [await mesh.fetch(url), await mesh.fetch(apiUrl + '/repos/octocat/Hello-World/languages')]
  await mesh.stop()
  return { peers, said: responses.map(({ headers }) => headers.get('cache-status')) }
})()
`

const said = ['ghmesh; hit; detail=peer', 'ghmesh; fwd=uri-miss; fwd-status=200; stored']

describe('under a strict content security policy', () => {
  const { open } = browser()
  let beside: Beside
  let site: Site
  let allowed: string[]
  const world = async (options: { behindNat: boolean }) => {
    beside = await startBeside(options)
    const [, host, port] = /\/ip4\/([\d.]+)\/tcp\/(\d+)\/ws\//.exec(beside.given.relay) ?? []
    allowed = [beside.github.url, `ws://${host}:${port}`]
    site = await serve(
      {
        '/index.html': '<!doctype html><title>strict</title><script type="module" src="page.js"></script>',
        '/page.js': script,
        ...libraryFiles()
      },
      { 'content-security-policy': `default-src 'none'; script-src 'self'; connect-src ${allowed.join(' ')}` }
    )
  }
  afterEach(async () => {
    await site?.stop()
    await beside?.stop()
  })

  it('a page joins by a relay, connects by WebRTC and asks GitHub, and violates nothing', async () => {
    await world({ behindNat: true })
    const { page, complaints, violations, asked } = await open(`${site.origin}/`, beside.given)
    const done = await page.evaluate(() => (globalThis as unknown as { done: Promise<object> }).done)
    expect(done).to.have.nested.property('peers[0].transport', 'webrtc')
    expect(done).to.have.property('said').that.deep.equals(said)
    expect(await violations()).to.deep.equal([])
    expect(complaints).to.deep.equal([])
    const origins = new Set(asked.map((url) => new URL(url).origin))
    expect([...origins]).to.have.members([site.origin, ...allowed])
  })

  it('does so too where a member can be dialled, which the policy forbids', async () => {
    await world({ behindNat: false })
    const { page, violations } = await open(`${site.origin}/`, beside.given)
    const done = await page.evaluate(() => (globalThis as unknown as { done: Promise<object> }).done)
    expect(done).to.have.nested.property('peers[0].transport', 'webrtc')
    expect(done).to.have.property('said').that.deep.equals(said)
    for (const violation of await violations()) expect(violation).to.match(/^connect-src ws:\/\/127\.0\.0\.1/)
  })

  it('would be seen to violate it, if it did', async () => {
    await world({ behindNat: true })
    const { page, violations } = await open(`${site.origin}/`, beside.given)
    await page.evaluate(() => fetch('http://127.0.0.1:1/').catch(() => {}))
    expect(await violations()).to.deep.equal(['connect-src http://127.0.0.1:1/'])
  })
})
