import type { Browser } from 'playwright-core'
import { startWorld, type World } from '../../scripts/dashboard/world.mjs'
import { launch } from './pages.ts'

/**
 * For a suite: a world and a browser, handed to `prepare` before its first test. Each test begins with a full rate limit, and
 * none leaves a page open.
 */
export function inOneWorld(prepare: (made: { world: World; browser: Browser }) => unknown): void {
  let world: World | undefined
  let browser: Browser | undefined

  before(async () => {
    world = await startWorld()
    browser = await launch()
    await prepare({ world, browser })
  })
  after(async () => {
    await browser?.close()
    await world?.stop()
  })
  // Most pages have no token, and 60 requests an hour are soon made.
  beforeEach(() => world?.github.unlimit(undefined))
  afterEach(() => Promise.all((browser?.contexts() ?? []).map((context) => context.close())))
}
