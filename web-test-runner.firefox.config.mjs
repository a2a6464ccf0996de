import { oneByOne } from './scripts/wtr-launcher.mjs'
import { launchFirefox } from './test/network/firefox.ts'
import config from './web-test-runner.config.mjs'

async function launch() {
  const browser = await launchFirefox()
  return {
    async open(url) {
      const context = await browser.createBrowserContext()
      const page = await context.newPage()
      await page.goto(url)
      return () => context.close()
    },
    stop: () => browser.close()
  }
}

export default { ...config, browsers: [oneByOne('Firefox', launch)] }
