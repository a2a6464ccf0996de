// What a dashboard that stays open keeps in memory: heap after a collection, nodes and listeners, minute by minute. Polling is
// that of real time, one round a minute, and each minute brings something new in one repository.
//   node bench/dashboard-memory.mjs [minutes] [repositories]
import { chromium } from 'playwright-core'
import { browserFlags, ensureBrowser } from '../scripts/browser.mjs'
import { startWorld } from '../scripts/dashboard/world.mjs'

const [minutes, repositories] = [process.argv[2] ?? 10, process.argv[3] ?? 12].map(Number)
const names = Array.from({ length: repositories }, (_, index) => `octo-bench/part-${index + 1}`)

async function openBoard(browser, world) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 1000 } })
  const page = await context.newPage()
  const settings = { secret: world.secret, relays: [world.relayAddress], token: 'sim-token-alice' }
  await page.addInitScript(
    ([key, text]) => sessionStorage.setItem(key, text),
    [`ghmesh dashboard ${world.github.url}`, JSON.stringify(settings)]
  )
  await page.goto(world.addressWith({ names }).split('#')[0])
  await page.getByText('Next refresh at').waitFor()
  return page
}

async function look(client) {
  // Twice: what the first collection finalizes, the second frees.
  for (let pass = 0; pass < 2; pass++) await client.send('HeapProfiler.collectGarbage')
  const { metrics } = await client.send('Performance.getMetrics')
  const { JSHeapUsedSize, Nodes, JSEventListeners, Documents } = Object.fromEntries(
    metrics.map(({ name, value }) => [name, value])
  )
  return `heap ${(JSHeapUsedSize / 1e6).toFixed(1)} MB, ${Nodes} nodes, ${JSEventListeners} listeners, ${Documents} documents`
}

const world = await startWorld()
const browser = await chromium.launch({
  executablePath: ensureBrowser(),
  args: [...browserFlags, '--disable-features=WebRtcHideLocalIpsWithMdns']
})
try {
  for (const fullName of names) world.github.addRepository({ fullName, issues: 90, pulls: 30, commits: 2 })
  const page = await openBoard(browser, world)
  const client = await page.context().newCDPSession(page)
  await client.send('Performance.enable')
  for (let minute = 1; minute <= minutes; minute++) {
    world.github.clearCalls()
    await page.waitForTimeout(60_000)
    const requests = world.github.count(() => true)
    const rows = await page.locator('.row, .repository').count()
    console.log(`minute ${minute}: ${await look(client)}; ${rows} rows, ${requests} requests reached GitHub in it`)
    world.github.repository(names[minute % names.length]).addIssue({ title: `Found in minute ${minute}` })
  }
} finally {
  await browser.close()
  await world.stop()
}
process.exit()
