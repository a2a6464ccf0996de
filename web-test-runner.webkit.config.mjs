import { launchWebKit } from './scripts/webkit.mjs'
import { oneByOne } from './scripts/wtr-launcher.mjs'
import config from './web-test-runner.config.mjs'

async function launch() {
  const { open, stop } = await launchWebKit()
  return {
    async open(url) {
      const window = await open()
      await window.get(url)
      return () => window.quit()
    },
    stop
  }
}

export default { ...config, browsers: [oneByOne('WebKit', launch)] }
