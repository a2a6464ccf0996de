import { expect } from 'chai'
import type { LocalMesh, Mesh } from '../src/mesh.ts'
import { emptyStats } from '../src/stats.ts'
import { meshOfTabs } from '../src/tabs/mesh-of-tabs.ts'

describe('tabs: who holds the mesh', () => {
  const apiUrl = new URL('https://api.github.com')
  let name = ''
  let tabs: Mesh[] = []
  beforeEach(() => {
    name = `tabs ${crypto.randomUUID()}`
  })
  afterEach(async () => {
    await Promise.all(tabs.map((tab) => tab.stop()))
    tabs = []
  })

  /** A member whose `fetch` is given. */
  const local = (fetch: typeof globalThis.fetch): LocalMesh =>
    Object.assign(new EventTarget(), {
      peerId: 'id',
      addresses: [],
      fetch,
      stats: emptyStats,
      peers: () => [],
      relays: () => [],
      stop: async () => {}
    }) as unknown as LocalMesh

  /** A tab; what it asks of GitHub itself is answered with its own name. */
  async function open(own: string, start: () => Promise<LocalMesh>): Promise<Mesh> {
    const fetch = async () => new Response(own)
    const tab = await meshOfTabs({ name, start, apiUrl, token: () => undefined, fetch, answerMs: 20 })
    tabs.push(tab)
    return tab
  }

  const ask = async (tab: Mesh, path: string) => (await tab.fetch(`${apiUrl}${path}`)).text()

  /** A member that takes a question and never answers, and when it has. */
  function silent() {
    let taken = () => {}
    const hasTaken = new Promise<void>((resolve) => {
      taken = resolve
    })
    const mesh = local(() => {
      taken()
      return new Promise(() => {})
    })
    return { mesh, hasTaken }
  }

  const broken = async () => {
    throw new Error('no port is free')
  }

  it('answers what a tab that has gone had taken, although the next cannot start the mesh', async () => {
    const { mesh, hasTaken } = silent()
    const one = await open('one', async () => mesh)
    const two = await open('two', broken)
    const warned = new Promise((resolve) => two.addEventListener('warning', resolve, { once: true }))
    const asked = ask(two, 'a')
    await hasTaken
    await one.stop()
    await warned
    expect(await asked).to.equal('two')
  })

  it('asks GitHub from the tab that was asked, where only `fetch` itself can fulfil a wish', async () => {
    await open('one', async () => local(async () => Response.error()))
    const two = await open('two', async () => local(async () => new Response('two holds')))
    const wishes: RequestInit[] = [{ redirect: 'manual' }, { redirect: 'error' }, { integrity: 'sha256-x' }]
    for (const wish of wishes) {
      expect(await (await two.fetch(apiUrl, wish)).text()).to.equal('two')
    }
  })

  it('lets one that could not start it try again, once another has held it', async () => {
    const one = await open('one', async () => local(async () => new Response('one holds')))
    let tries = 0
    const two = await open('two', () =>
      ++tries === 1 ? broken() : Promise.resolve(local(async () => new Response('two holds')))
    )
    const { mesh, hasTaken } = silent()
    const three = await open('three', async () => mesh)
    const warned = new Promise((resolve) => two.addEventListener('warning', resolve, { once: true }))
    await one.stop()
    await warned
    const asked = ask(two, 'a')
    await hasTaken
    await three.stop()
    expect(await asked).to.equal('two holds')
    expect(tries).to.equal(2)
  })
})
