import { expect } from 'chai'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { World } from '../../scripts/dashboard/world.mjs'
import { leaveMeshOpen, notice, openPage, panel, refresh } from './pages.ts'
import { inOneWorld } from './world.ts'

const issues = /octo-org\/website\/issues/

interface Channels {
  come: number
  closedHere: number
}

describe('dashboards of several people [long]', () => {
  let world: World
  let browser: Browser

  inOneWorld((made) => {
    ;({ world, browser } = made)
  })

  const row = (page: Page, text: string | RegExp) => panel(page, 'mesh').getByRole('row').filter({ hasText: text })
  const issue = (page: Page, title: string) => panel(page, 'issues').getByText(title).first()
  const until = async (fits: () => boolean) => {
    while (!fits()) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const addIssue = (title: string) => world.github.repository('octo-org/website').addIssue({ title })
  /** Waits until a Node member holds an answer with this text. */
  const holds = async ({ mesh }: World['members'][number], url: string, text: string) => {
    while (!(await (await mesh.peek(url))?.text())?.includes(text))
      await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const asked = () => world.github.count((call) => issues.test(call.url))

  /** A page of a person of its own, joined; `said` is all that its lists of members and events ever said. */
  async function person(names?: string[]): Promise<{ page: Page; said(): Promise<string[]> }> {
    const { page } = await openPage(browser)
    await page.addInitScript(() => {
      const seen = new Set<string>()
      Object.assign(globalThis, { seen })
      new MutationObserver(() => {
        for (const { innerText } of document.querySelectorAll<HTMLElement>('.members tr, .events li'))
          seen.add(innerText)
      }).observe(document, { subtree: true, childList: true, characterData: true })
    })
    await page.goto(world.addressWith({ names }))
    await row(page, 'build-server').waitFor()
    return {
      page,
      said: () => page.evaluate(() => [...(globalThis as unknown as { seen: Set<string> }).seen])
    }
  }

  // README: "examples/dashboard is a team dashboard"
  it('one asks GitHub; the other and a Node member have it, through the relay and then directly', async () => {
    const { page: a, said } = await person()
    addIssue('Seen by one')
    await refresh(a)
    await issue(a, 'Seen by one').waitFor()
    await panel(a, 'mesh').getByText('Announced to the mesh').first().waitFor()
    // What was announced may have been something else: a member that holds the list of before would give that.
    const url = `${world.github.url}/repos/octo-org/website/issues?state=open&sort=updated&direction=desc&per_page=100`
    for (const member of world.members) await holds(member, url, 'Seen by one')
    world.github.clearCalls()
    const before = await said()

    // On a busy machine a page may not wait as long as it takes to meet somebody; this one asks for nothing until then.
    const { page: b } = await person([])
    for (const page of [a, b]) await row(page, /^browser-.*direct, WebRTC/s).waitFor()
    await b.getByLabel('Repositories', { exact: true }).fill('octo-org/website')
    await b.keyboard.press('Enter')
    await issue(b, 'Seen by one').waitFor()
    const [first] = (await said()).filter((text) => !before.includes(text) && text.includes('Member joined'))
    expect(first).to.match(/relayed$/)
    expect(asked()).to.equal(0)
  })

  // Closed by both sides, it was closed before the other one had seen it open in about one of seven meetings, and 20 s were lost.
  it('of two that meet by WebRTC, only the one that opened the first channel closes it', async () => {
    const watched = async () => {
      const { page } = await openPage(browser)
      await page.addInitScript(() => {
        const channels = { come: 0, closedHere: 0 }
        class Watched extends RTCPeerConnection {
          constructor(configuration?: RTCConfiguration) {
            super(configuration)
            this.addEventListener('datachannel', ({ channel }) => {
              if (channel.label !== 'init') return
              channels.come++
              const close = channel.close.bind(channel)
              channel.close = () => {
                channels.closedHere++
                close()
              }
            })
          }
        }
        Object.assign(globalThis, { channels, RTCPeerConnection: Watched })
      })
      await page.goto(world.addressWith({ names: [] }))
      return page
    }
    const pages = [await watched(), await watched()]
    for (const page of pages) await row(page, /^browser-.*direct, WebRTC/s).waitFor()
    const counts = await Promise.all(
      pages.map((page) => page.evaluate(() => (globalThis as unknown as { channels: Channels }).channels))
    )
    expect(counts.reduce((sum, { come }) => sum + come, 0)).to.be.above(0)
    expect(counts.map(({ closedHere }) => closedHere)).to.deep.equal([0, 0])
  })

  it('those with a direct link go on without the relay, others ask GitHub, and all meet again', async () => {
    const [{ page: a }, { page: b }] = [await person(), await person()]
    for (const page of [a, b]) await row(page, /^browser-.*direct, WebRTC/s).waitFor()
    await world.relay.stop()
    for (const page of [a, b]) {
      await row(page, /^Relay.*away/s).waitFor()
      const away = notice(page, 'The relay cannot be reached')
      await away.getByText('You are still connected to').waitFor()
      expect(await away.textContent()).not.to.match(/alone|without members/)
    }
    addIssue('While the relay was away')
    await refresh(a)
    await issue(a, 'While the relay was away').waitFor()
    await panel(b, 'mesh').getByText('Announced by a member').first().waitFor()
    world.github.clearCalls()
    await b.reload()
    await issue(b, 'While the relay was away').waitFor()
    expect(asked()).to.equal(0)

    const { page: c } = await openPage(browser)
    await c.goto(world.address)
    await issue(c, 'While the relay was away').waitFor()
    expect(asked()).to.be.above(0)
    expect(await row(c, 'build-server').count()).to.equal(0)

    await world.startRelayAgain()
    for (const page of [a, b, c]) await row(page, /^Relay.*connected/s).waitFor()
    await row(c, 'build-server').waitFor()
    await row(c, /^browser-/)
      .first()
      .waitFor()
  })

  it('five tabs are one member, and the others go on when the one that holds it is closed', async () => {
    // Those of the pages before have gone when the relay has seen it.
    await until(() => world.relay.figures.members === world.members.length)
    const context = await browser.newContext()
    await leaveMeshOpen(context)
    const open = async (context: BrowserContext) => {
      const page = await context.newPage()
      await page.goto(world.address)
      await row(page, 'build-server').waitFor()
      await page.getByText('Refreshed', { exact: false }).waitFor()
      return page
    }
    const tabs: Page[] = []
    for (let n = 0; n < 5; n++) tabs.push(await open(context))
    expect(world.relay.figures.members).to.equal(world.members.length + 1)

    addIssue('In the middle of requests')
    const held = world.github.hold(issues)
    for (const tab of tabs) await refresh(tab)
    await held.arrived
    await tabs[0]?.close()
    held.release()
    for (const tab of tabs.slice(1)) {
      await issue(tab, 'In the middle of requests').waitFor()
      await row(tab, 'build-server').waitFor()
    }
    await until(() => world.relay.figures.members === world.members.length + 1)
  })
})
