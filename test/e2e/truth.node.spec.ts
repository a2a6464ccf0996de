import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import type { World } from '../../scripts/dashboard/world.mjs'
import { expectAccessible, expectToFit, notice, openPage, panel, refresh, refreshAll } from './pages.ts'
import { breakGitHub, openAlone, openWithToken } from './states.ts'
import { inOneWorld } from './world.ts'

const names = ['pull-requests', 'issues', 'workflow-runs', 'releases']
const website = 'octo-org/website'

describe('what the dashboard says is true [long]', () => {
  let world: World
  let browser: Browser

  inOneWorld((made) => {
    ;({ world, browser } = made)
    world.github.addRepository({ fullName: 'octo-org/busy', issues: 200, pulls: 1500 })
    world.github.addRepository({ fullName: 'octo-org/huge', issues: 12, pulls: 3100 })
    world.github.addRepository({ fullName: 'octo-org/mixed', issues: 30, pulls: 240 })
    world.github.addRepository({ fullName: 'octo-org/empty', issues: 0, pulls: 0 })
  })

  /** That a round has ended since the last click. */
  const ended = (page: Page) => page.locator('.header-status time').waitFor()
  const header = (page: Page) => page.locator('.header-status')
  const rows = (page: Page, name: string) => panel(page, name).locator('.row')
  const filled = (page: Page) => Promise.all(names.map((name) => rows(page, name).first().waitFor()))
  const count = (page: Page, name: string) => panel(page, name).locator('h2 .count').innerText()
  async function expectToLookRight(page: Page): Promise<void> {
    await expectAccessible(page)
    await page.setViewportSize({ width: 360, height: 800 })
    await expectToFit(page)
    await page.setViewportSize({ width: 1280, height: 900 })
  }

  /** The open issues that the simulator has, newest change first, as an owner of all repositories finds them. */
  async function openIssues(repository: string): Promise<number[]> {
    const found: number[] = []
    for (let page = 1; ; page++) {
      const q = encodeURIComponent(`repo:${repository} is:issue is:open`)
      const url = `${world.github.url}/search/issues?q=${q}&per_page=100&page=${page}`
      const response = await fetch(url, { headers: { 'user-agent': 'truth', authorization: 'Bearer sim-token-alice' } })
      const { items } = (await response.json()) as { items: { number: number }[] }
      found.push(...items.map(({ number }) => number))
      if (items.length < 100) return found
    }
  }
  const numbersShown = async (page: Page) =>
    (await panel(page, 'issues').locator('.row-about').allInnerTexts()).flatMap((text) => {
      const number = /#(\d+) by/.exec(text)?.[1]
      return number === undefined ? [] : [Number(number)]
    })

  describe('about issues behind many pull requests', () => {
    it('shows the newest 100 of more behind 1,000 newer pull requests', async () => {
      const { page } = await openPage(browser)
      const truth = await openIssues('octo-org/busy')
      expect(truth.length).to.be.above(100)
      await openAlone(page, world, ['octo-org/busy'])
      await rows(page, 'issues').first().waitFor()
      await ended(page)
      const shown = await numbersShown(page)
      expect(shown).to.have.length.of.at.least(100)
      expect(shown).to.have.members(truth.toSorted((a, b) => b - a).slice(0, shown.length))
      expect(await count(page, 'issues')).to.equal(`at least ${shown.length}`)
      expect(await count(page, 'pull-requests')).to.equal('at least 30')
    })

    it('counts them all where they fit', async () => {
      const { page } = await openPage(browser)
      const truth = await openIssues('octo-org/mixed')
      await openAlone(page, world, ['octo-org/mixed'])
      await rows(page, 'issues').first().waitFor()
      expect(await numbersShown(page)).to.have.members(truth)
      expect(await count(page, 'issues')).to.equal(String(truth.length))
    })

    it('does not say that there are none where it gave up looking', async () => {
      const { page } = await openPage(browser)
      expect(await openIssues('octo-org/huge')).to.have.length.above(0)
      await openAlone(page, world, ['octo-org/huge'])
      await panel(page, 'issues').getByText('GitHub has more').waitFor()
      expect(await panel(page, 'issues').getByText('No open issues').count()).to.equal(0)
      await expectToLookRight(page)
    })

    it('does not say that there are none where one of two repositories did not answer', async () => {
      const { page } = await openPage(browser)
      const mend = breakGitHub(world, { which: ({ path }) => path.includes('/website/issues') })
      await openAlone(page, world, ['octo-org/empty', website])
      await panel(page, 'issues').getByText('None in 1 of 2 repositories').waitFor()
      mend()
      await refresh(page)
      await rows(page, 'issues').first().waitFor()
    })
  })

  describe('about when it was refreshed', () => {
    const failures: Record<string, { fail(page: Page): unknown; mend(page: Page): unknown; why: string }> = {
      'a rate limit': {
        fail: () => world.github.limit(undefined, { kind: 'secondary', retryAfterSeconds: 1 }),
        mend: () => world.github.unlimit(undefined),
        why: 'rate limit'
      },
      'no connection': {
        fail: (page) => page.context().setOffline(true),
        mend: (page) => page.context().setOffline(false),
        why: 'no network'
      },
      'a bad gateway': { fail: () => answerAll(502), mend: () => answerAll(undefined), why: 'GitHub down' },
      'a server that accepts nobody': {
        fail: () => answerAll(401),
        mend: () => answerAll(undefined),
        why: 'token refused'
      }
    }
    let status: number | undefined
    const answerAll = (by: number | undefined) => {
      status = by
    }
    before(() =>
      world.github.respond(
        ({ path }) => status !== undefined && path !== '/rate_limit',
        () =>
          Response.json({ message: 'No' }, { status: status ?? 500, headers: { 'access-control-allow-origin': '*' } })
      )
    )

    for (const [what, { fail, mend, why }] of Object.entries(failures)) {
      it(`says that nothing was, since when, and why: ${what}`, async () => {
        const { page } = await openPage(browser)
        await openAlone(page, world)
        await filled(page)
        await ended(page)
        const before = await rows(page, 'issues').count()
        await fail(page)
        try {
          await refresh(page)
          await header(page).getByText('Refresh failed').waitFor()
          for (const name of names) {
            await panel(page, name)
              .getByText(/Last updated .*Failing since \d\d:\d\d/)
              .waitFor()
            await panel(page, name).getByText(why).first().waitFor()
          }
          await page
            .locator('[data-refresh]')
            .getByText(/^All of \d+ requests failed/)
            .waitFor()
          expect(await rows(page, 'issues').count()).to.equal(before)
          await expectToLookRight(page)
        } finally {
          await mend(page)
        }
        await page.waitForFunction(async (url) => (await fetch(url)).ok, `${world.github.url}/rate_limit`)
        await refreshAll(page)
        expect(await page.getByText('Failing since').count()).to.equal(0)
      })
    }
  })

  it('keeps what a token showed when it expires, and goes on with what is public', async () => {
    const secret = 'octocat/secret-plans'
    world.github.addToken('sim-token-temporary', { login: 'alice', permissions: { [secret]: 'admin' } })
    const { page } = await openPage(browser)
    await page.goto(world.addressWith({ names: [website, secret] }).split('#')[0] as string)
    await page.getByLabel('GitHub token').fill('sim-token-temporary')
    await page.getByRole('button', { name: 'Work without a mesh' }).click()
    await filled(page)
    await ended(page)
    const counts = async () => {
      const all: number[] = []
      for (const name of names) all.push(await rows(page, name).count())
      return all
    }
    const before = await counts()
    world.github.revokeToken('sim-token-temporary')
    world.github.repository(website).addIssue({ title: 'Opened after the token expired' })
    await refresh(page)
    await notice(page, 'does not accept your token').getByRole('button', { name: 'Change the token' }).waitFor()
    await panel(page, 'issues').getByText('Opened after the token expired').waitFor()
    await ended(page)
    const [pulls, issues, runs, releases] = before as [number, number, number, number]
    expect(await counts()).to.deep.equal([pulls, issues + 1, runs, releases])
    await panel(page, 'issues').getByText('1 of 2 repositories failing since').getByText('token refused').waitFor()
    expect(await rows(page, 'issues').filter({ hasText: secret }).count()).to.be.above(0)
    await expectToLookRight(page)
    world.github.addToken('sim-token-temporary', { login: 'alice', permissions: { [secret]: 'admin' } })
    await page.getByRole('button', { name: 'Try again' }).click()
    await header(page).getByText('Refreshed').waitFor()
    expect(await page.locator('[data-notice]').count()).to.equal(0)
    expect(await page.getByText('failing since').count()).to.equal(0)
  })

  it('keeps what members hold when a token expires, though nothing is left of the limit without one', async () => {
    world.github.addToken('sim-token-temporary', { login: 'alice' })
    const { page } = await openPage(browser)
    await page.goto(world.address)
    await page.getByRole('button', { name: 'Settings' }).click()
    await page.getByLabel('GitHub token').fill('sim-token-temporary')
    await page.getByRole('button', { name: 'Save and connect' }).click()
    await panel(page, 'mesh').getByRole('row', { name: 'laptop Node' }).waitFor()
    await filled(page)
    await ended(page)
    const counts = () => Promise.all(names.map((name) => rows(page, name).count()))
    const [pulls, , runs, releases] = (await counts()) as [number, number, number, number]
    const issues = (await Promise.all(['octocat/Hello-World', website].map(openIssues))).flat().length
    const all = [pulls, issues, runs, releases]
    world.github.revokeToken('sim-token-temporary')
    await refresh(page)
    await notice(page, 'does not accept your token').waitFor()
    await header(page).getByText('Refreshed').waitFor()
    expect(await counts()).to.deep.equal(all)
    world.github.limit(undefined)
    try {
      await refresh(page)
      await notice(page, 'rate limit is used up').waitFor()
      await header(page).getByText('Refresh failed').waitFor()
      expect(await counts()).to.deep.equal(all)
    } finally {
      world.github.unlimit(undefined)
    }
  })

  describe('about many repositories', () => {
    const many = Array.from({ length: 50 }, (_, index) => `octo-team/part-${index + 1}`)
    before(() => {
      for (const fullName of many) world.github.addRepository({ fullName, issues: 3, pulls: 2, commits: 2 })
    })

    it('shows all 20 of a link, and leaves the link as it is', async () => {
      const twenty = many.slice(0, 20)
      const { page } = await openPage(browser)
      await page.goto(world.addressWith({ names: twenty }).split('#')[0] as string)
      await page.getByLabel('GitHub token').fill('sim-token-alice')
      await page.getByRole('button', { name: 'Work without a mesh' }).click()
      await filled(page)
      await ended(page)
      expect(page.url()).to.include(`repositories=${twenty.join(',')}`)
      const shown = await panel(page, 'issues').locator('.row-about').allInnerTexts()
      for (const name of twenty)
        expect(
          shown.some((text) => text.startsWith(`${name}#`)),
          name
        ).to.equal(true)
      await page.getByLabel('Add repositories').fill('octo-team/part-21')
      await page.keyboard.press('Enter')
      await rows(page, 'issues').filter({ hasText: 'octo-team/part-21#' }).first().waitFor()
    })

    it('says that there are more than it shows, and keeps all of them in the address', async () => {
      const names = Array.from({ length: 310 }, (_, index) => `octo-team/part-${index + 1}`)
      const { page } = await openPage(browser)
      await openAlone(page, world, names)
      await notice(page, '300 of 310 repositories are shown').waitFor()
      expect(page.url()).to.include(`repositories=${names.join(',')}`)
      expect(await page.locator('.repository').count()).to.equal(300)
      await page.getByRole('button', { name: 'Remove octo-team/part-1', exact: true }).click()
      await notice(page, '300 of 309 repositories are shown').waitFor()
      expect(page.url()).to.include(`repositories=${names.slice(1).join(',')}`)
    })

    const ways = {
      alone: (page: Page) => openAlone(page, world, many),
      'with members that do not have them': async (page: Page) => {
        await page.goto(world.addressWith({ names: many }))
        await panel(page, 'mesh').getByRole('row', { name: 'laptop Node' }).waitFor()
      }
    }
    for (const [how, open] of Object.entries(ways))
      it(`says which of 50 are not loaded yet without a token, and asks for no more than it may: ${how}`, async () => {
        world.github.clearCalls()
        const { page } = await openPage(browser)
        await open(page)
        await page.locator('[data-refresh]').getByText('repositories are not loaded yet').waitFor()
        const waiting = await page.locator('.repository').filter({ hasText: 'not loaded yet' }).allInnerTexts()
        const asked = new Set(
          world.github.calls
            .filter(({ login }) => login === undefined)
            .map(({ path }) => path.split('/').slice(2, 4).join('/'))
        )
        expect(waiting.map((text) => text.split(/\s/)[0])).to.have.members(many.filter((name) => !asked.has(name)))
        const words = await page.locator('[data-refresh]').innerText()
        expect(words).to.match(/^\d+ repositories are not loaded yet\. Next refresh at \d\d:\d\d\./)
        expect(world.github.calls.filter(({ status }) => status === 403)).to.deep.equal([])
        // A tenth stays for the reader's own "Refresh".
        expect(
          world.github.calls.reduce((sum, { login, units }) => sum + (login === undefined ? units : 0), 0)
        ).to.be.within(40, 54)
        await expectToLookRight(page)
      })
  })

  it('says when it refreshes next, and what it waits for', async () => {
    const { page } = await openPage(browser)
    await openWithToken(page, world, 'sim-token-alice')
    await filled(page)
    await ended(page)
    expect(await page.locator('[data-refresh]').innerText()).to.match(/^Next refresh at \d\d:\d\d\.$/)
    const alone = (await openPage(browser)).page
    await openAlone(alone, world)
    await filled(alone)
    await ended(alone)
    expect(await alone.locator('[data-refresh]').innerText()).to.match(
      /Next refresh at \d\d:\d\d\. \d+ of 60 requests are left until \d\d:\d\d\. With a token/
    )
  })
})
