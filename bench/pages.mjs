// What a page gets: the size of the file by part, how soon it has members and answers, and peer hits by each way.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { ensureBrowser } from '../scripts/browser.mjs'
import { bareRelay, bareServer } from './bare-peers.mjs'
import { startHolder } from './paths.mjs'

export const pageWays = ['websocket', 'relayed', 'webrtc']

const bundle = async (file) => {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, file)],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' }
  })
  return outputFiles[0].text
}

// Times since the page was asked for.
const loads = {
  ghmesh: `
    import { createMesh } from './ghmesh.js'
    globalThis.run = async ({ secret, apiUrl, relays, url }) => {
      const mesh = await createMesh({ secret, apiUrl, relays, allowPrivateAddresses: true, limits: { membersBudgetMs: 5000 } })
      if (mesh.peers().length === 0) await new Promise((met) => mesh.addEventListener('peer:connect', met, { once: true }))
      const member = performance.now()
      const response = await mesh.fetch(url)
      await response.arrayBuffer()
      const said = response.headers.get('cache-status')
      if (said !== 'ghmesh; hit; detail=peer') throw new Error('no peer hit but ' + said)
      return { member, answer: performance.now() }
    }`,
  bare: `
    import './bare.js'
    globalThis.run = async ({ bareAddress }) => {
      const { call } = await connectBare(bareAddress)
      const member = performance.now()
      await call()
      return { member, answer: performance.now() }
    }`
}

async function serve(files) {
  const server = createServer(({ url }, response) => {
    const body = files[url]
    response.writeHead(body === undefined ? 404 : 200, {
      'content-type': url.endsWith('.js') ? 'text/javascript' : 'text/html'
    })
    response.end(body)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { origin: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() }
}

/** What a member of Node, a relay and bare libp2p's server and relay are to a page that goes one way. */
async function startWay(way, origin, count) {
  const ours = await startHolder(way, origin, count)
  const theirs = await bareRelay()
  const server = await bareServer(way, theirs, origin.state.body)
  const webSocket = (addresses) => addresses.map(String).find((address) => address.includes('/ws/'))
  const usesRelay = way !== 'websocket'
  return {
    given: {
      way,
      secret: ours.secret,
      apiUrl: origin.url,
      relays: usesRelay ? [webSocket(ours.relay.addresses)] : [],
      holder: { peerId: ours.holder.peerId, addresses: ours.holder.addresses },
      urls: ours.urls,
      // Both come to the relay in their own way: the page by WebSocket.
      bareAddress: usesRelay
        ? server.address.replace(/^.*(?=\/p2p-circuit)/, webSocket(theirs.getMultiaddrs()))
        : server.address
    },
    async stop() {
      await ours.stop()
      await server.stop()
      await theirs.stop()
    }
  }
}

export async function startPages(origin) {
  const browser = await chromium.launch({ executablePath: ensureBrowser(), args: ['--no-sandbox'] })
  const html = (script) => `<!doctype html><link rel="icon" href="data:,"><script type="module">${script}</script>`
  const site = await serve({
    '/ghmesh.html': html(loads.ghmesh),
    '/bare.html': html(loads.bare),
    '/ways.html': html("import './ways.js'"),
    '/ghmesh.js': readFileSync(join(import.meta.dirname, '../packages/core/dist/browser/ghmesh.js')),
    '/bare.js': await bundle('page-bare.mjs'),
    '/ways.js': await bundle('page-paths.mjs')
  })
  /** Evaluates in a page that nothing was loaded for before. */
  async function inPage(name, work, given) {
    const context = await browser.newContext()
    try {
      const page = await context.newPage()
      await page.goto(`${site.origin}/${name}.html`)
      return await page.evaluate(work, given)
    } finally {
      await context.close()
    }
  }
  return {
    /** Microseconds a call, by subject and round. */
    async measureWay(way, pace) {
      const { given, stop } = await startWay(way, origin, pace.warmUpCalls + pace.rounds * pace.callsPerRound + 200)
      try {
        return await inPage('ways', (given) => globalThis.measureWay(given), { ...given, pace })
      } finally {
        await stop()
      }
    },
    /** From the page's address to the first member, through a relay, and to the first answer of one: microseconds. */
    async measureLoads(rounds) {
      const { given, stop } = await startWay('relayed', origin, 20)
      const times = { member: { ghmesh: [], bare: [] }, answer: { ghmesh: [], bare: [] } }
      try {
        for (let round = -1; round < rounds; round++) {
          for (const name of round % 2 ? ['ghmesh', 'bare'] : ['bare', 'ghmesh']) {
            const { member, answer } = await inPage(name, (given) => globalThis.run(given), {
              ...given,
              url: given.urls[0]
            })
            if (round < 0) continue // files and code that were never used before
            times.member[name].push(member * 1000)
            times.answer[name].push(answer * 1000)
          }
        }
      } finally {
        await stop()
      }
      return times
    },
    async stop() {
      await browser.close()
      site.stop()
    }
  }
}
