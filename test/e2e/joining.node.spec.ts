import { expect } from 'chai'
import { createSecret } from 'ghmesh'
import type { Browser, Page } from 'playwright-core'
import type { World } from '../../scripts/dashboard/world.mjs'
import { expectAccessible, expectToFit, launch, notice, ofThePage, openPage, panel } from './pages.ts'
import { inOneWorld } from './world.ts'

describe('joining from the dashboard [long]', () => {
  let world: World
  let browser: Browser

  inOneWorld((made) => {
    ;({ world, browser } = made)
  })

  const withoutFragment = () => world.address.split('#')[0] as string
  const secretField = (page: Page) => page.getByLabel('secret')
  const relaysField = (page: Page) => page.getByLabel('Relays')
  const join = (page: Page) => page.getByRole('button', { name: 'Join the mesh' }).click()
  const joined = (page: Page) => panel(page, 'mesh').getByRole('row', { name: 'build-server' }).waitFor()
  const settingsButton = (page: Page) => page.getByRole('button', { name: 'Settings' })
  const filled = (page: Page) => panel(page, 'pull-requests').locator('.row').first().waitFor()
  const stored = (page: Page) => page.evaluate(() => JSON.stringify(localStorage))
  /** Without what members saved, which is counted on while a page is open. */
  const settings = (page: Page) => page.evaluate(() => ({ ...localStorage, 'ghmesh dashboard savings': undefined }))

  const open = async (page: Page, address: string) => {
    const tab = await page.context().newPage()
    await tab.goto(address)
    return tab
  }
  const asks = (tab: Page) => tab.getByRole('heading', { name: 'Join your team’s mesh' }).waitFor()
  const save = async (tab: Page, isToBeRemembered: boolean) => {
    await settingsButton(tab).click()
    await tab.getByLabel('Remember on this device').setChecked(isToBeRemembered)
    await tab.getByRole('button', { name: 'Save and connect' }).click()
    await tab.getByRole('dialog').waitFor({ state: 'detached' })
  }

  /** As from the clipboard, with everything that an input would drop. */
  const paste = (field: ReturnType<Page['getByLabel']>, text: string) =>
    field.evaluate((element, text) => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text', text)
      element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    }, text)

  it('shows public repositories at the first button, with nothing to enter', async () => {
    const { page } = await openPage(browser)
    await page.goto(withoutFragment())
    const first = page.getByRole('main').getByRole('button').first()
    expect(await first.textContent()).to.equal('Try it on public repositories')
    await first.click()
    await filled(page)
    await panel(page, 'mesh').getByText('Without a mesh').waitFor()

    const { page: bare } = await openPage(browser)
    await bare.goto(`${world.site}?api=${world.github.url}`)
    await bare.getByRole('button', { name: 'Try it on public repositories' }).click()
    await bare.getByRole('list', { name: 'Repositories shown' }).getByRole('listitem').first().waitFor()
    expect(bare.url()).to.include('repositories=')
  })

  it('says that the browser may keep the page from a relay in the local network, until that is allowed', async () => {
    // The page's address stands for one in the Internet.
    const away = await launch('--ip-address-space-overrides=127.0.0.1:0=public')
    try {
      const { page } = await openPage(away)
      const address = new URL(world.address)
      address.hostname = 'team.localhost'
      address.hash = address.hash.replace('ip4%2F127.0.0.1', 'ip4%2F127.0.0.2')
      await page.goto(address.href)
      const said = notice(page, 'The relay cannot be reached')
      const advice = said.getByText('your browser connects only if you allow it')
      await advice.waitFor()
      await page.context().grantPermissions(['local-network-access'])
      await advice.waitFor({ state: 'detached' })
      await said.getByText('Check that it runs').waitFor()
    } finally {
      await away.close()
    }
  })

  it('takes an invitation apart, wherever it is pasted, and moves to its API', async () => {
    for (const field of [secretField, relaysField, (page: Page) => page.getByLabel('GitHub token')]) {
      const { page, complaints } = await openPage(browser)
      await page.goto(world.site)
      await page.getByLabel('GitHub token').fill('meant-for-another-api')
      await paste(field(page), `Join us:\n${world.address}\nSee you, Bob`)
      await page.getByText('a secret, 1 relay and 2 repositories').waitFor()
      await page.getByText('instead of api.github.com').waitFor()
      expect(await secretField(page).inputValue()).to.equal(world.secret)
      expect(await relaysField(page).inputValue()).to.equal(world.relayAddress)
      expect(await page.getByLabel('GitHub token').inputValue()).to.equal('')
      await expectAccessible(page)
      await join(page)
      await joined(page)
      await filled(page)
      expect(decodeURIComponent(page.url())).to.equal(withoutFragment())
      expect(ofThePage(complaints)).to.deep.equal([])
    }
  })

  it('takes one that was pasted where repositories are added', async () => {
    const { page } = await openPage(browser)
    await page.goto(`${world.site}?api=${world.github.url}`)
    await page.getByRole('button', { name: 'Work without a mesh' }).click()
    await page.getByLabel('Repositories', { exact: true }).fill(world.address)
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'Save and connect' }).click()
    await joined(page)
    await filled(page)
  })

  it('does not take a token along to the API of an invitation', async () => {
    const { page } = await openPage(browser)
    await page.goto(`${world.site}?api=${world.github.url}`)
    await page.getByLabel('GitHub token').fill('sim-token-alice')
    await page.getByRole('button', { name: 'Work without a mesh' }).click()
    const field = page.getByLabel('Repositories', { exact: true })
    const invitation = (apiUrl: string) => `${world.site}?api=${apiUrl}#secret=${world.secret}`
    for (const [apiUrl, token] of [
      ['https://github.example.org', ''],
      [world.github.url, 'sim-token-alice']
    ] as const) {
      await field.fill(invitation(apiUrl))
      await page.keyboard.press('Enter')
      await page.getByRole('dialog').waitFor()
      expect(await page.getByLabel('GitHub token').inputValue(), apiUrl).to.equal(token)
      await page.keyboard.press('Escape')
    }
  })

  it('founds no empty group with a secret that lost its beginning, and offers the whole one', async () => {
    const { page } = await openPage(browser)
    await page.goto(withoutFragment())
    await secretField(page).fill(world.secret.slice('ghm1_'.length))
    await relaysField(page).fill(world.relayAddress)
    await join(page)
    await page.getByText('is missing or mistyped').waitFor()
    expect(await secretField(page).evaluate((element) => element === document.activeElement)).to.equal(true)
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Correct the secret' }).click()
    expect(await secretField(page).inputValue()).to.equal(world.secret)
    expect(await secretField(page).evaluate((element) => element === document.activeElement)).to.equal(true)
    await join(page)
    await joined(page)
  })

  it('warns of a weak passphrase where it is entered, and for as long as it is used', async () => {
    const { page } = await openPage(browser)
    await page.goto(withoutFragment())
    await secretField(page).fill('tuesday')
    await page.getByText('This passphrase is weak').waitFor()
    await expectAccessible(page)
    await relaysField(page).fill(world.relayAddress)
    await join(page)
    await notice(page, 'The secret of this group is weak').waitFor()
    await expectAccessible(page)
  })

  it('copies an invitation with which the next person joins', async () => {
    const { page } = await openPage(browser)
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.goto(world.address)
    await joined(page)
    await page.getByRole('button', { name: 'Copy invitation' }).click()
    await page.getByText('Anyone with this link can join').waitFor()
    const link = await page.evaluate(() => navigator.clipboard.readText())
    const [before, fragment] = link.split('#')
    expect(before).to.equal(withoutFragment())
    expect(new URLSearchParams(fragment).get('secret')).to.equal(world.secret)

    const { page: next } = await openPage(browser)
    await next.goto(link)
    await joined(next)
  })

  it('shows the invitation where the browser does not let it be copied', async () => {
    const { page } = await openPage(browser)
    await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }))
    await page.goto(world.address)
    await page.getByRole('button', { name: 'Copy invitation' }).click()
    expect(await page.getByLabel('Invitation', { exact: true }).inputValue()).to.include(world.secret)
    await expectAccessible(page)
  })

  it('has the invitation where it stays as members come', async () => {
    const { page } = await openPage(browser)
    const fromTheTop = async () => {
      const top = (await panel(page, 'mesh').boundingBox())?.y ?? Number.NaN
      const button = await page.getByRole('button', { name: 'Copy invitation' }).boundingBox()
      return (button?.y ?? Number.NaN) - top
    }
    await page.goto(`${withoutFragment()}#secret=${world.secret}`)
    await panel(page, 'mesh').getByText('No connections yet.').waitFor()
    const before = await fromTheTop()
    // Another address of the same page would load nothing anew.
    await page.goto('about:blank')
    await page.goto(world.address)
    await joined(page)
    expect(await fromTheTop()).to.equal(before)
  })

  it('remembers nothing on this device unless it is told to', async () => {
    const { page } = await openPage(browser)
    await page.goto(world.address)
    await joined(page)
    expect(await stored(page))
      .not.to.include('ghm1_')
      .and.not.to.include('p2p')
    await asks(await open(page, withoutFragment()))

    await save(page, true)
    await joined(await open(page, withoutFragment()))
    expect(await stored(page)).to.include(world.secret)
    const before = await settings(page)
    // A link that somebody sent is for this tab and does not replace what is remembered.
    const visitor = await open(page, world.addressWith({ secret: createSecret() }))
    await panel(visitor, 'mesh').waitFor()
    expect(await settings(page)).to.deep.equal(before)

    await save(page, false)
    expect(await stored(page))
      .not.to.include('ghm1_')
      .and.not.to.include('p2p')
    await asks(await open(page, withoutFragment()))
  })

  it('goes on remembering on this device what a visit by another link never switched off', async () => {
    const { page } = await openPage(browser)
    await page.goto(world.address)
    await joined(page)
    await save(page, true)
    const visitor = await open(page, world.addressWith({ secret: createSecret() }))
    await save(visitor, false)
    expect(await stored(page)).to.include(world.secret)
    await joined(await open(page, withoutFragment()))
  })

  it('goes on in a tab whose reader skips to the content, after another tab has forgotten the settings', async () => {
    const { page } = await openPage(browser)
    await page.goto(world.address)
    await joined(page)
    await save(page, true)
    const other = await open(page, withoutFragment())
    await joined(other)
    await page.bringToFront()
    await save(page, false)
    await other.bringToFront()
    await other.getByRole('link', { name: 'Skip to the content' }).press('Enter')
    await other.waitForURL(/#main$/)
    await settingsButton(other).click()
    await other.getByRole('dialog', { name: 'Settings' }).waitFor()
  })

  it('opens its settings beside the board, and Escape and Cancel lead back to it', async () => {
    const { page } = await openPage(browser)
    await page.goto(world.address)
    await filled(page)
    await panel(page, 'issues').evaluate((element) => Object.assign(element, { isTheSame: true }))
    const isFocused = () => settingsButton(page).evaluate((element) => element === document.activeElement)
    for (const close of ['Escape', 'Cancel']) {
      await settingsButton(page).click()
      const drawer = page.getByRole('dialog', { name: 'Settings' })
      await drawer.waitFor()
      await expectAccessible(page)
      await page.setViewportSize({ width: 360, height: 800 })
      await expectToFit(page)
      await page.setViewportSize({ width: 1280, height: 900 })
      if (close === 'Escape') await page.keyboard.press('Escape')
      else await drawer.getByRole('button', { name: 'Cancel' }).click()
      await drawer.waitFor({ state: 'detached' })
      expect(await isFocused(), close).to.equal(true)
    }
    expect(await panel(page, 'issues').evaluate((element) => 'isTheSame' in element)).to.equal(true)
    await settingsButton(page).click()
    await page.getByRole('button', { name: 'Save and connect' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await isFocused(), 'after saving').to.equal(true)
  })

  it('says that a link names an API that does not exist, and how to go on', async () => {
    const { page } = await openPage(browser)
    await page.goto(
      `${world.site}?api=${'nonsense'.repeat(40)}&repositories=octocat/Hello-World#secret=${createSecret()}`
    )
    await page.getByRole('heading', { name: 'names an API that does not exist' }).waitFor()
    await page.getByText('?api=nonsensenonsense').waitFor()
    expect(page.url()).not.to.include('ghm1_')
    await expectAccessible(page)
    await page.setViewportSize({ width: 360, height: 800 })
    await expectToFit(page)
    await page.getByRole('link', { name: 'Use api.github.com instead' }).click()
    await page.getByRole('button', { name: 'saved today' }).waitFor()
    // The page writes its address anew, with names as they are read, once it is there.
    await page.waitForURL(/\?repositories=octocat\/Hello-World$/)
  })

  it('says that the page is not allowed to use an API, not that the network is down', async () => {
    const { page } = await openPage(browser)
    await page.goto(`${world.site}?api=https://github.example.org&repositories=octocat/Hello-World`)
    await page.getByRole('button', { name: 'Try it on public repositories' }).click()
    const blocked = notice(page, 'is not allowed to use this API')
    await blocked.getByText('https://github.example.org').waitFor()
    expect(await page.locator('[data-notice="network"]').count()).to.equal(0)
    await expectAccessible(page)
    expect(decodeURIComponent((await blocked.getByRole('link').getAttribute('href')) ?? '')).to.match(
      /\?repositories=octocat\/Hello-World$/
    )
  })

  it('asks again when a link contains what is no secret, instead of founding an empty group', async () => {
    for (const secret of [world.secret.slice('ghm1_'.length), '', 'ghp_0123456789']) {
      const { page } = await openPage(browser)
      await page.goto(world.addressWith({ secret }))
      await page.getByText('Fix the highlighted fields.').waitFor()
      expect(await secretField(page).evaluate((element) => element === document.activeElement), secret).to.equal(true)
      expect(await page.getByRole('button', { name: 'Try again' }).count()).to.equal(0)
      if (secret.length === 43) {
        await page.getByRole('button', { name: 'Correct the secret' }).click()
        await page.getByRole('button', { name: 'Save and connect' }).click()
        await joined(page)
      }
    }
  })

  it('says why a mesh cannot start, tries again, and works without one', async () => {
    const { page } = await openPage(browser)
    // As in a page that was loaded over http from another machine.
    await page.addInitScript(() => {
      const { subtle } = crypto
      Object.defineProperty(crypto, 'subtle', { get: () => ('isMended' in globalThis ? subtle : undefined) })
    })
    await page.goto(world.address)
    const refused = page.locator('[data-notice="refused"]')
    await refused.waitFor()
    const text = await refused.textContent()
    expect(text).to.include('Load it over https')
    /** Until this notice has gone: the attempt begins a frame after the click, and reads what the page has then. */
    const tryAgain = async () => {
      const shown = await refused.elementHandle()
      await refused.getByRole('button', { name: 'Try again' }).click()
      await shown?.waitForElementState('hidden')
    }
    await tryAgain()
    await refused.waitFor()
    expect(await refused.textContent()).to.equal(text)
    await page.evaluate(() => Object.assign(globalThis, { isMended: true }))
    await tryAgain()
    await joined(page)
  })
})
