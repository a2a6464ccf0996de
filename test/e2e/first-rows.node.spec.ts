import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import type { World } from '../../scripts/dashboard/world.mjs'
import { leaveMeshOpen, panel } from './pages.ts'
import { inOneWorld } from './world.ts'

describe('the first rows of the dashboard', () => {
  let world: World
  let browser: Browser

  inOneWorld((made) => {
    ;({ world, browser } = made)
  })

  const names = ['pull-requests', 'issues', 'workflow-runs', 'releases']
  const counts = (page: Page) => Promise.all(names.map((name) => panel(page, name).locator('.row').count()))
  const filled = (page: Page) => Promise.all(names.map((name) => panel(page, name).locator('.row').first().waitFor()))

  it('come from this browser at the next visit, before the code that connects to members', async () => {
    const context = await browser.newContext()
    await leaveMeshOpen(context)
    const first = await context.newPage()
    await first.goto(world.address)
    await filled(first)
    await first.getByText('Refreshed', { exact: false }).waitFor()
    const before = await counts(first)
    await first.close()

    const page = await context.newPage()
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(String(error)))
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const asked: string[] = []
    await page.route(/assets\/(?:join|libp2p|shelf)-/, async (route) => {
      asked.push(route.request().url())
      await released
      await route.continue()
    })
    await page.goto(world.address)
    await filled(page)
    expect(await counts(page)).to.deep.equal(before)
    await panel(page, 'mesh').getByText('Starting…').waitFor()
    expect(await panel(page, 'attention').getByText('Nothing needs attention.').count(), 'not confirmed yet').to.equal(
      0
    )

    // What is shown stays while the mesh takes its place.
    await page.evaluate((names) => {
      const rows = () => names.every((name) => document.querySelector(`[data-panel="${name}"] .row`))
      new MutationObserver(() => !rows() && document.body.setAttribute('data-emptied', '')).observe(document, {
        subtree: true,
        childList: true
      })
    }, names)
    release()
    await panel(page, 'mesh').getByRole('row', { name: 'build-server' }).waitFor()
    await page.getByText('Refreshed', { exact: false }).waitFor()
    expect(asked).not.to.deep.equal([])
    expect(await page.locator('[data-emptied]').count(), 'the rows were gone for a moment').to.equal(0)
    expect(complaints).to.deep.equal([])
  })
})
