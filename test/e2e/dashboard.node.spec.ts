import { createRelay } from '@ghmesh/relay'
import { expect } from 'chai'
import { createSecret } from 'ghmesh'
import type { Browser, Page } from 'playwright-core'
import type { World } from '../../scripts/dashboard/world.mjs'
import { next } from '../support/events.ts'
import { expectAccessible, expectToFit, notice, ofThePage, openPage, panel, refresh } from './pages.ts'
import { breakGitHub, openAlone, openWithToken, states } from './states.ts'
import { inOneWorld } from './world.ts'

describe('the dashboard', () => {
  let world: World
  let browser: Browser

  inOneWorld((made) => {
    ;({ world, browser } = made)
    world.github.addRepository({ fullName: 'octo-org/empty', issues: 0, pulls: 0 })
  })

  const filled = (page: Page) =>
    Promise.all(
      ['pull-requests', 'issues', 'workflow-runs', 'releases'].map((name) =>
        panel(page, name).locator('.row').first().waitFor()
      )
    )

  it('shows what members hold, without a question to GitHub', async () => {
    world.github.clearCalls()
    const { page, complaints } = await openPage(browser)
    await page.goto(world.address)
    await filled(page)
    await panel(page, 'pull-requests').getByText('1 of 2 failed').first().waitFor()
    await panel(page, 'pull-requests').locator('[data-source="member"]').waitFor()
    await page.getByText('Refreshed', { exact: false }).waitFor()
    expect(page.url()).not.to.include('ghm1_').and.not.to.include('relay')
    expect(await page.evaluate(() => history.length)).to.equal(2) // about:blank, and this page once
    const standings = ['build-server Node', 'laptop Node', 'Relay relay connected']
    for (const standing of standings) await panel(page, 'mesh').getByRole('row', { name: standing }).waitFor()
    const link = panel(page, 'pull-requests').getByRole('link').first()
    expect(await link.getAttribute('href')).to.match(/^https:\/\/github\.com\/oct[\w-]+\/[\w-]+\/pull\/\d+$/)
    expect(world.github.calls).to.deep.equal([])
    await expectAccessible(page)
    await page.setViewportSize({ width: 360, height: 800 })
    await expectToFit(page)
    expect(complaints).to.deep.equal([])
  })

  it('keeps its settings for the tab, and shows at once what this browser stored', async () => {
    const { page } = await openPage(browser)
    await page.goto(world.address)
    await filled(page)
    await world.github.goDown()
    try {
      await page.reload()
      await filled(page)
    } finally {
      await world.github.goUp()
    }
  })

  const refusals = {
    'refuses its storage': () => {
      const get = () => {
        throw new DOMException('Access is denied for this document.', 'SecurityError')
      }
      for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, { get })
    },
    'has no room left': () => {
      Storage.prototype.setItem = () => {
        throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
      }
    }
  }
  for (const [what, refuse] of Object.entries(refusals)) {
    it(`works where the browser ${what}`, async () => {
      const { page, complaints } = await openPage(browser)
      await page.addInitScript(refuse)
      await page.goto(world.address)
      await filled(page)
      await page.getByLabel('Theme').selectOption('dark')
      await page.locator('[data-theme="dark"]').waitFor()
      if ((await panel(page, 'mesh').count()) === 0) await page.getByRole('button', { name: 'saved today' }).click()
      await panel(page, 'mesh').getByRole('row', { name: 'laptop Node' }).waitFor()
      expect(complaints).to.deep.equal([])
    })
  }

  it('tells members of what it asked GitHub for', async () => {
    const number = world.github.repository('octo-org/website').addIssue({ title: 'Found by the page' })
    const url = `${world.github.url}/repos/octo-org/website/issues?state=open&sort=updated&direction=desc&per_page=100`
    const member = world.members[0] as World['members'][number]
    const { page } = await openPage(browser)
    await page.goto(world.address)
    await filled(page)
    const told = next(member.mesh, 'received', (detail) => detail.url.includes('/octo-org/website/issues?'))
    await refresh(page)
    await panel(page, 'issues').getByText('Found by the page').waitFor()
    await panel(page, 'mesh').getByText('Announced to the mesh').first().waitFor()
    await told
    world.github.clearCalls()
    await member.refresh()
    const held = (await (await member.mesh.peek(url))?.json()) as { number: number }[]
    expect(held.map((issue) => issue.number)).to.include(number)
    expect(world.github.count((call) => call.url.includes('octo-org/website/issues'))).to.equal(0)
  })

  it('shows places for what is still on its way', async () => {
    const held = world.github.hold(/\/pulls/)
    const { page } = await openPage(browser)
    await openAlone(page, world)
    await held.arrived
    await panel(page, 'pull-requests').locator('.skeleton-row').first().waitFor()
    await expectAccessible(page)
    held.release()
    await filled(page)
    expect(await page.locator('.skeleton-row').count()).to.equal(0)
  })

  for (const { name, provoke, restore } of states) {
    it(`says what to do: ${name}`, async () => {
      const { page, complaints } = await openPage(browser)
      try {
        await provoke(page, world)
        await expectAccessible(page)
        await page.setViewportSize({ width: 360, height: 800 })
        await expectToFit(page)
        expect(ofThePage(complaints)).to.deep.equal([])
      } finally {
        await restore?.(world)
      }
    })
  }

  it('goes on with another token, without one, and without the repository that does not exist', async () => {
    const { page } = await openPage(browser)
    await openWithToken(page, world, 'sim-token-expired')
    await page.getByRole('button', { name: 'Change the token' }).click()
    await page.getByLabel('GitHub token').fill('sim-token-alice')
    await page.getByRole('button', { name: 'Work without a mesh' }).click()
    await filled(page)
    await page.locator('[data-figure="Quota left"]').getByText('of 5,000').waitFor()
    expect(await page.locator('[data-notice]').count()).to.equal(0)
    await page.getByLabel('Add repositories').fill('octocat/nowhere')
    await page.keyboard.press('Enter')
    await notice(page, 'octocat/nowhere was not found').getByRole('button', { name: 'Remove' }).click()
    await notice(page, 'octocat/nowhere').waitFor({ state: 'detached' })
    await page.waitForURL(({ search }) => !search.includes('nowhere'))
  })

  it('forgets what it was told of a repository that is no longer shown', async () => {
    const mend = breakGitHub(world, { which: ({ path }) => path.includes('/website/'), status: 503 })
    const { page } = await openPage(browser)
    await openAlone(page, world)
    await notice(page, 'GitHub has a problem (503)').waitFor()
    await page.getByRole('button', { name: 'Remove octo-org/website' }).click()
    await notice(page, 'GitHub has a problem').waitFor({ state: 'detached' })
    mend()
  })

  it('comes back by itself when the connection does', async () => {
    const { page } = await openPage(browser)
    await openAlone(page, world)
    await filled(page)
    await page.context().setOffline(true)
    await notice(page, 'You are offline').waitFor()
    await page.context().setOffline(false)
    await notice(page, 'You are offline').waitFor({ state: 'detached' })
  })

  it('calls no repository missing for a secondary limit that names no time', async () => {
    let isLimited = true
    world.github.respond(
      () => isLimited,
      () =>
        Response.json(
          { message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.' },
          { status: 403, headers: { 'access-control-allow-origin': '*' } }
        )
    )
    const { page } = await openPage(browser)
    await openAlone(page, world)
    await page.locator('.header-status').getByText('Refresh failed').waitFor()
    isLimited = false
    const titles = await page.locator('[data-notice] strong').allInnerTexts()
    expect(titles).to.deep.equal(['GitHub’s rate limit is used up'])
  })

  it('begins one round for r, however often it is pressed until that has ended', async () => {
    const { page } = await openPage(browser)
    await openWithToken(page, world, 'sim-token-alice')
    await filled(page)
    const ended = page.locator('.header-status time')
    await ended.waitFor()
    world.github.clearCalls()
    const hold = world.github.hold('/repos/octo-org/website/pulls')
    await page.keyboard.press('r')
    await hold.arrived
    for (let times = 0; times < 5; times++) await page.keyboard.press('r')
    hold.release()
    await ended.waitFor()
    expect(world.github.count('/repos/octocat/Hello-World/pulls')).to.equal(1)
  })

  it('ends a round in which GitHub never answers one request, and goes on with the next one', async () => {
    const { page } = await openPage(browser)
    await page.clock.install()
    // Playwright's clock leaves this one to the real time.
    await page.addInitScript(() => {
      AbortSignal.timeout = (ms) => {
        const control = new AbortController()
        setTimeout(() => control.abort(new DOMException('late', 'TimeoutError')), ms)
        return control.signal
      }
    })
    await openWithToken(page, world, 'sim-token-alice')
    await filled(page)
    const ended = page.locator('.header-status time')
    await ended.waitFor()
    const issues = '**/octo-org/website/issues**'
    const { promise: unanswered, resolve } = Promise.withResolvers<void>()
    await page.route(issues, () => resolve())
    await page.clock.runFor(61_000)
    await unanswered
    await page.clock.runFor(30_000)
    await ended.waitFor()
    // Of one repository at least: whatever was under way has been waited for as long.
    await panel(page, 'issues')
      .getByText(/failing since/i)
      .getByText('no network')
      .first()
      .waitFor()
    await page.unroute(issues)
    await page.clock.runFor(30_000)
    await page.clock.runFor(31_000)
    await page
      .locator('.header-status')
      .getByText(/^Refreshed/)
      .waitFor()
  })

  it('refreshes a minute later, also where the clock was set back by hours', async () => {
    const { page } = await openPage(browser)
    await page.clock.install()
    await openWithToken(page, world, 'sim-token-alice')
    await filled(page)
    await page.locator('.header-status time').waitFor()
    await page.clock.setSystemTime(Date.now() - 3 * 3_600_000)
    const asked = world.github.nextCall(({ path }) => path === '/repos/octo-org/website/pulls')
    await page.clock.runFor(61_000)
    await asked
  })

  it('makes no requests while it is hidden, also when the connection comes back, and those when it is seen', async () => {
    const { page } = await openPage(browser)
    await page.clock.install()
    await openAlone(page, world)
    await filled(page)
    await page.context().setOffline(true)
    await notice(page, 'You are offline').waitFor()
    await refresh(page)
    await page.locator('.header-status').getByText('Refresh failed').waitFor()
    const show = (state: DocumentVisibilityState) =>
      page.evaluate((state) => {
        Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state })
        document.dispatchEvent(new Event('visibilitychange'))
      }, state)
    await show('hidden')
    // Until then, the answers of before would do.
    await page.clock.fastForward('02:00')
    world.github.clearCalls()
    await page.context().setOffline(false)
    await notice(page, 'You are offline').waitFor({ state: 'detached' })
    // What the page asked for before this has come by then.
    await page.waitForFunction(async (url) => (await fetch(url)).ok, `${world.github.url}/rate_limit`)
    expect(world.github.count(({ path }) => path.startsWith('/repos/'))).to.equal(0)
    const asked = world.github.nextCall(({ path }) => path === '/repos/octo-org/website/pulls')
    await show('visible')
    await asked
  })

  it('tells apart a relay out of reach, one that refuses, and a secret that nobody else has [long]', async () => {
    const refusing = createRelay({ host: '127.0.0.1', tcpPort: 'off', webSocketPort: 0, groups: ['00'.repeat(32)] })
    await refusing.start()
    try {
      const cases = {
        'The relay cannot be reached': { relay: world.relayAddress.replace(/tcp\/\d+/, 'tcp/1') },
        'The relay refuses this group': { relay: refusing.addresses[0] as string },
        'No members yet': { secret: createSecret() }
      }
      const pages = await Promise.all(
        Object.entries(cases).map(async ([title, address]) => {
          const { page } = await openPage(browser)
          await page.goto(world.addressWith(address))
          return { page, title }
        })
      )
      for (const { page, title } of pages) {
        await page.bringToFront()
        await notice(page, title).getByRole('button', { name: 'Check secret and relay' }).waitFor()
        await filled(page)
        await expectAccessible(page)
      }
    } finally {
      await refusing.stop()
    }
  })

  it('is walked through by keyboard, in order and without a trap', async () => {
    const { page } = await openPage(browser)
    await page.goto(world.addressWith({ names: ['octo-org/website'] }))
    await filled(page)
    await page.getByText('Refreshed', { exact: false }).waitFor()
    const reachable = await page.evaluate(
      () =>
        [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')].filter((element) =>
          element.checkVisibility()
        ).length
    )
    const focused = () =>
      page.evaluate(() => {
        const { activeElement: element } = document
        if (element === null || element === document.body) return undefined
        return { text: element.textContent, outline: getComputedStyle(element).outlineStyle }
      })
    await page.keyboard.press('Tab')
    expect((await focused())?.text).to.equal('Skip to the content')
    let visited = 0
    for (let at = await focused(); at && visited <= reachable; at = await focused()) {
      visited++
      expect(at.outline, 'the outline of what has the focus').to.equal('solid')
      await page.keyboard.press('Tab')
    }
    expect(visited).to.equal(reachable)
  })

  it('sorts issues by label, and keeps the theme', async () => {
    const { page } = await openPage(browser)
    await page.goto(world.address)
    await filled(page)
    const issues = panel(page, 'issues')
    await issues.getByLabel('Label', { exact: true }).selectOption('enhancement')
    await issues.getByText('Offer a compact view').first().waitFor()
    expect(await issues.getByText('Dates are a day off').count()).to.equal(0)
    await issues.getByLabel('Group by label').check()
    await issues.getByRole('heading', { name: 'good first issue' }).waitFor()
    await page.getByLabel('Theme').selectOption('dark')
    await page.reload()
    await issues.getByText('Offer a compact view').first().waitFor()
    expect(await issues.getByLabel('Label', { exact: true }).inputValue()).to.equal('enhancement')
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).to.equal('rgb(14, 19, 24)')
  })
})
