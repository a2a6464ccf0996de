import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import type { World } from '../../scripts/dashboard/world.mjs'
import { expectToFit, openPage, panel } from './pages.ts'
import { openAlone } from './states.ts'
import { inOneWorld } from './world.ts'

describe('the dashboard by keyboard, in large text, and in forced colours [long]', () => {
  let world: World
  let browser: Browser

  inOneWorld((made) => {
    ;({ world, browser } = made)
    world.github.addRepository({ fullName: 'octo-org/empty', issues: 0, pulls: 0 })
  })

  const filled = (page: Page) => panel(page, 'pull-requests').locator('.row').first().waitFor()
  const focused = (page: Page) =>
    page.evaluate(() => {
      const { activeElement: element } = document
      return (element?.ariaLabel ?? element?.textContent ?? '').trim() || element?.id
    })
  const remove = (page: Page, name: string) => page.getByRole('button', { name: `Remove ${name}` })

  it('gives the focus to the next repository when one is removed, and never drops it', async () => {
    const { page } = await openPage(browser)
    await openAlone(page, world, ['octocat/Hello-World', 'octo-org/website', 'octo-org/empty'])
    const removed = async (name: string) => {
      await remove(page, name).focus()
      await page.keyboard.press('Enter')
      await remove(page, name).waitFor({ state: 'detached' })
    }
    await removed('octo-org/website')
    expect(await focused(page)).to.include('Remove octo-org/empty')
    await removed('octo-org/empty')
    expect(await focused(page)).to.include('Remove octocat/Hello-World')
    await removed('octocat/Hello-World')
    expect(await page.evaluate(() => document.activeElement?.id), 'the field that took its place').to.equal(
      await page.getByLabel('Repositories', { exact: true }).getAttribute('id')
    )
  })

  it('keeps the focus on the page when the notice with the button is gone, and when the page changes', async () => {
    const { page } = await openPage(browser)
    await page.goto(world.address.split('#')[0] as string)
    await page.getByRole('button', { name: 'Try it on public repositories' }).press('Enter')
    await filled(page)
    expect(await page.evaluate(() => document.activeElement?.id)).to.equal('main')
    await page.getByLabel('Add repositories').fill('octocat/nowhere')
    await page.keyboard.press('Enter')
    const missing = page.locator('[data-notice="missing octocat/nowhere"]')
    await missing.getByRole('button', { name: 'Remove' }).press('Enter')
    await missing.waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.activeElement?.localName)).not.to.equal('body')
  })

  it('closes the table with Escape and leads back to what opened it', async () => {
    const { page } = await openPage(browser)
    await openAlone(page, world)
    await filled(page)
    const summary = page.getByText('Show as a table')
    await summary.press('Enter')
    await page.getByRole('columnheader', { name: 'Minute' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('columnheader', { name: 'Minute' }).waitFor({ state: 'hidden' })
    expect(await summary.evaluate((element) => element === document.activeElement)).to.equal(true)
  })

  it('leaves the focus where the reader put it when something else goes', async () => {
    const { page } = await openPage(browser)
    await openAlone(page, world)
    await filled(page)
    await remove(page, 'octo-org/website').focus()
    await page.mouse.click(2, 300)
    expect(
      await page.evaluate(() => document.activeElement === document.body || document.activeElement?.id)
    ).to.be.oneOf([true, 'main'])
    await page.evaluate(() => document.querySelector('.repository:last-child')?.remove())
    expect(await page.evaluate(() => document.activeElement?.localName)).to.be.oneOf(['body', 'main'])
  })

  it('follows the text size of the reader, and fits', async () => {
    const { page } = await openPage(browser)
    const session = await page.context().newCDPSession(page)
    await page.goto(world.address)
    await filled(page)
    const size = () => page.evaluate(() => Number.parseFloat(getComputedStyle(document.body).fontSize))
    const usual = await size()
    await session.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 26 } })
    await page.waitForFunction((usual) => Number.parseFloat(getComputedStyle(document.body).fontSize) > usual, usual)
    expect(await size()).to.equal(2 * usual)
    const graphText = panel(page, 'mesh').locator('svg text').first()
    expect(await graphText.evaluate((text) => Number.parseFloat(getComputedStyle(text).fontSize))).to.be.above(20)
    await expectToFit(page)
    await page.setViewportSize({ width: 360, height: 800 })
    await expectToFit(page)
  })

  it('keeps its legends with forced colours', async () => {
    const { page } = await openPage(browser)
    await page.emulateMedia({ forcedColors: 'active' })
    await page.goto(world.address)
    await panel(page, 'mesh').getByRole('row', { name: 'laptop' }).waitFor()
    const legend = await page
      .locator('.legend li')
      .evaluateAll((items) => items.map((item) => getComputedStyle(item, '::before').backgroundColor))
    const bars = await page
      .locator('.traffic rect')
      .evaluateAll((bars) => bars.map((bar) => getComputedStyle(bar).fill))
    expect(new Set(legend).size).to.equal(4)
    for (const colour of bars) expect(legend).to.include(colour)
    const kinds = await page
      .locator('.members tbody th')
      .evaluateAll((cells) => cells.map((cell) => getComputedStyle(cell, '::before').backgroundColor))
    expect(new Set(kinds).size).to.equal(2)
  })

  it('keeps each name in its cell, with members of any kind', async () => {
    const { page } = await openPage(browser)
    const { page: other } = await openPage(browser)
    for (const one of [page, other]) await one.goto(world.address)
    const row = panel(page, 'mesh')
      .getByRole('row', { name: /^browser-/ })
      .first()
    await row.waitFor()
    await panel(page, 'mesh')
      .locator('svg.graph text', { hasText: /^browser-/ })
      .first()
      .waitFor()
    for (const width of [1440, 1280, 360]) {
      await page.setViewportSize({ width, height: 900 })
      const lines = await row.locator('th, td').evaluateAll((cells) =>
        cells.map((cell) => {
          const range = document.createRange()
          range.selectNodeContents(cell)
          return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size
        })
      )
      expect(lines.slice(0, 2), `lines of name and kind at ${width}`).to.deep.equal([1, 1])
      const cut = await panel(page, 'mesh')
        .locator('svg.graph text')
        .evaluateAll((texts) =>
          texts.flatMap((text) => {
            const [inner, outer] = [text.getBoundingClientRect(), text.closest('svg.graph')?.getBoundingClientRect()]
            const isInside =
              outer && inner.left >= outer.left && inner.right <= outer.right && inner.bottom <= outer.bottom + 1
            return isInside ? [] : [text.textContent]
          })
        )
      expect(cut, `names that the picture cuts at ${width}`).to.deep.equal([])
      await expectToFit(page)
    }
  })
})
