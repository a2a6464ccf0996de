import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import type { World } from '../../scripts/dashboard/world.mjs'
import { expectAccessible, expectToFit, openPage, panel, refresh } from './pages.ts'
import { breakGitHub, openAlone, openWithToken } from './states.ts'
import { inOneWorld } from './world.ts'

describe('the dashboard with much to show [long]', () => {
  let world: World
  let browser: Browser
  const names = Array.from({ length: 50 }, (_, index) => `octo-mass/part-${index + 1}`)

  inOneWorld((made) => {
    ;({ world, browser } = made)
    for (const fullName of names) world.github.addRepository({ fullName, issues: 133, pulls: 30, commits: 2 })
  })

  async function truth(kind: 'issue' | 'pr'): Promise<number> {
    const q = encodeURIComponent(`user:octo-mass is:${kind} is:open`)
    const headers = { 'user-agent': 'truth', authorization: 'Bearer sim-token-alice' }
    const response = await fetch(`${world.github.url}/search/issues?q=${q}&per_page=1`, { headers })
    return ((await response.json()) as { total_count: number }).total_count
  }
  const count = (page: Page, name: string) => panel(page, name).locator('h2 .count')

  it('counts 50 repositories, 1,000 pull requests and 5,000 issues, and searches them', async () => {
    const [issues, pulls] = [await truth('issue'), await truth('pr')]
    expect([issues, pulls]).to.satisfy(([i, p]: number[]) => (i as number) >= 5000 && (p as number) >= 1000)
    const { page, complaints } = await openPage(browser)
    await openWithToken(page, world, 'sim-token-alice', names)
    await page.getByText('Refreshed', { exact: false }).waitFor()
    await page.getByText('Next refresh at').waitFor()
    await count(page, 'pull-requests')
      .filter({ hasText: pulls.toLocaleString('en') })
      .waitFor()
    await count(page, 'issues')
      .filter({ hasText: issues.toLocaleString('en') })
      .waitFor()
    expect(await page.locator('.repository').count()).to.equal(50)
    expect(await page.locator('.repository').filter({ hasText: 'not loaded' }).count()).to.equal(0)
    await panel(page, 'pull-requests')
      .getByText(`200 shown of ${pulls.toLocaleString('en')}`)
      .waitFor()

    await page.getByLabel('Search', { exact: true }).fill('repo:octo-mass/part-50 is:pr')
    await count(page, 'pull-requests')
      .filter({ hasText: / of 1,\d\d\d$/ })
      .waitFor()
    const found = await panel(page, 'pull-requests').locator('.row > .row-about').allInnerTexts()
    expect(found.length).to.be.above(0)
    expect(found.every((text) => text.startsWith('octo-mass/part-50#'))).to.equal(true)
    await expectAccessible(page)
    await page.setViewportSize({ width: 360, height: 800 })
    await expectToFit(page)
    expect(complaints).to.deep.equal([])
  })

  it('draws no row again while nothing changes but the time', async () => {
    const { page } = await openPage(browser)
    await openWithToken(page, world, 'sim-token-alice', names.slice(0, 12))
    await page.getByText('Refreshed', { exact: false }).waitFor()
    await page.getByText('Next refresh at').waitFor()
    const changed = await page.evaluate(async () => {
      const texts: string[] = []
      const observer = new MutationObserver((changes) => {
        for (const { target } of changes) {
          const element = target instanceof Element ? target : target.parentElement
          if (element?.closest('.panels .row, .repository') && !element.closest('time')) texts.push(element.outerHTML)
        }
      })
      observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })
      // Three times that the clock of the page has moved, as its ages of data show.
      const age = () => document.querySelector('[data-panel="issues"] .source')?.textContent
      for (let at = age(), moves = 0; moves < 3; ) {
        await new Promise(requestAnimationFrame)
        if (age() === at) continue
        at = age()
        moves++
      }
      observer.disconnect()
      return texts
    })
    expect(changed).to.deep.equal([])
  })

  it('says how a branch was, not how it is, while GitHub does not answer', async () => {
    const { page } = await openPage(browser)
    const [name] = names as [string]
    await openAlone(page, world, [name])
    const row = page.locator('.repository')
    await row.getByText('main passing').waitFor()
    const mend = breakGitHub(world)
    await refresh(page)
    await row.getByText('main was passing').waitFor()
    mend()
    await refresh(page)
    await row.getByText('main passing').waitFor()
  })

  it('fills a wall, where nothing is to be clicked, and comes back', async () => {
    const { page } = await openPage(browser, { width: 2560, isMeshOpen: false })
    await openWithToken(page, world, 'sim-token-alice', names.slice(0, 12))
    await panel(page, 'pull-requests').locator('.row').first().waitFor()
    const size = () => page.evaluate(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize))
    const before = await size()
    const columns = () =>
      page.locator('.panels').evaluate(
        (panels) =>
          getComputedStyle(panels)
            .gridTemplateColumns.split(' ')
            .filter((width) => width !== '0px').length
      )
    expect(await columns(), 'columns of 2,560 pixels').to.equal(4)
    await page.setViewportSize({ width: 2560, height: 2400 })
    const end = await page.locator('.panels').evaluate((panels) => panels.getBoundingClientRect().bottom)
    expect(end, 'the end of the panels, of 2,400 pixels').to.be.within(2350, 2400)
    await page.getByRole('button', { name: 'Wall mode' }).click()
    await page.locator('html[data-wall]').waitFor()
    expect(await size()).to.be.above(before)
    expect(await page.getByLabel('Search', { exact: true }).isVisible()).to.equal(false)
    await page.waitForURL(/wall=1/)
    await expectAccessible(page)
    await expectToFit(page)
    await page.keyboard.press('Escape')
    await page.getByLabel('Search', { exact: true }).waitFor()
    await page.locator('html:not([data-wall])').waitFor()
    expect(await size()).to.equal(before)
  })
})
