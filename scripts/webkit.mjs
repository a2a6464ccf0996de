// The WebKit of Debian's `webkit2gtk-driver`, the engine of Safari, driven by WebDriver on a display that nobody sees (`xvfb`).
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { Builder } from 'selenium-webdriver'
import { freePort } from './free-port.mjs'

/** Of the driver's own page. Where it is says the distribution's architecture and the version of its interface. */
const findBrowser = () => globSync('/usr/lib/*/webkit2gtk-4.*/MiniBrowser').at(-1)

/** Resolves once it answers; the driver does not say when it begins. */
async function untilReady(url, driver) {
  while (
    !(await fetch(`${url}/status`).then(
      ({ ok }) => ok,
      () => false
    ))
  ) {
    if (driver.exitCode !== null) throw new Error(`WebKitWebDriver ended with ${driver.exitCode}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** `open` resolves to a window of a browser that has stored nothing; one at a time. */
export async function launchWebKit() {
  const display = spawn('Xvfb', ['-displayfd', '3', '-noreset', '-nolisten', 'tcp', '-screen', '0', '1280x1000x24'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe']
  })
  const [number] = await once(display.stdio[3], 'data')
  const port = await freePort()
  const driver = spawn('WebKitWebDriver', ['--host=127.0.0.1', `--port=${port}`], {
    env: { ...process.env, DISPLAY: `:${String(number).trim()}` },
    stdio: 'ignore'
  })
  const url = `http://127.0.0.1:${port}`
  await untilReady(url, driver)
  const browser = { binary: findBrowser(), args: ['--automation'] }
  return {
    open: () =>
      new Builder()
        .usingServer(url)
        .withCapabilities({ browserName: 'MiniBrowser', 'webkitgtk:browserOptions': browser })
        .build(),
    async stop() {
      for (const child of [driver, display]) {
        child.kill()
        if (child.exitCode === null) await once(child, 'exit')
      }
    }
  }
}
