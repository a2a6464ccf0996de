import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type axe from 'axe-core'
import { expect } from 'chai'
import puppeteer, { type Browser, type Page } from 'puppeteer-core'

/** Mocha's timeout ends what would wait for ever; a busy machine takes its time. */
const maxWaitMs = 60_000

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** The Firefox of the distribution with its own settings, driven over WebDriver BiDi. */
export const launchFirefox = (): Promise<Browser> =>
  puppeteer.launch({ browser: 'firefox', executablePath: '/usr/bin/firefox-esr', timeout: maxWaitMs })

/** A page with a storage of its own, and everything it complained about. */
export async function openInFirefox(browser: Browser): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.createBrowserContext()
  const page = await context.newPage()
  page.setDefaultTimeout(maxWaitMs)
  await page.setViewport({ width: 1280, height: 900 })
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (['error', 'warn'].includes(message.type())) complaints.push(message.text())
  })
  return { page, complaints }
}

/** Firefox itself logs each request that meets no server, and nobody can keep it from that. */
export const ofThePage = (complaints: string[]): string[] =>
  complaints.filter((text) => !text.includes('CORS request did not succeed'))

/** Waits until an element that fits the selector contains this text. */
export async function see(page: Page, selector: string, text = ''): Promise<void> {
  await page.waitForFunction(
    (selector, text) => [...document.querySelectorAll(selector)].some(({ textContent }) => textContent?.includes(text)),
    // A page in the background has no animation frames.
    { polling: 100 },
    selector,
    text
  )
}

/** Waits until no element fits the selector. */
export const seeNone = (page: Page, selector: string): Promise<unknown> =>
  page.waitForFunction((selector) => document.querySelector(selector) === null, { polling: 100 }, selector)

export const count = (page: Page, selector: string): Promise<number> =>
  page.$$eval(selector, (elements) => elements.length)

/** Clicks a button by its accessible name, as a tool for readers finds it. */
export const press = (page: Page, name: string): Promise<void> =>
  page.locator(`::-p-aria([name="${name}"][role="button"])`).click()

/** Puts a text into the field with this label, all of it at once, as the clipboard does. */
export async function fill(page: Page, label: string, text: string): Promise<void> {
  await see(page, 'label', label)
  await page.evaluate(
    (label, text) => {
      const labels = [...document.querySelectorAll('label')]
      labels.find(({ textContent }) => textContent?.includes(label))?.control?.focus()
      document.execCommand('insertText', false, text)
    },
    label,
    text
  )
}

/** What has the keyboard focus: its id, accessible name or text. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement
    return element?.id || element?.ariaLabel || (element?.textContent ?? '').trim()
  })

/** Nothing to complain about for axe-core, in both themes, and no part is wider than the window, down to 360 pixels. */
export async function expectToRead(page: Page): Promise<void> {
  await page.evaluate(axeSource)
  for (const theme of ['dark', 'light']) {
    await page.select('select[aria-label=Theme]', theme)
    await see(page, `[data-theme="${theme}"]`)
    const violations = await page.evaluate(async () => {
      const { axe: run } = globalThis as unknown as { axe: typeof axe }
      const { violations } = await run.run()
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
    })
    expect(violations, theme).to.deep.equal([])
  }
  await page.setViewport({ width: 360, height: 800 })
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(beyond, 'pixels beyond the window').to.equal(0)
  await page.setViewport({ width: 1280, height: 900 })
}
