import { expect } from 'chai'
import { By, Key, type WebDriver } from 'selenium-webdriver'
import { startWorld, type World } from '../../scripts/dashboard/world.mjs'
import { launchWebKit, type WebKit } from '../../scripts/webkit.mjs'

/** Mocha's timeout ends what would wait for ever; a busy machine takes its time. */
const maxWaitMs = 60_000
const panels = ['pull-requests', 'issues', 'workflow-runs', 'releases']
const rowsOf = (name: string) => `[data-panel="${name}"] .row`

/** Waits until an element that fits the selector contains this text. */
const see = (window: WebDriver, selector: string, text = '') =>
  window.wait(
    () =>
      window.executeScript(
        'return [...document.querySelectorAll(arguments[0])].some((one) => one.textContent.includes(arguments[1]))',
        selector,
        text
      ),
    maxWaitMs,
    `${selector} with "${text}"`
  )

const press = (window: WebDriver, text: string) =>
  window.findElement(By.xpath(`//button[contains(., "${text}")]`)).click()

/** Puts a text into the field with this label, all of it at once, as the clipboard does. */
async function fill(window: WebDriver, label: string, text: string): Promise<void> {
  await see(window, 'label', label)
  await window.executeScript(
    `const labels = [...document.querySelectorAll('label')]
    labels.find(({ textContent }) => textContent.includes(arguments[0])).control.focus()
    document.execCommand('insertText', false, arguments[1])`,
    label,
    text
  )
}

describe('the dashboard in WebKit', () => {
  let world: World
  let webKit: WebKit
  let window: WebDriver

  before(async () => {
    world = await startWorld()
    webKit = await launchWebKit()
  })
  beforeEach(async () => {
    window = await webKit.open()
    await window.get(world.address.split('#')[0] as string)
    await window.executeScript(
      `const complaints = (globalThis.complaints = [])
      addEventListener('error', ({ message }) => complaints.push(message))
      addEventListener('unhandledrejection', ({ reason }) => complaints.push(String(reason)))
      for (const kind of ['error', 'warn']) console[kind] = (...said) => complaints.push(said.join(' '))`
    )
  })
  afterEach(() => window.quit())
  after(async () => {
    await webKit?.stop()
    await world?.stop()
  })

  const filled = async () => {
    for (const name of panels) await see(window, rowsOf(name))
  }
  const complaints = () => window.executeScript('return complaints')

  it('shows public repositories at the first button', async () => {
    await see(window, 'button', 'Try it on public repositories')
    await press(window, 'Try it on public repositories')
    await filled()
    await see(window, '.header-status time')
    expect(await complaints()).to.deep.equal([])
  })

  it('joins with an invitation, and shows what members hold', async () => {
    world.github.clearCalls()
    await fill(window, 'Invitation or secret', world.address)
    await see(window, '[role=status]', 'a secret, 1 relay and 2 repositories')
    await press(window, 'Join the mesh')
    await filled()
    await see(window, '[data-panel="pull-requests"] [data-source="member"]')
    await see(window, '.mesh-chip', '2 members')
    // Of ten requests. A page whose thread is busy asks GitHub for what does not come in time.
    expect(world.github.calls.length).to.be.at.most(3)
    expect(await window.getCurrentUrl()).not.to.include('ghm1_')
    await window.findElement(By.css('.mesh-chip')).sendKeys(Key.ENTER)
    for (const name of ['build-server', 'laptop', 'relay']) await see(window, '.members tr', name)
    expect(await complaints()).to.deep.equal([])
  })

  it('keeps the token and what it showed over a reload', async () => {
    await fill(window, 'GitHub token', 'sim-token-alice')
    await press(window, 'Work without a mesh')
    await filled()
    await see(window, '.header-status time')
    world.github.clearCalls()
    await window.navigate().refresh()
    await filled()
    await see(window, '[data-panel="pull-requests"] [data-source]')
    expect(world.github.count(({ path }) => path.endsWith('/website/issues'))).to.equal(0)
  })
})
