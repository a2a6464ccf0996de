// What the dashboard costs a browser: bytes by chunk, the first paint and the first row, processor and memory when idle.
//   node bench/dashboard.mjs [repositories] [idle seconds]
import { gzipSync } from 'node:zlib'
import { chromium } from 'playwright-core'
import { ensureBrowser } from '../scripts/browser.mjs'
import { startWorld } from '../scripts/dashboard/world.mjs'

const [repositories, idleSeconds] = [process.argv[2] ?? 12, process.argv[3] ?? 30].map(Number)
const names = Array.from({ length: repositories }, (_, index) => `octo-bench/part-${index + 1}`)
const firstRow = '[data-panel="pull-requests"] .row'

/** What a page loaded before its first row, in bytes as sent with gzip, by file. */
async function loadOf(page, loaded) {
  const client = await page.context().newCDPSession(page)
  await client.send('Performance.enable')
  await page.locator(firstRow).first().waitFor()
  const rowMs = await page.evaluate(() => performance.now())
  const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime)
  return { client, rowMs, paint, files: [...loaded] }
}

async function metricsOf(client) {
  const { metrics } = await client.send('Performance.getMetrics')
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]))
}

async function measure(context, world, what, address, token) {
  const page = await context.newPage()
  const isJoined = what !== 'alone'
  const loaded = new Map()
  page.on('response', async (response) => {
    const url = new URL(response.url())
    if (url.origin !== new URL(world.site).origin) return
    const body = await response.body().catch(() => Buffer.alloc(0))
    loaded.set(url.pathname.split('/').at(-1) || 'index.html', gzipSync(body, { level: 9 }).length)
  })
  await page.addInitScript(
    ([key, settings]) => sessionStorage.setItem(key, settings),
    [
      `ghmesh dashboard ${world.github.url}`,
      JSON.stringify({
        ...(isJoined && { secret: world.secret }),
        relays: isJoined ? [world.relayAddress] : [],
        token
      })
    ]
  )
  await page.goto(address)
  const { client, rowMs, paint, files } = await loadOf(page, loaded)
  const total = files.reduce((sum, [, bytes]) => sum + bytes, 0)
  console.log(
    `\n${what}: first paint ${Math.round(paint)} ms, first row ${Math.round(rowMs)} ms, ${(total / 1000).toFixed(1)} kB gzip before it`
  )
  for (const [name, bytes] of files.sort(([, a], [, b]) => b - a)) {
    console.log(`  ${(bytes / 1000).toFixed(1).padStart(7)} kB  ${name.replace(/-[\w-]{8}\./, '.')}`)
  }
  await page.getByText('Next refresh at').waitFor()
  // One whole round between two refreshes begins after this one has been drawn.
  await page.waitForTimeout(3000)
  const before = await metricsOf(client)
  await page.waitForTimeout(idleSeconds * 1000)
  const after = await metricsOf(client)
  const busy = after.TaskDuration - before.TaskDuration
  const rows = await page.locator('.row, .repository').count()
  const percent = (seconds) => `${((100 * seconds) / idleSeconds).toFixed(2)} %`
  console.log(
    `  idle for ${idleSeconds} s with ${rows} rows: ${percent(busy)} of a core (scripts ${percent(after.ScriptDuration - before.ScriptDuration)}), heap ${(after.JSHeapUsedSize / 1e6).toFixed(1)} MB`
  )
  await page.close()
}

const world = await startWorld()
const browser = await chromium.launch({
  executablePath: ensureBrowser(),
  args: ['--no-sandbox', '--disable-features=WebRtcHideLocalIpsWithMdns']
})
try {
  for (const fullName of names) world.github.addRepository({ fullName, issues: 90, pulls: 30, commits: 2 })
  const address = world.addressWith({ names }).split('#')[0]
  // The last one finds what the one before it stored.
  const newContext = () => browser.newContext({ viewport: { width: 1440, height: 1000 } })
  await measure(await newContext(), world, 'alone', address, 'sim-token-alice')
  const context = await newContext()
  for (const what of ['joined', 'joined again']) await measure(context, world, what, address, 'sim-token-alice')
} finally {
  await browser.close()
  await world.stop()
}
process.exit()
