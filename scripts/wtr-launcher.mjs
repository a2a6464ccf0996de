/**
 * A launcher of web-test-runner for browsers that it has none for. `launch` resolves to `open`, which opens an address in a window
 * that knows nothing of earlier ones and resolves to what closes that, and `stop`. One window at a time.
 */
export function oneByOne(name, launch) {
  let browser
  const windows = new Map()
  const close = async (id) => {
    const end = windows.get(id)
    windows.delete(id)
    await end?.()
  }
  return {
    name,
    type: name,
    concurrency: 1,
    async initialize() {
      browser = await launch()
    },
    async startSession(id, url) {
      windows.set(id, await browser.open(url))
    },
    isActive: (id) => windows.has(id),
    getBrowserUrl: () => undefined,
    async stopSession(id) {
      await close(id)
      return {}
    },
    async stop() {
      for (const id of windows.keys()) await close(id)
      await browser?.stop()
    }
  }
}
