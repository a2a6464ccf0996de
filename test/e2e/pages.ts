import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type axe from 'axe-core'
import { expect } from 'chai'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { browserFlags, ensureBrowser } from '../../scripts/browser.mjs'

/** Mocha's time-out ends what would wait for ever; a busy machine may take its time. */
const patienceMs = 60_000

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export const launch = (...args: string[]): Promise<Browser> =>
  chromium.launch({
    executablePath: ensureBrowser(),
    args: [...browserFlags, '--disable-features=WebRtcHideLocalIpsWithMdns', ...args]
  })

/** As a reader who left the mesh open at the last visit: most tests look at it. */
export const leaveMeshOpen = (context: BrowserContext): Promise<unknown> =>
  context.addInitScript(() => {
    try {
      if (localStorage.getItem('ghmesh dashboard mesh') === null) localStorage.setItem('ghmesh dashboard mesh', 'open')
    } catch {
      // This browser keeps nothing, and the page has to do without.
    }
  })

/** A page of a browser of its own, which nobody used before, and what it complained about. */
export async function openPage(
  browser: Browser,
  { width = 1280, isMeshOpen = true }: { width?: number; isMeshOpen?: boolean } = {}
): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, reducedMotion: 'reduce' })
  context.setDefaultTimeout(patienceMs)
  if (isMeshOpen) await leaveMeshOpen(context)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  return { page, complaints }
}

/** A browser itself logs what a fetch meets, and nobody can keep it from that. */
export const ofThePage = (complaints: string[]): string[] =>
  complaints.filter((text) => !/^Failed to load resource|net::ERR_|blocked by CORS policy/.test(text))

/** Nothing to complain about for axe-core, in the light and in the dark. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axeSource)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    // What the scheme changes is colours; the rest has been looked at by then.
    const only = colorScheme === 'dark' ? { runOnly: ['color-contrast'] } : {}
    const violations = await page.evaluate(async (only) => {
      const { axe: run } = globalThis as unknown as { axe: typeof axe }
      const { violations } = await run.run(only)
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
    }, only)
    expect(violations, colorScheme).to.deep.equal([])
  }
}

/** No part of it is wider than the window. */
export async function expectToFit(page: Page): Promise<void> {
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(beyond, 'pixels beyond the window').to.equal(0)
}

export const panel = (page: Page, name: string) => page.locator(`[data-panel="${name}"]`)
export const notice = (page: Page, title: string) => page.locator('[data-notice]').filter({ hasText: title })
export const refresh = (page: Page): Promise<void> => page.getByRole('button', { name: 'Refresh' }).click()

/** Clicks until all was refreshed: before a limit is over no round begins, and right after it not all are answered. */
export async function refreshAll(page: Page): Promise<void> {
  const status = page.locator('.header-status')
  do {
    await refresh(page)
    await status.locator('time').waitFor()
  } while (!(await status.innerText()).startsWith('Refreshed'))
}
