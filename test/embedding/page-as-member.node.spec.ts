import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { next } from '../support/events.ts'
import { ask, serveBarePage, start } from './bare-page.ts'
import { type Beside, startBeside } from './beside.ts'
import { browser, type OpenPage } from './browser.ts'
import type { Site } from './site.ts'
import { tunnel } from './tunnel.ts'

describe('a page among members', () => {
  const { open } = browser()
  let beside: Beside
  let site: Site
  before(async () => {
    beside = await startBeside()
    site = await serveBarePage()
  })
  beforeEach(() => beside.github.clearCalls())
  after(async () => {
    await site?.stop()
    await beside?.stop()
  })

  /** A page with bob's token that is connected to the Node member, which has alice's. */
  async function join(address = beside.given.address) {
    const { secret, apiUrl } = beside.given
    const options = { secret, apiUrl, bootstrap: [address], allowPrivateAddresses: true, token: 'sim-token-bob' }
    const opened = await open(`${site.origin}/`, {
      options: { ...options, limits: { dialMs: 100, membersBudgetMs: 5000, auditOneIn: 1e9 } }
    })
    const met = next(beside.member, 'peer:connect')
    await start(opened.page)
    await met
    await gossips(opened)
    return opened
  }

  /** Says things until each has heard the other: who has just connected may not know all topics yet. */
  async function gossips({ page }: Pick<OpenPage, 'page'>) {
    let done = false
    const both = Promise.all([
      next(beside.member, 'received', ({ url }) => url === 'from the page'),
      page.evaluate(
        () => new Promise<void>((resolve) => inPage.mesh.addEventListener('received', () => resolve(), { once: true }))
      )
    ]).then(() => {
      done = true
    })
    for (let i = 0; !done; i++) {
      await beside.member.set('from Node', i)
      await page.evaluate((i) => inPage.mesh.set('from the page', i), i)
    }
    await both
  }
  const callsOf = (login: string) => beside.github.calls.filter((call) => call.login === login)

  /** Stops a page until what it returns is called. */
  async function freeze(page: Page) {
    const control = await page.context().newCDPSession(page)
    await control.send('Page.setWebLifecycleState', { state: 'frozen' })
    // A browser without a window does not freeze in earnest; a debugger's pause does, at the next statement.
    await control.send('Debugger.enable')
    const paused = new Promise((resolve) => control.once('Debugger.paused', resolve))
    await control.send('Debugger.pause')
    const statement = page.evaluate(() => {})
    await paused
    return async () => {
      await control.send('Debugger.resume')
      await statement
      await control.send('Debugger.disable')
      await control.send('Page.setWebLifecycleState', { state: 'active' })
    }
  }

  it('keeps what GitHub pretty-prints for browsers in its compact form, for members whose token has another ETag', async () => {
    const { github, member } = beside
    const path = '/repos/octocat/Hello-World/issues/2'
    const { page } = await join()
    const pretty = await page.evaluate(async (url) => (await fetch(url)).text(), github.url + path)
    expect(pretty).to.match(/^\{\n {2}"/)

    const received = next(member, 'received', ({ url }) => url.toLowerCase().endsWith(path.toLowerCase()))
    const { said, text } = await ask(page, path)
    expect(said).to.equal('ghmesh; fwd=uri-miss; fwd-status=200; stored')
    expect(JSON.parse(text)).to.deep.equal(JSON.parse(pretty))
    await received
    const kept = await page.evaluate(
      (ending) =>
        new Promise<{ validator: string; body: string } | undefined>((resolve) => {
          const opening = indexedDB.open('ghmesh')
          opening.onsuccess = () => {
            const rows = opening.result.transaction('records').objectStore('records')
            const [keys, values] = [rows.getAllKeys(), rows.getAll()]
            rows.transaction.oncomplete = () => {
              opening.result.close()
              const found = new Map(keys.result.map((key, i) => [String(key), values.result[i]]))
              for (const [key, head] of found) {
                const entry = key.startsWith('m:') ? head.meta.entries?.[0] : undefined
                if (!entry?.url.toLowerCase().endsWith(ending)) continue
                const body: Uint8Array = found.get(`b:${key.slice(2)}`)
                resolve({
                  validator: entry.validator,
                  body: new TextDecoder().decode(body.subarray(0, entry.byteLength))
                })
              }
              resolve(undefined)
            }
          }
        }),
      path.toLowerCase()
    )
    expect(kept).to.include({ validator: 'portable' })
    expect(kept?.body).to.equal(JSON.stringify(JSON.parse(pretty)))

    github.clearCalls()
    const taken = await member.fetch(github.url + path)
    expect(taken.headers.get('cache-status')).to.equal('ghmesh; hit; detail=peer')
    expect(github.count()).to.equal(0)
    const again = await member.fetch(github.url + path, { cache: 'no-cache' })
    expect(await again.json()).to.deep.equal(JSON.parse(pretty))
    expect(callsOf('alice').map(({ status, units }) => [status, units])).to.deep.equal([[304, 0]])
    expect(beside.github.count()).to.equal(1)
  })

  it('that stood still for a while has what was said meanwhile', async () => {
    const { github, member } = beside
    const path = '/repos/octocat/Hello-World/issues/3'
    const { page, complaints } = await join()
    const heard = page.evaluate(
      (ending) =>
        new Promise<void>((resolve) =>
          inPage.mesh.addEventListener('received', ({ detail }) => {
            if (detail.url.toLowerCase().endsWith(ending)) resolve()
          })
        ),
      path.toLowerCase()
    )
    const resume = await freeze(page)
    const announced = next(member, 'announced', ({ url }) => url.toLowerCase().endsWith(path.toLowerCase()))
    await member.fetch(github.url + path)
    await announced
    await resume()
    await heard
    github.clearCalls()
    expect((await ask(page, path)).said).to.equal('ghmesh; hit; detail=peer')
    expect(github.count()).to.equal(0)
    expect(complaints).to.deep.equal([])
  })

  it('whose connections broke while it stood still comes back', async () => {
    const { github, member, given } = beside
    const path = '/repos/octocat/Hello-World/issues/4'
    const port = /\/tcp\/(\d+)\/ws\//.exec(given.address)?.[1] ?? ''
    const way = await tunnel(Number(port))
    try {
      const { page } = await join(given.address.replace(port, String(way.port)))
      const id = await page.evaluate(() => inPage.mesh.peerId)
      const resume = await freeze(page)
      const gone = next(member, 'peer:disconnect', (peer) => peer.id === id)
      way.cut()
      await gone
      // With nobody connected it is looked up when the page asks.
      await member.fetch(github.url + path)
      const back = next(member, 'peer:connect', (peer) => peer.id === id)
      await resume()
      await back
      await page.evaluate(async () => {
        while (inPage.mesh.peers().length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
      })
      expect((await ask(page, path)).said).to.equal('ghmesh; hit; detail=peer')
    } finally {
      await way.stop()
    }
  })
})
