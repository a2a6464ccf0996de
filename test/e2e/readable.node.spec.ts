import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { furnishTeam } from '../../scripts/dashboard/repositories.mjs'
import type { World } from '../../scripts/dashboard/world.mjs'
import { boardStates } from './board-states.ts'
import { expectToFit, openPage, panel } from './pages.ts'
import { crowded, moving, toldByColour, unseenFocus } from './readable.ts'
import { openAlone, states } from './states.ts'
import { inOneWorld } from './world.ts'

describe('every state of the dashboard with large text, forced colours and reduced motion [long]', () => {
  let world: World
  let browser: Browser

  inOneWorld((made) => {
    ;({ world, browser } = made)
    world.github.addRepository({ fullName: 'octo-org/empty', issues: 0, pulls: 0 })
    furnishTeam(world.github)
  })

  const enlarge = async (page: Page) => {
    const usual = await page.evaluate(() => Number.parseFloat(getComputedStyle(document.body).fontSize))
    const session = await page.context().newCDPSession(page)
    await session.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 26 } })
    await page.waitForFunction(
      (twice) => Number.parseFloat(getComputedStyle(document.body).fontSize) === twice,
      2 * usual
    )
  }

  for (const { name, provoke, restore } of [...states, ...boardStates]) {
    it(`can be read: ${name}`, async () => {
      const { page } = await openPage(browser, { isMeshOpen: false })
      try {
        await provoke(page, world)
        expect(await moving(page), 'moves').to.deep.equal([])
        await page.emulateMedia({ forcedColors: 'active' })
        expect(await toldByColour(page), 'told by colour alone').to.deep.equal([])
        expect(await unseenFocus(page, 12), 'focus that is not seen').to.deep.equal([])
        await page.emulateMedia({ forcedColors: 'none' })
        await enlarge(page)
        for (const width of [1280, 360]) {
          await page.setViewportSize({ width, height: 900 })
          await expectToFit(page)
          expect(await crowded(page), `crowded at ${width} pixels`).to.deep.equal([])
        }
      } finally {
        await restore?.(world)
      }
    })
  }

  it('moves what is on its way only for readers who did not ask for less motion', async () => {
    const held = world.github.hold(/\/pulls/)
    const { page } = await openPage(browser)
    await openAlone(page, world)
    await held.arrived
    await panel(page, 'pull-requests').locator('.skeleton-row').first().waitFor()
    expect(await moving(page)).to.deep.equal([])
    await page.emulateMedia({ reducedMotion: 'no-preference' })
    expect(await moving(page)).not.to.deep.equal([])
    held.release()
  })
})
