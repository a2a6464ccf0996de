import { execFileSync } from 'node:child_process'
import { expect } from 'chai'
import type { Browser, Page } from 'puppeteer-core'
import { startWorld, type World } from '../../scripts/dashboard/world.mjs'
import { office } from '../../scripts/office.mjs'
import {
  count,
  expectToRead,
  fill,
  focused,
  launchFirefox,
  ofThePage,
  openInFirefox,
  press,
  see,
  seeNone
} from './firefox.ts'

const website = 'octo-org/website'
const panels = ['pull-requests', 'issues', 'workflow-runs', 'releases']
const rowsOf = (name: string) => `[data-panel="${name}"] .row`

describe('the dashboard in Firefox', () => {
  let world: World
  let browser: Browser

  before(async () => {
    // Firefox offers other members no loopback address: two pages need an interface to meet on.
    for (const told of office) execFileSync('ip', told.split(' '))
    world = await startWorld()
    browser = await launchFirefox()
  })
  beforeEach(() => world.github.unlimit(undefined))
  afterEach(async () => {
    // The first is the browser's own, which cannot be closed.
    for (const context of browser?.browserContexts().slice(1) ?? []) await context.close()
  })
  after(async () => {
    await browser?.close()
    await world?.stop()
    execFileSync('ip', ['link', 'del', 'office'])
  })

  const filled = async (page: Page) => {
    for (const name of panels) await see(page, rowsOf(name))
  }
  const ended = (page: Page) => see(page, '.header-status time')
  const withoutFragment = (names?: string[]) => world.addressWith(names && { names }).split('#')[0] as string

  it('shows public repositories at the first button', async () => {
    const { page, complaints } = await openInFirefox(browser)
    await page.goto(withoutFragment())
    await expectToRead(page)
    await press(page, 'Try it on public repositories')
    await filled(page)
    expect(await focused(page)).to.equal('main')
    await ended(page)
    await expectToRead(page)
    expect(complaints).to.deep.equal([])
  })

  it('joins with an invitation, and shows what members hold, though members that are late are not waited for', async () => {
    const { page, complaints } = await openInFirefox(browser)
    await page.goto(withoutFragment())
    world.github.clearCalls()
    await fill(page, 'Invitation or secret', world.address)
    await see(page, '[role=status]', 'a secret, 1 relay and 2 repositories')
    await press(page, 'Join the mesh')
    await filled(page)
    await see(page, '[data-panel="pull-requests"] [data-source="member"]')
    await ended(page)
    await see(page, '.mesh-chip', '2 members')
    // Of ten requests. A page whose thread is busy asks GitHub for what does not come in time; Chromium's asks nothing.
    expect(world.github.calls.length).to.be.at.most(3)
    expect(page.url()).not.to.include('ghm1_')

    await page.focus('.mesh-chip')
    await page.keyboard.press('Enter')
    for (const name of ['build-server', 'laptop', 'relay']) await see(page, '.members tr', name)
    await see(page, '.members tr', 'connected')
    await expectToRead(page)
    await page.focus('.mesh-close')
    await page.keyboard.press('Escape')
    await seeNone(page, '[data-panel="mesh"]')
    expect(await page.evaluate(() => document.activeElement?.className)).to.equal('mesh-chip')
    expect(complaints).to.deep.equal([])
  })

  it('tells alice what needs her, finds it by key, and keeps the focus', async () => {
    const number = world.github
      .repository(website)
      .addPull({ title: 'Look at me', user: 'mona', requestedReviewers: ['alice'] })
    const { page, complaints } = await openInFirefox(browser)
    await page.goto(withoutFragment())
    await fill(page, 'GitHub token', 'sim-token-alice')
    await press(page, 'Work without a mesh')
    await see(page, '[data-reason="review-requested"] .row', `${website}#${number}`)
    await ended(page)
    await see(page, 'title', 'Team dashboard')
    expect(await page.title()).to.equal(
      `(${await count(page, '[data-panel="attention"] .row')}) Team dashboard · ghmesh`
    )

    await page.keyboard.press('/')
    expect(await focused(page)).to.equal('search')
    await page.keyboard.type('Look at me')
    await page.waitForFunction(() => document.querySelectorAll('[data-panel="pull-requests"] .row').length === 1, {
      polling: 100
    })
    await page.waitForFunction(() => location.search.includes('q=Look'), { polling: 100 })
    await page.keyboard.press('Tab')
    await press(page, 'Show everything')
    await see(page, rowsOf('workflow-runs'))

    await page.focus('main')
    await page.keyboard.press('j')
    expect(await page.evaluate(() => document.activeElement?.closest('.row') !== null)).to.equal(true)
    await press(page, 'Settings')
    await see(page, 'dialog[open]')
    await page.keyboard.press('Escape')
    await seeNone(page, 'dialog[open]')
    expect(await focused(page)).to.equal('Settings')
    await expectToRead(page)
    expect(complaints).to.deep.equal([])
  })

  it('keeps what it showed through an expired token, a rate limit and an outage, and says since when', async () => {
    const secret = 'octocat/secret-plans'
    world.github.addToken('sim-token-temporary', { login: 'alice', permissions: { [secret]: 'admin' } })
    const { page, complaints } = await openInFirefox(browser)
    await page.goto(withoutFragment([website, secret]))
    await fill(page, 'GitHub token', 'sim-token-temporary')
    await press(page, 'Work without a mesh')
    await filled(page)
    await ended(page)
    const counts = () => Promise.all(panels.map((name) => count(page, rowsOf(name))))
    const before = await counts()

    world.github.revokeToken('sim-token-temporary')
    world.github.repository(website).addIssue({ title: 'Opened after the token expired' })
    await press(page, 'Refresh')
    await see(page, '[data-notice]', 'does not accept your token')
    await see(page, rowsOf('issues'), 'Opened after the token expired')
    await ended(page)
    const after = before.with(1, (before[1] as number) + 1)
    expect(await counts()).to.deep.equal(after)
    await see(page, '[data-panel="issues"]', '1 of 2 repositories failing since')

    const failures: [fail: () => unknown, mend: () => unknown, why: string][] = [
      [
        () => world.github.limit(undefined, { kind: 'secondary', retryAfterSeconds: 1 }),
        () => world.github.unlimit(undefined),
        'rate limit'
      ],
      [() => world.github.goDown(), () => world.github.goUp(), 'no network']
    ]
    for (const [fail, mend, why] of failures) {
      await fail()
      try {
        await press(page, 'Refresh')
        await see(page, '.header-status', 'Refresh failed')
        await see(page, '[data-panel="issues"]', 'Failing since')
        await see(page, '[data-panel="issues"]', why)
        expect(await counts(), why).to.deep.equal(after)
      } finally {
        await mend()
      }
      await page.waitForFunction(async (url) => (await fetch(url)).ok, {}, `${world.github.url}/rate_limit`)
    }
    await expectToRead(page)
    await press(page, 'Refresh')
    await see(page, '.header-status', 'Partly refreshed')
    expect(await counts()).to.deep.equal(after)
    expect(ofThePage(complaints)).to.deep.equal([])
  })

  it('finds another page, connects to it directly, and shares with it', async () => {
    const join = async () => {
      const opened = await openInFirefox(browser)
      const { page } = opened
      await page.goto(world.address)
      await see(page, '.mesh-chip', 'member')
      await page.focus('.mesh-chip')
      await page.keyboard.press('Enter')
      await filled(page)
      return opened
    }
    const [{ page: first, complaints }, { page: second, complaints: others }] = [await join(), await join()]
    for (const page of [first, second]) await see(page, '.members tr[data-kind="browser"]', 'direct, WebRTC')
    world.github.repository(website).addIssue({ title: 'Found by the first' })
    await first.bringToFront()
    await press(first, 'Refresh')
    await see(first, rowsOf('issues'), 'Found by the first')
    await see(second, '.events li', `Announced by a member issues of ${website}`)
    world.github.clearCalls()
    await second.bringToFront()
    await second.reload()
    await see(second, rowsOf('issues'), 'Found by the first')
    expect(world.github.count(({ path }) => path.endsWith('/website/issues'))).to.equal(0)
    expect([...complaints, ...others]).to.deep.equal([])
  })
})
