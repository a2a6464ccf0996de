import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { ask, serveBarePage, start } from './bare-page.ts'
import { type Beside, startBeside } from './beside.ts'
import { browser } from './browser.ts'
import type { Site } from './site.ts'

const path = '/repos/octocat/Hello-World/issues'

describe('two pages', () => {
  // Else Chromium hides local addresses behind names that need multicast DNS.
  const { open } = browser('--allow-loopback-in-peer-connection')
  let beside: Beside
  let site: Site
  before(async () => {
    beside = await startBeside()
    await beside.member.stop() // these two are alone
    site = await serveBarePage()
  })
  after(async () => {
    await site?.stop()
    await beside?.stop()
  })

  it('meet at a relay, connect by WebRTC, and one call serves both', async () => {
    const { secret, apiUrl, relay } = beside.given
    const limits = { dialMs: 100, membersBudgetMs: 5000, auditOneIn: 1e9 }
    const join = async (token: string) => {
      const options = { secret, apiUrl, relays: [relay], allowPrivateAddresses: true, token, limits }
      const { page } = await open(`${site.origin}/`, { options })
      await start(page)
      return page
    }
    const pages = [await join('sim-token-alice'), await join('sim-token-bob')] as const
    const direct = (page: Page) =>
      page.evaluate(async () => {
        while (inPage.mesh.peers()[0]?.path !== 'direct') await new Promise((resolve) => setTimeout(resolve, 20))
        return inPage.mesh.peers()
      })
    for (const page of pages) {
      const [peer, ...more] = await direct(page)
      expect(peer).to.include({ transport: 'webrtc' })
      expect(more).to.deep.equal([])
    }
    const announced = pages[0].evaluate(
      () => new Promise<void>((resolve) => inPage.mesh.addEventListener('announced', () => resolve(), { once: true }))
    )
    expect((await ask(pages[0], path)).said).to.equal('ghmesh; fwd=uri-miss; fwd-status=200; stored')
    await announced
    beside.github.clearCalls()
    expect((await ask(pages[1], path)).said).to.equal('ghmesh; hit; detail=peer')
    expect(beside.github.count()).to.equal(0)
  })
})
