import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { furnishTeam } from '../../scripts/dashboard/repositories.mjs'
import type { World } from '../../scripts/dashboard/world.mjs'
import { expectAccessible, expectToFit, ofThePage, openPage, panel, refresh, refreshAll } from './pages.ts'
import { openAlone, openWithToken } from './states.ts'
import { inOneWorld } from './world.ts'

describe('what needs me or my team [long]', () => {
  let world: World
  let browser: Browser
  let numbers: ReturnType<typeof furnishTeam>

  inOneWorld((made) => {
    ;({ world, browser } = made)
    numbers = furnishTeam(world.github)
  })

  const asAlice = (page: Page) => openWithToken(page, world, 'sim-token-alice')
  const group = (page: Page, reason: string) => panel(page, 'attention').locator(`[data-reason="${reason}"]`)
  const pull = (page: Page, number: number) =>
    panel(page, 'pull-requests')
      .locator('.row')
      .filter({ hasText: new RegExp(`#${number} by`) })
  const told = (page: Page) => pull(page, numbers.ready).getByText('Approved').waitFor()
  const isFocused = (locator: ReturnType<Page['locator']>) =>
    locator.evaluate((element) => element === document.activeElement)

  it('shows review, conflicts, size and age of pull requests, with one query for each repository', async () => {
    world.github.clearCalls()
    const { page, complaints } = await openPage(browser)
    await asAlice(page)
    await told(page)
    await pull(page, numbers.asksMe).getByText('Waiting for alice, bob').waitFor()
    await pull(page, numbers.asksMe).getByText('+214').waitFor()
    await pull(page, numbers.mineFailing).getByText('1 of 2 failed').waitFor()
    await pull(page, numbers.mineConflicting).getByText('Conflicts').waitFor()
    await pull(page, numbers.draft).getByText('Draft').waitFor()
    await pull(page, numbers.stale)
      .getByText(/opened 3 wk|opened 21 days/)
      .waitFor()
    await page.getByText('Refreshed', { exact: false }).waitFor()
    expect(world.github.count(({ path }) => path === '/graphql')).to.equal(2)
    expect(world.github.count(({ path }) => path.includes('/check-runs'))).to.equal(0)
    await expectAccessible(page)
    await page.setViewportSize({ width: 360, height: 800 })
    await expectToFit(page)
    expect(ofThePage(complaints)).to.deep.equal([])
  })

  it('without a token shows what the lists tell, and says what is missing', async () => {
    const { page } = await openPage(browser)
    await openAlone(page, world)
    await pull(page, numbers.asksMe).getByText('Waiting for alice, bob').waitFor()
    await pull(page, numbers.mineFailing).getByText('1 of 2 failed').waitFor()
    await panel(page, 'pull-requests').getByText('Reviews, conflicts and sizes are shown only with a token.').waitFor()
    expect(
      await panel(page, 'pull-requests')
        .getByText(/Approved|No review yet|\+\d/)
        .count()
    ).to.equal(0)
    expect(world.github.count(({ path, login }) => path === '/graphql' && login === undefined)).to.equal(0)
    await group(page, 'branch-failing').getByRole('button', { name: 'octo-org/website', exact: true }).waitFor()
    await group(page, 'waiting').getByRole('link', { name: 'Remove the old banner' }).waitFor()
    expect(await group(page, 'review-requested').count()).to.equal(0)
    await panel(page, 'attention').getByText('Without a token, only failing default branches').waitFor()
    for (const tab of ['Mine', 'Waiting for me']) {
      await page.getByRole('button', { name: tab, exact: true }).click()
      await panel(page, 'pull-requests').getByText('does not know who you are').waitFor()
    }
    await expectAccessible(page)
  })

  it('says the count in the title of a hidden tab, whose frames and timers wait', async () => {
    const { page } = await openPage(browser)
    await asAlice(page)
    await told(page)
    const before = await page.title()
    await page.evaluate(() => {
      const { setTimeout } = globalThis
      const late = (work: () => void, ms?: number) => setTimeout(work, Math.max(ms ?? 0, 60_000))
      Object.assign(globalThis, { requestAnimationFrame: () => 0, setTimeout: late })
    })
    await panel(page, 'attention').getByLabel('Waiting longer than').selectOption('30')
    await group(page, 'waiting').getByRole('link', { name: 'Remove the old banner' }).waitFor({ state: 'detached' })
    const count = await panel(page, 'attention').locator('h2 .count').innerText()
    expect(await page.title())
      .to.equal(`(${count}) Team dashboard · ghmesh`)
      .and.not.equal(before)
  })

  it('puts it on top, with the same count in the title and in the icon', async () => {
    const { page } = await openPage(browser)
    await asAlice(page)
    await told(page)
    const expected: [string, number][] = [
      ['review-requested', numbers.asksMe],
      ['mine-blocked', numbers.mineFailing],
      ['mine-blocked', numbers.mineConflicting],
      ['ready', numbers.ready]
    ]
    for (const [reason, number] of expected) await group(page, reason).getByText(`#${number} `).waitFor()
    await group(page, 'branch-failing').getByRole('button', { name: 'octo-org/website', exact: true }).waitFor()
    await group(page, 'waiting').getByRole('link', { name: 'Remove the old banner' }).waitFor()
    for (const button of await panel(page, 'attention')
      .getByRole('button', { name: /^Show \d+ more$/ })
      .all())
      await button.click()
    const count = Number(await panel(page, 'attention').locator('h2 .count').innerText())
    expect(count).to.equal(await panel(page, 'attention').locator('.row').count())
    await page.waitForFunction((title) => document.title === title, `(${count}) Team dashboard · ghmesh`)
    const icon = await page.locator('link[rel="icon"]').evaluate((link) => (link as HTMLLinkElement).href)
    expect(icon).to.match(count > 9 ? /icon-many\.svg$/ : /icon-\d\.svg$/)
    expect((await fetch(icon)).headers.get('content-type')).to.equal('image/svg+xml')
    await panel(page, 'attention').getByLabel('Waiting longer than').selectOption('30')
    await group(page, 'waiting').getByRole('link', { name: 'Remove the old banner' }).waitFor({ state: 'detached' })
    await page.waitForURL(/days=30/)
    await expectAccessible(page)
  })

  it('counts what a team of the viewer was asked for, and asks for the teams once', async () => {
    const website = world.github.repository('octo-org/website')
    const slug = world.github.addTeam('octo-org', { name: 'Core', members: ['alice'] })
    const other = world.github.addTeam('octo-org', { name: 'Docs', members: ['bob'] })
    const asked = website.addPull({ title: 'Asked of the core team', user: 'mona', requestedTeams: [slug] })
    website.addPull({ title: 'Asked of others', user: 'mona', requestedTeams: [other] })
    world.github.addToken('sim-token-narrow', { login: 'alice', scopes: '' })
    world.github.clearCalls()
    const { page } = await openPage(browser)
    await asAlice(page)
    const item = group(page, 'review-requested').locator(`[data-item="octo-org/website#${asked}"]`)
    await item.getByText('by mona, asked of team Core').waitFor()
    await page.getByText('Refreshed', { exact: false }).waitFor()
    await refresh(page)
    await page.getByText('Refreshed', { exact: false }).waitFor()
    expect(world.github.count(({ path }) => path === '/user/teams')).to.equal(1)
    expect(await group(page, 'review-requested').getByText('Asked of others').count()).to.equal(0)
    expect(await panel(page, 'attention').getByText('not counted as yours').count()).to.equal(0)
    await page.getByRole('button', { name: 'Waiting for me', exact: true }).click()
    await pull(page, asked).waitFor()

    const { page: narrow } = await openPage(browser)
    await openWithToken(narrow, world, 'sim-token-narrow')
    await panel(narrow, 'attention').getByText('not counted as yours').waitFor()
    expect(await narrow.locator('[data-notice]').count()).to.equal(0)
  })

  it('follows what happens: merged elsewhere, it is gone after a refresh', async () => {
    const { page } = await openPage(browser)
    await asAlice(page)
    const mine = group(page, 'mine-blocked').getByText(`#${numbers.mineConflicting} `)
    await mine.waitFor()
    world.github.repository('octocat/Hello-World').editPull(numbers.mineConflicting, { mergeable: true })
    await refresh(page)
    await mine.waitFor({ state: 'detached' })
    world.github.repository('octocat/Hello-World').editPull(numbers.mineConflicting, { mergeable: false })
  })

  it('looks beyond the first thirty pull requests of a repository, and says where it stops', async () => {
    const [long, tooLong] = ['octo-org/long', 'octo-org/too-long'] as const
    const old = new Date(Date.UTC(2020, 0)).toISOString()
    for (const [name, pulls] of [
      [long, 69],
      [tooLong, 130]
    ] as const) {
      world.github.addRepository({ fullName: name, issues: 0, pulls: 0, commits: 2 })
      for (let n = 1; n <= pulls; n++) world.github.repository(name).addPull({ title: `Change ${n}`, user: 'bob' })
      // The very last of its list.
      world.github.repository(name).addPull({
        ...{ title: `The oldest of ${name}`, user: 'mona', requestedReviewers: ['alice'], mergeable: false },
        ...{ createdAt: old, updatedAt: old }
      })
    }
    const { page } = await openPage(browser)
    const stops = panel(page, 'attention').getByText('only those that changed last are looked at')
    await openWithToken(page, world, 'sim-token-alice', [long])
    await group(page, 'review-requested')
      .getByRole('link', { name: `The oldest of ${long}` })
      .waitFor()
    await panel(page, 'pull-requests')
      .locator('.row')
      .filter({ hasText: `The oldest of ${long}` })
      .getByText('Conflicts')
      .waitFor()
    expect(await panel(page, 'pull-requests').locator('h2 .count').innerText()).to.equal('70')
    expect(await stops.count()).to.equal(0)
    await page.getByLabel('Add repositories').fill(tooLong)
    await page.keyboard.press('Enter')
    await stops.waitFor()
    await panel(page, 'pull-requests').locator('h2').getByText('at least 190').waitFor()
    expect(await page.getByText(`The oldest of ${tooLong}`).count()).to.equal(0)
    await panel(page, 'attention').locator('h2').getByText('at least').waitFor()
  })

  describe('says nothing false while GitHub does not answer', () => {
    const shown = (page: Page) => panel(page, 'attention')

    const ways = {
      'a limit': {
        fail: () => world.github.limit('sim-token-alice', { kind: 'secondary', retryAfterSeconds: 1 }),
        mend: () => world.github.unlimit('sim-token-alice')
      },
      'an outage': { fail: () => world.github.goDown(), mend: () => world.github.goUp() }
    }
    for (const [way, { fail, mend }] of Object.entries(ways)) {
      it(`${way}: "nothing" is of then, and what came since is named once GitHub answers`, async () => {
        const quiet = `octo-org/quiet-${way.split(' ')[1]}`
        world.github.addRepository({ fullName: quiet, issues: 0, pulls: 0, commits: 2 })
        const { page } = await openPage(browser)
        await openWithToken(page, world, 'sim-token-alice', [quiet])
        await shown(page).getByText('Nothing needs attention.').waitFor()
        await fail()
        // The truth that the page cannot know.
        const number = world.github
          .repository(quiet)
          .addPull({ title: `Asked during ${way}`, user: 'mona', requestedReviewers: ['alice'] })
        try {
          await refresh(page)
          await shown(page)
            .getByText(/^Nothing needed attention at \d\d:\d\d\.$/)
            .waitFor()
          await shown(page)
            .getByText(/^As of \d\d:\d\d: GitHub has not answered since/)
            .waitFor()
          await expectAccessible(page)

          const later = (await openPage(browser)).page
          await openWithToken(later, world, 'sim-token-alice', [quiet])
          await later.getByText('Refresh failed').waitFor()
          await shown(later).getByText('Not known yet.').waitFor()
          expect(await shown(later).locator('h2 .count').count()).to.equal(0)
          await expectAccessible(later)
          await mend()
          await page.waitForFunction(async (url) => (await fetch(url)).ok, `${world.github.url}/rate_limit`)
          await refreshAll(page)
          await group(page, 'review-requested').getByText(`#${number} `).waitFor()
          await shown(page)
            .getByText(/^As of/)
            .waitFor({ state: 'detached' })
        } finally {
          await mend()
        }
      })
    }

    it('a token that expires: what only it showed stays, with its time, and what is public goes on', async () => {
      world.github.addToken('sim-token-temporary', { login: 'alice' })
      const { page } = await openPage(browser)
      await openWithToken(page, world, 'sim-token-temporary')
      await told(page)
      await page.getByText('Refreshed', { exact: false }).waitFor()
      const items = () =>
        shown(page)
          .locator('[data-item]')
          .evaluateAll((all) => all.map((one) => one.getAttribute('data-item')))
      const before = await items()
      world.github.revokeToken('sim-token-temporary')
      // Of the second round on, nothing is asked with the token.
      for (const title of ['Asked after the end', 'Asked later still']) {
        const number = world.github
          .repository('octo-org/website')
          .addPull({ title, user: 'mona', requestedReviewers: ['alice'] })
        await refresh(page)
        await group(page, 'review-requested').getByText(`#${number} `).waitFor()
        await page.getByText('Partly refreshed', { exact: false }).waitFor()
        expect(await items()).to.include.members(before)
        await shown(page)
          .getByText(/^Reviews and conflicts are as of \d\d:\d\d: GitHub does not accept/)
          .waitFor()
        await panel(page, 'pull-requests')
          .getByText(/^Reviews, conflicts and sizes are as of \d\d:\d\d/)
          .waitFor()
        world.github.repository('octo-org/website').editPull(number, { requestedReviewers: [] })
      }
      expect(await shown(page).getByText('whose token this is').count()).to.equal(0)
      await expectAccessible(page)
    })

    it('a repository that GitHub does not show is not one where nothing needs attention', async () => {
      const { page } = await openPage(browser)
      await openWithToken(page, world, 'sim-token-alice', ['octo-org/nowhere'])
      await shown(page).getByText('GitHub does not show 1 repository.').waitFor()
      expect(await shown(page).getByText('Nothing needs attention').count()).to.equal(0)
    })
  })

  it('searches all panels at once, and keeps the search in the address and for the next visit', async () => {
    const { page } = await openPage(browser)
    await asAlice(page)
    await told(page)
    await page.keyboard.press('/')
    const search = page.getByLabel('Search', { exact: true })
    expect(await isFocused(search)).to.equal(true)
    await page.keyboard.type('author:alice is:pr')
    await pull(page, numbers.ready).waitFor({ state: 'detached' })
    const shown = await panel(page, 'pull-requests').locator('.row-about').allInnerTexts()
    expect(shown.filter((text) => text.includes(' by ')).every((text) => text.includes('by alice'))).to.equal(true)
    await panel(page, 'issues').getByText('Nothing matches.').waitFor()
    await page.getByLabel('Order').selectOption('oldest')
    await page.getByRole('button', { name: 'Mine', exact: true }).click()
    await page.waitForURL(({ searchParams }) => searchParams.get('q') === 'author:alice is:pr')
    await expectAccessible(page)
    await page.setViewportSize({ width: 360, height: 800 })
    await expectToFit(page)
    await page.setViewportSize({ width: 1280, height: 900 })

    await page.getByText('Views', { exact: true }).click()
    await page.getByLabel('Name of this view').fill('My pull requests')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'My pull requests', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Show everything' }).click()
    await pull(page, numbers.ready).waitFor()
    await page.waitForURL((url) => !/[?&](q|tab|sort)=/.test(url.search))
    await page.getByRole('button', { name: 'My pull requests', exact: true }).click()
    await pull(page, numbers.ready).waitFor({ state: 'detached' })
    await page.waitForURL(/tab=mine/)
    await page.goto(world.addressWith().split('#')[0] as string)
    await pull(page, numbers.mineFailing).waitFor()
    expect(await page.getByLabel('Search', { exact: true }).inputValue()).to.equal('author:alice is:pr')
    expect(await page.getByLabel('Order').inputValue()).to.equal('oldest')
  })

  it('keeps the views that are saved in two tabs', async () => {
    const { page } = await openPage(browser)
    await asAlice(page)
    await told(page)
    const other = await page.context().newPage()
    await asAlice(other)
    await told(other)
    const views = (tab: Page) => tab.locator('.saved-views')
    for (const [tab, name] of [
      [page, 'First'],
      [other, 'Second']
    ] as const) {
      await tab.bringToFront()
      await tab.getByLabel('Search', { exact: true }).fill(name)
      await views(tab).locator('summary').click()
      await tab.getByLabel('Name of this view').fill(name)
      await tab.keyboard.press('Enter')
      await tab.getByRole('button', { name: `Remove the view ${name}` }).waitFor()
    }
    const names = views(other).locator('li button[aria-pressed]')
    expect(await names.allInnerTexts()).to.deep.equal(['First', 'Second'])
    await page.bringToFront()
    await page.getByRole('button', { name: 'Remove the view First' }).click()
    await page.getByRole('button', { name: 'Remove the view Second' }).waitFor()
  })

  it('is walked through by single keys, which can be switched off', async () => {
    const { page } = await openPage(browser)
    await asAlice(page)
    await told(page)
    // Until then rows may come in between, such as what a team was asked for.
    await page.getByText('Refreshed', { exact: false }).waitFor()
    const focusedRow = () => page.evaluate(() => document.activeElement?.closest('.row')?.textContent ?? '')
    await page.keyboard.press('j')
    const first = await focusedRow()
    expect(first).not.to.equal('')
    await page.keyboard.press('j')
    expect(await focusedRow()).not.to.equal(first)
    await page.keyboard.press('k')
    expect(await focusedRow()).to.equal(first)
    await pull(page, numbers.ready).getByRole('link').focus()
    await page.context().route('https://github.com/**', (route) => route.fulfill({ body: 'GitHub' }))
    const opened = page.context().waitForEvent('page')
    await page.keyboard.press('o')
    expect((await opened).url()).to.equal(`https://github.com/octocat/Hello-World/pull/${numbers.ready}`)
    expect(await (await opened).evaluate(() => window.opener)).to.equal(null)
    world.github.clearCalls()
    const asked = world.github.nextCall(({ path }) => path.endsWith('/pulls'))
    await page.bringToFront()
    await page.keyboard.press('r')
    await asked
    await page.keyboard.press('?')
    const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    await help.getByText('Open the row in a new tab').waitFor()
    await expectAccessible(page)
    await help.getByLabel('Use these shortcuts').uncheck()
    await page.keyboard.press('Escape')
    await help.waitFor({ state: 'hidden' })
    await page.keyboard.press('/')
    expect(await isFocused(page.getByLabel('Search', { exact: true }))).to.equal(false)
  })
})
