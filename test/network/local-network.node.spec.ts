import { expect } from 'chai'
import { serveBarePage } from '../embedding/bare-page.ts'
import { type Beside, startBeside } from '../embedding/beside.ts'
import { browser } from '../embedding/browser.ts'
import { certificate } from '../embedding/certificate.ts'
import type { Site } from '../embedding/site.ts'
import { world } from './world.ts'

/*
 * What Chromium's Local Network Access (https://wicg.github.io/local-network-access/) lifts where the user allows it: that a page
 * which came over https may not connect by `ws://`. 127.0.0.1, where the page is, stands for the Internet.
 */
describe('a page that came over https from the Internet, and a relay without TLS at a private address', () => {
  const { context, open } = browser('--ip-address-space-overrides=127.0.0.1:0=public')
  const here = world([])
  let beside: Beside
  let site: Site
  before(async () => {
    beside = await startBeside({ behindNat: true, relayOptions: { host: here.lab.hub, webSocketPort: 0 } })
    site = await serveBarePage(await certificate())
  })
  after(async () => {
    await site?.stop()
    await beside?.stop()
  })

  async function openPage(isAllowed: boolean) {
    const { apiUrl, secret, relay, url } = beside.given
    const where = await context({ ignoreHTTPSErrors: true })
    if (isAllowed) await where.grantPermissions(['local-network-access'])
    const options = { apiUrl, secret, relays: [relay], allowPrivateAddresses: true, limits: { membersBudgetMs: 5000 } }
    const { page } = await open(`${site.origin}/`, { options }, where)
    return { page, url }
  }

  it('come together where the user allows it', async () => {
    const { page, url } = await openPage(true)
    const said = await page.evaluate(async (url) => {
      const mesh = await inPage.start()
      while (mesh.peers().length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
      return (await mesh.fetch(url)).headers.get('cache-status')
    }, url)
    expect(said).to.equal('ghmesh; hit; detail=peer')
  })

  it('do not, where not', async () => {
    const { page, url } = await openPage(false)
    const refused = page.waitForEvent('console', (message) => message.text().includes('LOCAL_NETWORK_ACCESS'))
    const seen = await page.evaluate(async (url) => {
      const mesh = await inPage.start()
      const { status } = await mesh.fetch(url)
      return { status, states: mesh.relays().map(({ state }) => state) }
    }, url)
    await refused
    expect(seen).to.deep.equal({ status: 200, states: ['away'] })
  })
})
