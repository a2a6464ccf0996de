import { expect } from 'chai'
import { serveBarePage } from './bare-page.ts'
import { type Beside, startBeside } from './beside.ts'
import { browser } from './browser.ts'
import { certificate } from './certificate.ts'
import type { Site } from './site.ts'

/**
 * Local Network Access (https://wicg.github.io/local-network-access/): a page from the Internet needs its user's permission for
 * WebSockets to local addresses. 127.0.0.1, where the page and GitHub are, stands for the Internet; the relay, which has no TLS, is
 * at `host`. In a `describe` of its own.
 */
export function meetWhereAllowed({ host, https = false }: { host(): string; https?: boolean }): void {
  const { context, open } = browser('--ip-address-space-overrides=127.0.0.1:0=public')
  let beside: Beside
  let site: Site
  before(async () => {
    beside = await startBeside({ behindNat: true, relayOptions: { host: host(), webSocketPort: 0 } })
    site = await serveBarePage(https ? await certificate() : undefined)
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

  it('do not, where not; then the page asks GitHub', async () => {
    const { page, url } = await openPage(false)
    const refused = page.waitForEvent('console', (message) => message.text().includes('LOCAL_NETWORK_ACCESS'))
    const seen = await page.evaluate(async (url) => {
      const mesh = await inPage.start()
      const { status, headers } = await mesh.fetch(url)
      return { status, said: headers.get('cache-status'), states: mesh.relays().map(({ state }) => state) }
    }, url)
    await refused
    expect(seen).to.deep.equal({
      status: 200,
      said: 'ghmesh; fwd=uri-miss; fwd-status=200; stored',
      states: ['away']
    })
  })
}
