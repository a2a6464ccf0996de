import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { browserFlags, ensureBrowser } from '../../scripts/browser.mjs'

export interface OpenPage {
  page: Page
  /** Errors nobody caught, rejections nobody handled, errors and warnings on the console. */
  complaints: string[]
  /** Directives of the content security policy that were violated, each with what was blocked. */
  violations(): Promise<string[]>
  /** Addresses of other origins that were asked, WebSockets included. */
  asked: string[]
}

/** Chromium for one spec file, and pages in contexts of their own. */
export const browser = (...args: string[]) => browserAt(ensureBrowser, ...args)

/** The same of another Chromium, which is looked for only when tests run. */
export function browserAt(find: () => string, ...args: string[]) {
  let launched: Browser
  before(async () => {
    launched = await chromium.launch({ executablePath: find(), args: [...browserFlags, ...args] })
  })
  afterEach(() => Promise.all(launched.contexts().map((context) => context.close())))
  after(() => launched?.close())

  return {
    /** Another one, with nothing kept; closed after the test. */
    context: (options?: BrowserContextOptions): Promise<BrowserContext> => launched.newContext(options),
    /** `given` is what the page finds in its address behind `#`, as JSON. */
    async open(url: string, given: object = {}, where?: BrowserContext): Promise<OpenPage> {
      const context = where ?? (await launched.newContext())
      await context.addInitScript(() => {
        const violations: string[] = []
        Object.assign(globalThis, { violations })
        addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
          violations.push(`${violatedDirective} ${blockedURI}`)
        })
      })
      const page = await context.newPage()
      const complaints: string[] = []
      const asked: string[] = []
      page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)))
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
      })
      page.on('request', (request) => asked.push(request.url()))
      page.on('websocket', (socket) => asked.push(socket.url()))
      await page.goto(`${url}#${encodeURIComponent(JSON.stringify(given))}`)
      return {
        page,
        complaints,
        asked,
        violations: () => page.evaluate(() => (globalThis as unknown as { violations: string[] }).violations)
      }
    }
  }
}
