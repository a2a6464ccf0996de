import { expect } from 'chai'
import type { Mesh, MeshError, MeshOptions } from 'ghmesh'
import { forget } from '../support/databases.ts'

interface Beside {
  relay: string
  secret: string
  apiUrl: string
  url: string
  shelf: string
  onShelf: string
  untouched: string
  body: { title: string }
}

/** A tab of this origin: a frame has its own globals, and its locks and channels go with it. */
interface Tab {
  mesh: Mesh
  asked: string[]
  close(): void
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const library = new URL('/packages/core/dist/browser/ghmesh.js', location.href).href
const alice = 'sim-token-alice'

describe('tabs of one origin', () => {
  let beside: Beside
  let tabs: Tab[] = []
  before(async () => {
    beside = await (await fetch('/__member.json')).json()
  })
  afterEach(async () => {
    await Promise.all(tabs.map(({ mesh }) => mesh.stop()))
    for (const { close } of tabs) close()
    tabs = []
  })

  async function frame() {
    const element = document.body.appendChild(document.createElement('iframe'))
    const inside = element.contentWindow as Window & typeof globalThis
    const { createMesh, createSecret, memoryStore } = (await inside.eval(
      `import(${JSON.stringify(library)})`
    )) as typeof import('ghmesh')
    return { inside, createMesh, createSecret, memoryStore, close: () => element.remove() }
  }

  const options = (more: MeshOptions): MeshOptions => ({
    secret: `${beside.secret}`,
    apiUrl: beside.apiUrl,
    relays: [beside.relay],
    allowPrivateAddresses: true,
    ttlMs: 3_600_000,
    // A busy machine must not look like a leader, a store or a member that says nothing.
    limits: { dialMs: 100, membersBudgetMs: 30_000, tabAnswerMs: 30_000, storeAnswerMs: 30_000 },
    logger: quiet,
    ...more
  })

  async function open(more: MeshOptions = {}): Promise<Tab> {
    const { inside, createMesh, close } = await frame()
    const asked: string[] = []
    const mesh = await createMesh(
      options({
        fetch: (input, init) => {
          asked.push(`${init?.method ?? 'GET'} ${input instanceof inside.Request ? input.url : input}`)
          return inside.fetch(input, init)
        },
        ...more
      })
    )
    const tab = { mesh, asked, close }
    tabs.push(tab)
    return tab
  }

  /** A tab has heard that this is stale: members tell of older purges, too. */
  const purged = ({ mesh }: Tab, url: string) =>
    new Promise<void>((resolve) =>
      mesh.addEventListener('purged', ({ detail }) => !detail.peerId && url.endsWith(detail.target) && resolve())
    )

  const joined = async ({ mesh }: Tab) => {
    while (mesh.peers().length === 0) await mesh.get('nothing')
  }

  // README: "`import { createMesh } from 'ghmesh'` makes a page"
  it('have one member between them: its id, links, figures and events', async () => {
    const [one, two] = [await open(), await open()]
    await joined(one)
    await joined(two)
    expect(two.mesh.peerId).to.be.a('string').and.equal(one.mesh.peerId)
    expect(two.mesh.peers().map(({ id }) => id)).to.deep.equal(one.mesh.peers().map(({ id }) => id))
    expect(two.mesh.relays()).to.deep.equal(one.mesh.relays())

    const [a, b] = await Promise.all([two.mesh.fetch(beside.url), one.mesh.fetch(beside.url)])
    expect(await a.json()).to.deep.equal(beside.body)
    expect(await b.json()).to.deep.equal(beside.body)
    expect(a.url).to.equal(beside.url)
    expect(a.headers.get('cache-status')).to.include('ghmesh; hit; detail=peer')
    expect([...one.asked, ...two.asked]).to.deep.equal([])
    while (two.mesh.stats().requests < 2) await two.mesh.get('nothing')
    expect(two.mesh.stats()).to.include({ connectedPeers: 1, apiCallsMade: 0 })
    while (!('node' in two.mesh.stats({ group: true }).members)) await two.mesh.get('nothing')

    // Of which no member has heard before.
    const url = `${beside.untouched}/comments?per_page=7`
    const told = new Promise<void>((resolve) =>
      two.mesh.addEventListener('announced', ({ detail }) => detail.url === url && resolve())
    )
    await one.mesh.fetch(url)
    await told
  })

  it('do all that a mesh does from each of them', async () => {
    const [, { mesh }] = [await open(), await open()]
    await mesh.set('a name', { n: 1 })
    expect(await mesh.get('a name')).to.deep.equal({ n: 1 })
    await mesh.delete('a name')
    expect(await mesh.get('a name')).to.equal(undefined)
    await mesh.fetch(`${beside.apiUrl}/repos/octocat/hello-world/labels`)
    expect((await mesh.peek(`${beside.apiUrl}/repos/octocat/hello-world/labels`))?.status).to.equal(200)
    expect(await mesh.purge('octocat/hello-world')).to.be.at.least(1)
    expect(await mesh.holders(`${beside.apiUrl}/repos/octocat/hello-world/labels`)).to.be.an('array')
    await mesh.clear()
    expect(await mesh.peek(`${beside.apiUrl}/repos/octocat/hello-world/labels`)).to.equal(undefined)
    for (const [call, code] of [
      [mesh.set('x', 'y'.repeat(70_000)), 'ERR_VALUE_TOO_LARGE'],
      [mesh.purge('neither'), 'ERR_INVALID_OPTION']
    ] as const) {
      const error = (await (call as Promise<unknown>).catch((error) => error)) as MeshError
      expect([error.name, error.code]).to.deep.equal(['MeshError', code])
    }
    const elsewhere = await mesh.fetch(library)
    expect(elsewhere.headers.get('cache-status')).to.equal(null)
  })

  it('keep their tokens apart: what one may see, another does not, and each asks for itself', async () => {
    const [leader, signedIn, stranger] = [await open({ token: alice }), await open({ token: alice }), await open()]
    const secretPlace = `${beside.apiUrl}/repos/octocat/secret-plans`
    const [mine, theirs] = await Promise.all([signedIn.mesh.fetch(secretPlace), stranger.mesh.fetch(secretPlace)])
    expect([mine.status, theirs.status]).to.deep.equal([200, 404])
    const own = await stranger.mesh.fetch(secretPlace, { headers: { authorization: `Bearer ${alice}` } })
    expect(own.status).to.equal(200)
    expect(leader.asked).to.deep.equal([])
    const again = await signedIn.mesh.fetch(secretPlace, { cache: 'no-cache' })
    expect(again.headers.get('cache-status')).to.match(/fwd-status=304/)
  })

  it('tell members through the one that leads what each of them fetched', async () => {
    const [leader, two] = [await open({ token: alice }), await open({ token: alice })]
    await joined(leader)
    const path = `${beside.apiUrl}/repos/octocat/hello-world/tags`
    const announced = new Promise<void>((resolve) =>
      two.mesh.addEventListener('announced', ({ detail }) => detail.url === path && resolve())
    )
    expect((await two.mesh.fetch(path)).headers.get('cache-status')).to.match(/fwd-status=200/)
    await announced
    while ((await two.mesh.holders(path)).length === 0);
    expect((await leader.mesh.fetch(path)).headers.get('cache-status')).to.equal('ghmesh; hit')
    expect([...leader.asked, ...two.asked].filter((call) => call === `GET ${path}`)).to.have.length(1)
  })

  it('keep what GitHub says though a member purged it before they asked, and is heard after', async () => {
    const { createMesh, createSecret, memoryStore, close } = await frame()
    const group = { secret: createSecret(), token: alice }
    const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const held: typeof fetch = async (input, init) => {
      asked.resolve()
      await answered.promise
      return fetch(input, init)
    }
    const [leader, two] = [await open(group), await open({ ...group, fetch: held })]
    // Its clock is behind, as a purge that took a while to come is from before.
    const late = { now: () => Date.now() - 5000, shareTabs: false, store: memoryStore() }
    const mesh = await createMesh(options({ ...group, ...late }))
    tabs.push({ mesh, asked: [], close })
    await joined(leader)
    const url = `${beside.apiUrl}/repos/octocat/hello-world/languages`
    const first = two.mesh.fetch(url)
    await asked.promise
    const heard = new Promise<void>((resolve) =>
      two.mesh.addEventListener('purged', ({ detail }) => detail.peerId === mesh.peerId && resolve())
    )
    await mesh.purge(url)
    await heard
    answered.resolve()
    expect((await first).headers.get('cache-status')).to.match(/fwd-status=200; stored/)
    expect((await two.mesh.fetch(url)).headers.get('cache-status')).to.equal('ghmesh; hit')
  })

  for (const place of ['hello-world/issues/3', 'secret-plans/issues/1'])
    it(`write for themselves, and what was written is stale for all: ${place}`, async () => {
      const [one, two, three] = [
        await open({ token: alice }),
        await open({ token: alice }),
        await open({ token: alice })
      ]
      const url = `${beside.apiUrl}/repos/octocat/${place}`
      const all = [one, two, three]
      for (const { mesh } of all) await mesh.fetch(url)
      for (const writer of all) {
        const title = `new ${crypto.randomUUID()}`
        const heard = all.map((tab) => purged(tab, url))
        const written = await writer.mesh.fetch(url, { method: 'PATCH', body: JSON.stringify({ title }) })
        expect(written.status).to.equal(200)
        const wrote = all.filter(({ asked }) => asked.includes(`PATCH ${url}`))
        expect(wrote).to.deep.equal([writer])
        writer.asked.length = 0
        await Promise.all(heard)
        for (const { mesh } of all) expect((await (await mesh.fetch(url)).json()).title).to.equal(title)
      }
    })

  it('answer every request in flight when the one that leads is closed', async () => {
    const leader = await open()
    await joined(leader)
    const id = leader.mesh.peerId
    const [two, three] = [await open(), await open()]
    const paths = ['milestones', 'contributors'].map((path) => `${beside.apiUrl}/repos/octocat/hello-world/${path}`)
    const answers = [two.mesh.fetch(paths[0] as string), three.mesh.fetch(paths[1] as string)]
    const value = three.mesh.set('kept', 1)
    tabs.splice(tabs.indexOf(leader), 1)
    leader.close()
    for (const answer of await Promise.all(answers)) expect(answer.status).to.equal(200)
    await value
    expect([...two.asked, ...three.asked]).to.include.members(paths.map((path) => `GET ${path}`))
    await joined(two)
    await joined(three)
    expect([two.mesh.peerId, three.mesh.peerId]).to.deep.equal([id, id])
  })

  it('go on when the one that leads stops, and when another stops', async () => {
    const [one, two, three] = [await open(), await open(), await open()]
    const id = one.mesh.peerId
    await two.mesh.stop()
    const stopped = await two.mesh.fetch(beside.url).catch((error) => error)
    expect(stopped).to.include({ name: 'MeshError', code: 'ERR_STOPPED' })
    expect((await three.mesh.fetch(beside.url)).status).to.equal(200)
    const stopping = one.mesh.stop()
    expect((await three.mesh.fetch(`${beside.url}/comments`)).status).to.equal(200)
    await stopping
    await three.mesh.fetch(beside.url)
    expect(three.mesh.peerId).to.equal(id)
  })

  it('ask GitHub themselves when the one that leads says nothing', async () => {
    const holder = await open({ limits: { tabAnswerMs: 50 } })
    const { held = [] } = await navigator.locks.query()
    const name = held.find(({ name = '' }) => /^ghmesh [0-9a-f]{64}$/.test(name))?.name as string
    let letGo = () => {}
    const silent = navigator.locks.request(name, () => new Promise<void>((resolve) => (letGo = resolve)))
    await holder.mesh.stop()
    const { mesh, asked } = await open({ limits: { tabAnswerMs: 50 }, token: alice })
    const url = `${beside.apiUrl}/repos/octocat/hello-world/license`
    expect((await mesh.fetch(url)).status).to.equal(200)
    expect(asked[0]).to.equal(`GET ${url}`)
    expect(await mesh.get('anything').catch((error) => error)).to.include({ code: 'ERR_TRANSPORT' })
    expect([mesh.peerId, mesh.peers(), mesh.stats().requests]).to.deep.equal([undefined, [], 1])
    letGo()
    await silent
    while (mesh.peerId === undefined) await mesh.get('anything').catch(() => {})
    expect((await mesh.fetch(beside.url)).headers.get('cache-status')).to.include('ghmesh')
  })

  it('are members of their own where they are told to be, or their options differ', async () => {
    const [one, own, other] = [await open(), await open({ shareTabs: false }), await open({ trust: 'verify' })]
    expect(new Set([one, own, other].map(({ mesh }) => mesh.peerId))).to.have.length(3)
  })

  it('give up what was aborted', async () => {
    const never = () => new Promise<Response>(() => {})
    const [, two] = [await open(), await open({ fetch: never })]
    const control = new AbortController()
    const asked = two.mesh.fetch(`${beside.apiUrl}/repos/octocat/hello-world/topics`, { signal: control.signal })
    control.abort(new Error('enough'))
    expect(await asked.catch((error: Error) => error.message)).to.equal('enough')
    expect(await two.mesh.fetch(beside.url, { signal: AbortSignal.abort('no') }).catch((reason) => reason)).to.equal(
      'no'
    )
  })

  it('give a page of the same origin no token, no private body and no power to use a token', async () => {
    const [leader, signedIn] = [await open({ token: alice }), await open({ token: alice })]
    const place = `${beside.apiUrl}/repos/octocat/secret-plans`
    // What the page finds: names of locks are names of channels.
    const { held = [] } = await navigator.locks.query()
    const { inside, close } = await frame()
    const heard: string[] = []
    const channels = held.map(({ name }) => new inside.BroadcastChannel(name as string))
    expect(channels.length).to.be.above(0)
    for (const channel of channels) channel.onmessage = ({ data }) => heard.push(JSON.stringify(data))

    for (const { mesh } of [signedIn, leader]) {
      // Known, so that none is looked up later.
      for (const repository of [place, `${beside.apiUrl}/repos/octocat/hello-world`]) await mesh.fetch(repository)
      expect((await mesh.fetch(`${place}/issues`)).status).to.equal(200)
      expect((await mesh.fetch(`${place}/contents/README.md`)).status).to.equal(200)
      await mesh.fetch(`${beside.apiUrl}/repos/octocat/hello-world/issues`, { method: 'POST', body: '{"title":"own"}' })
    }
    const asked = [leader, signedIn].map((tab) => tab.asked.length)
    const init = { method: 'POST', headers: [], body: '{"title":"stolen"}' }
    const calls: [call: string, args: unknown[]][] = [
      ['fetch', [{ url: place, init: { method: 'GET', headers: [] } }]],
      ['fetch', [{ url: `${beside.apiUrl}/repos/octocat/hello-world/issues`, init }]],
      ['peek', [{ url: `${place}/issues`, init: { method: 'GET', headers: [] } }]],
      ['wrote', [[place], 'Bearer x']],
      ['seek', [`${place}/issues`]],
      ['told', [`${place}/issues`, true]],
      ['holders', [`${place}/issues`, 'x']],
      ['look', []]
    ]
    for (const channel of channels)
      for (const [id, [call, args]] of calls.entries())
        channel.postMessage({ kind: 'question', tab: 'hostile', id, call, args })
    // The last of them is answered after the others were read.
    while (!heard.some((text) => /"kind":"answer","tab":"hostile","id":7/.test(text))) await leader.mesh.get('nothing')
    await signedIn.mesh.get('nothing')

    expect(heard.join('\n')).not.to.match(/sim-token|authorization|bearer/i)
    expect(heard.join('\n')).not.to.match(/"body"|"title"|"content"/)
    expect([leader, signedIn].map((tab) => tab.asked.length)).to.deep.equal(asked)
    const issues = await (
      await fetch(`${beside.apiUrl}/repos/octocat/hello-world/issues?creator=alice&per_page=100`)
    ).json()
    const titles = issues.map(({ title }: { title: string }) => title)
    expect(titles.filter((title: string) => title === 'own')).to.have.length(2)
    expect(titles).not.to.include('stolen')
    for (const channel of channels) channel.close()
    close()
  })

  for (const [how, aheadMs] of [
    ['behind', -20_000],
    ['ahead', 20_000]
  ] as const)
    it(`know the time as members do, where the clock of this machine is ${how}`, async () => {
      // Members take no word that seems to be from before the last one, as after another test: it may have been late.
      await forget('ghmesh-identity')
      const clock = { now: () => Date.now() + aheadMs }
      const [leader, two] = [await open({ token: alice, ...clock }), await open({ token: alice, ...clock })]
      while (!('node' in two.mesh.stats({ group: true }).members)) await two.mesh.get('nothing')
      await two.mesh.clear()
      expect((await two.mesh.fetch(beside.untouched)).headers.get('cache-status')).to.include('hit; detail=peer')
      expect(two.asked).to.deep.equal([])

      const url = `${beside.apiUrl}/repos/octocat/hello-world/issues/4`
      await two.mesh.fetch(url)
      expect((await leader.mesh.fetch(url)).headers.get('cache-status')).to.match(/^ghmesh; hit/)
      const heard = purged(two, url)
      const title = `new ${crypto.randomUUID()}`
      await leader.mesh.fetch(url, { method: 'PATCH', body: JSON.stringify({ title }) })
      await heard
      expect((await (await two.mesh.fetch(url)).json()).title).to.equal(title)
    })

  it('keep nothing any more once one of them is cleared', async () => {
    const all = [await open({ token: alice }), await open({ token: alice }), await open({ token: alice })]
    const url = `${beside.apiUrl}/repos/octocat/secret-plans/issues/1`
    for (const cleared of all) {
      for (const { mesh } of all) await mesh.fetch(url)
      await cleared.mesh.clear()
      expect(await cleared.mesh.peek(url)).to.equal(undefined)
      for (const { mesh } of all) while (await mesh.peek(url)) await mesh.get('nothing')
    }
  })

  it('take what was left on a shelf, and leave there, through the tab that leads', async () => {
    const shelf = { relays: [beside.shelf], random: () => 0.99 }
    const [one, two] = [await open(shelf), await open(shelf)]
    const taken = await two.mesh.fetch(beside.onShelf)
    expect(taken.headers.get('cache-status')).to.equal('ghmesh; hit; detail=peer')
    const url = beside.onShelf.replace(/\d+$/, '3')
    const told = new Promise<void>((resolve) =>
      one.mesh.addEventListener('announced', ({ detail }) => detail.url === url && resolve())
    )
    const fetched = await (await two.mesh.fetch(url)).json()
    await told
    await two.mesh.stop()
    await one.mesh.stop()
    const { createMesh, memoryStore, close } = await frame()
    const next = await createMesh(options({ ...shelf, store: memoryStore() }))
    tabs.push({ mesh: next, asked: [], close })
    const left = await next.fetch(url)
    expect(left.headers.get('cache-status')).to.equal('ghmesh; hit; detail=peer')
    expect(await left.json()).to.deep.equal(fetched)
  })

  // Last, for what changes a repository makes much of the store that all tabs share stale.
  it('give members nothing of a repository that one of them has seen to be private', async () => {
    const { createMesh, createSecret, memoryStore, close } = await frame()
    const group = { secret: createSecret(), token: alice }
    const [leader, two] = [await open(group), await open(group)]
    const place = `${beside.apiUrl}/repos/octo-org/website`
    await leader.mesh.fetch(place)
    await leader.mesh.fetch(`${place}/labels`)
    const make = (visibility: string) =>
      two.mesh.fetch(place, { method: 'PATCH', body: JSON.stringify({ visibility }) })
    try {
      expect((await make('private')).status).to.equal(200)
      expect(await (await two.mesh.fetch(place)).json()).to.include({ private: true })
      await two.mesh.get('nothing') // the one that leads has heard by now
      const mesh = await createMesh(options({ ...group, token: undefined, shareTabs: false, store: memoryStore() }))
      tabs.push({ mesh, asked: [], close })
      await joined({ mesh, asked: [], close })
      expect((await mesh.fetch(`${place}/labels`, { cache: 'only-if-cached' })).status).to.equal(504)
    } finally {
      await make('public')
    }
  })
})
