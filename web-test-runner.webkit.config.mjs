import { launchWebKit } from './scripts/webkit.mjs'
import config from './web-test-runner.config.mjs'

let webKit
const windows = new Map()

/** One window at a time, each without what the one before it stored. */
const launcher = {
  name: 'WebKit',
  type: 'webkit',
  concurrency: 1,
  async initialize() {
    webKit = await launchWebKit()
  },
  async startSession(id, url) {
    const window = await webKit.open()
    windows.set(id, window)
    await window.get(url)
  },
  isActive: (id) => windows.has(id),
  getBrowserUrl: () => undefined,
  async stopSession(id) {
    await windows.get(id).quit()
    windows.delete(id)
    return {}
  },
  async stop() {
    await Promise.all([...windows.values()].map((window) => window.quit()))
    await webKit?.stop()
  }
}

export default { ...config, browsers: [launcher] }
