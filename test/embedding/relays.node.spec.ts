import { expect } from 'chai'
import { serveBarePage } from './bare-page.ts'
import { type Beside, startBeside } from './beside.ts'
import { browser } from './browser.ts'
import { certificate } from './certificate.ts'
import type { Site } from './site.ts'

describe('ways from a page to a relay', () => {
  const { context, open } = browser()
  let beside: Beside
  let site: Site
  afterEach(async () => {
    await site?.stop()
    await beside?.stop()
  })

  async function joins(relay: string, options: { allowPrivateAddresses?: boolean }) {
    const { apiUrl, secret, url } = beside.given
    const where = await context({ ignoreHTTPSErrors: true })
    const given = {
      options: { apiUrl, secret, relays: [relay], limits: { dialMs: 100, membersBudgetMs: 5000 }, ...options }
    }
    const { page, complaints } = await open(`${site.origin}/`, given, where)
    const seen = await page.evaluate(async (url) => {
      const mesh = await inPage.start()
      while (mesh.peers().length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
      const response = await mesh.fetch(url)
      return { said: response.headers.get('cache-status'), states: mesh.relays().map(({ state }) => state) }
    }, url)
    expect(seen).to.deep.equal({ said: 'ghmesh; hit; detail=peer', states: ['reserved'] })
    expect(complaints).to.deep.equal([])
    expect(beside.github.calls).to.deep.equal([])
  }

  it('wss from an https page', async () => {
    const tls = await certificate()
    beside = await startBeside({ behindNat: true, relayOptions: { webSocketPort: 0, tls } })
    site = await serveBarePage(tls)
    await joins(beside.given.relay.replace('/ip4/127.0.0.1/', '/dns4/localhost/'), { allowPrivateAddresses: true })
  })

  it('WebRTC-direct to one that has no certificate', async () => {
    beside = await startBeside({ behindNat: true, relayOptions: { webRtcPort: 0 } })
    site = await serveBarePage()
    expect(beside.given.relay).to.include('/webrtc-direct/certhash/')
    await joins(beside.given.relay, { allowPrivateAddresses: true })
  })
})
