import { expect } from 'chai'
import type { Purge } from '../src/cache/purge.ts'
import type { Mesh, StartedMesh } from '../src/mesh.ts'
import { emptyStats } from '../src/stats.ts'
import { type LocalMesh, localMesh } from '../src/tabs/local-mesh.ts'
import { meshOfTabs } from '../src/tabs/mesh-of-tabs.ts'
import type { LeadingTab } from '../src/tabs/through-leader.ts'

describe('tabs: who leads', () => {
  const url = 'https://api.github.com/a'
  let name = ''
  let tabs: Mesh[] = []
  beforeEach(() => {
    name = `tabs ${crypto.randomUUID()}`
  })
  afterEach(async () => {
    await Promise.all(tabs.map((tab) => tab.stop()))
    tabs = []
  })

  /** A member that answers with its name, unless said otherwise. */
  const local = (own: string, more: Partial<LocalMesh> = {}): LocalMesh =>
    Object.assign(new EventTarget(), {
      peerId: own,
      addresses: [],
      fetch: async () => new Response(own),
      get: async () => own,
      stats: emptyStats,
      peers: () => [],
      relays: () => [],
      clockOffsetMs: () => 0,
      heardClockOffset() {},
      stop: async () => {},
      ...more
    }) as unknown as LocalMesh

  /** A tab; while it follows, it answers its own requests with its own name. */
  async function open(own: string, start: () => Promise<LocalMesh>, doneMs = 60_000) {
    const startFollower = async () => local(own)
    const tab = await meshOfTabs({ name, start, startFollower, seekMs: 20, answerMs: 60_000, doneMs })
    tabs.push(tab)
    return tab
  }

  const turn = () => new Promise((resolve) => setTimeout(resolve))
  const ask = async (tab: Mesh) => (await tab.fetch(url)).text()

  /** A member that takes a question for a value and never answers, and when it has. */
  function silent() {
    let taken = () => {}
    const hasTaken = new Promise<void>((resolve) => {
      taken = resolve
    })
    const get = () => {
      taken()
      return new Promise<never>(() => {})
    }
    return { mesh: local('silent', { get }), hasTaken }
  }

  const broken = async () => {
    throw new Error('no port is free')
  }

  it('each tab answers its own requests, whoever leads', async () => {
    const one = await open('one', async () => local('one leads'))
    const two = await open('two', async () => local('two leads'))
    expect([await ask(one), await ask(two)]).to.deep.equal(['one leads', 'two'])
    expect([two.peerId, await two.get('x')]).to.deep.equal(['one leads', 'one leads'])
    await one.stop()
    expect(await two.get('x')).to.equal('two leads')
    expect(await ask(two)).to.equal('two leads')
  })

  it('what a leader that has gone had taken is answered by the next', async () => {
    const { mesh, hasTaken } = silent()
    const one = await open('one', async () => mesh)
    const two = await open('two', async () => local('two leads'))
    const asked = two.get('x')
    await hasTaken
    await one.stop()
    expect(await asked).to.equal('two leads')
  })

  it('a follower that cannot start the member goes on by itself, and tries again once another has led', async () => {
    const one = await open('one', async () => local('one leads'))
    let tries = 0
    const two = await open('two', () => (++tries === 1 ? broken() : Promise.resolve(local('two leads'))))
    const { mesh, hasTaken } = silent()
    const three = await open('three', async () => mesh)
    const warned = new Promise((resolve) => two.addEventListener('warning', resolve, { once: true }))
    await one.stop()
    await warned
    expect(await ask(two)).to.equal('two')
    const asked = two.get('x')
    await hasTaken
    await three.stop()
    expect(await asked).to.equal('two leads')
    expect(tries).to.equal(2)
  })

  it('a page that pretends to lead and never answers keeps a tab from the mesh, not from GitHub', async () => {
    let letGo = () => {}
    const pretending = navigator.locks.request(name, () => new Promise<void>((resolve) => (letGo = resolve)))
    const page = new BroadcastChannel(name)
    page.onmessage = ({ data }) => data.kind === 'question' && page.postMessage({ ...data, kind: 'taken' })
    const two = await open('two', async () => local('two leads'), 20)
    expect(await two.get('x').catch((error) => error)).to.include({ code: 'ERR_TRANSPORT' })
    expect(await ask(two)).to.equal('two')
    page.close()
    letGo()
    await pretending
    while (two.peerId !== 'two leads') await turn()
  })

  it('a tab whose mesh cannot be made leads no other tab later', async () => {
    const one = await open('one', async () => local('one leads'))
    let led = false
    const start = async () => {
      led = true
      return local('two leads')
    }
    const failing = { name, start, startFollower: broken, seekMs: 20, answerMs: 60_000, doneMs: 60_000 }
    const failed = await meshOfTabs(failing).catch((error) => error)
    expect(failed.message).to.equal('no port is free')
    await one.stop()
    const three = await open('three', async () => local('three leads'))
    while (three.peerId !== 'three leads') await turn()
    expect(led).to.equal(false)
  })

  it('what a tab shows as left of its limits is of its own token, not of that of the tab that leads', async () => {
    const left = (remaining: number) => ({ core: { limit: 60, remaining, resetAt: 1 } })
    const quota = (own: string, remaining: number) =>
      local(own, { stats: (() => ({ ...emptyStats(), quota: left(remaining) })) as unknown as LocalMesh['stats'] })
    await open('one', async () => quota('one leads', 0))
    const startFollower = async () => quota('two', 50)
    const start = async () => local('two leads')
    const two = await meshOfTabs({ name, start, startFollower, seekMs: 20, answerMs: 60_000, doneMs: 60_000 })
    tabs.push(two)
    while (two.peerId !== 'one leads') await turn()
    expect(two.stats().quota).to.deep.equal(left(50))
  })

  it('what has been stale since some time is so in a tab that hears of it later, and not since then', async () => {
    const mesh = local('one leads')
    await open('one', async () => mesh)
    const marked: unknown[][] = []
    const purge: Purge = async (...said) => void marked.push(said)
    const clock = { most: () => 100, local: () => 0, hear() {} }
    const startFollower = async () =>
      localMesh({
        mesh: local('two'),
        member: { purge, clock, members: {} } as unknown as StartedMesh['member']
      })
    const start = async () => local('two leads')
    const two = await meshOfTabs({ name, start, startFollower, seekMs: 20, answerMs: 60_000, doneMs: 60_000 })
    tabs.push(two)
    const target = 'octocat/hello-world'
    for (const more of [{ asOf: 50, peerId: 'a member' }, { asOf: 1e6, peerId: 'a member' }, { asOf: 50 }])
      (mesh as unknown as EventTarget).dispatchEvent(new CustomEvent('purged', { detail: { target, ...more } }))
    while (marked.length < 3) await two.get('x')
    // Of when the member said it was, and no later than now; not as this tab's own.
    expect(marked).to.deep.equal([
      [[target], 50, 'a member'],
      [[target], 100, 'a member'],
      [[target], 100, '']
    ])
  })

  it('leases that two tabs were granted for one key are both ended with the first call', async () => {
    const ended: string[] = []
    const leases = ['at two homes', 'at one'].map((name) => ({ end: () => void ended.push(name) }))
    const member = {
      cache: { reload: async () => undefined, written: async () => {} },
      members: { lookUp: async () => leases.shift() }
    } as unknown as StartedMesh['member']
    const leading = localMesh({ mesh: local('one'), member })
    expect([await leading.seek('key', 0), await leading.seek('key', 0), await leading.seek('key', 0)]).to.deep.equal([
      true,
      true,
      false
    ])
    leading.ended('key', { state: 'nothing' })
    leading.ended('key', { state: 'failed' })
    expect(ended).to.deep.equal(['at two homes', 'at one'])
  })

  const state = { addresses: [], peers: [], relays: [], stats: emptyStats(), group: {}, clockOffsetMs: 0 }
  const strange: Record<string, object> = {
    'no state': { kind: 'leads', state: {} },
    'no list of relays': { kind: 'leads', state: { ...state, relays: {} } },
    'no relay': { kind: 'leads', state: { ...state, relays: [null] } },
    'no peer': { kind: 'leads', state: { ...state, peers: [null] } },
    'no address': { kind: 'leads', state: { ...state, addresses: [1] } },
    'no figures': { kind: 'leads', state: { ...state, stats: { ...emptyStats(), rejected: null } } },
    'no time': { kind: 'leads', state: { ...state, clockOffsetMs: Number.NaN } },
    'no event': { kind: 'event', type: 'hit', detail: {} },
    'no warning': { kind: 'event', type: 'warning', detail: null },
    'no target': { kind: 'event', type: 'purged', detail: { target: {}, asOf: 1 } },
    'no time of a purge': { kind: 'event', type: 'purged', detail: { target: 'a/b' } },
    'no time at all': { kind: 'event', type: 'purged', detail: { target: 'a/b', asOf: Number.NaN } },
    'no peer that came': { kind: 'event', type: 'peer:connect', detail: null }
  }
  for (const [what, message] of Object.entries(strange))
    it(`a page that pretends to lead and says what is ${what} is not heard`, async () => {
      let leader: LeadingTab | undefined
      const purged: string[] = []
      const startFollower = async (leading: LeadingTab) => {
        leader = leading
        return local('two', { purged: ({ target }) => void purged.push(target) })
      }
      const one = await open('one', async () => local('one leads'))
      const start = async () => local('two leads')
      const two = await meshOfTabs({ name, start, startFollower, seekMs: 20, answerMs: 60_000, doneMs: 60_000 })
      tabs.push(two)
      const heard: string[] = []
      for (const type of ['hit', 'warning', 'purged', 'peer:connect'] as const)
        two.addEventListener(type, () => heard.push(type))
      const page = new BroadcastChannel(name)
      page.postMessage(message)
      await two.get('x') // what was said before it has come
      expect([two.peers(), two.relays(), two.addresses, leader?.peers()]).to.deep.equal([[], [], [], []])
      expect(leader?.hasShelf).to.equal(false)
      expect(two.stats().rejected).to.deep.equal({})
      expect([purged, heard]).to.deep.equal([[], []])
      expect(two.peerId).to.equal(one.peerId)
      page.close()
    })

  it('an answer with what is no error is not heard', async () => {
    const page = new BroadcastChannel(name)
    const said = new Promise<void>((resolve) => {
      page.onmessage = ({ data }) => {
        if (data.kind !== 'question' || data.call !== 'get') return
        page.postMessage({ ...data, kind: 'answer', error: { name: {} } })
        resolve()
      }
    })
    const { mesh, hasTaken } = silent()
    const one = await open('one', async () => Object.assign(mesh, { set: async () => {} }))
    const two = await open('two', async () => local('two leads'))
    const asked = two.get('x')
    await Promise.all([hasTaken, said])
    await two.set('y', 1) // what was said before it has come
    await one.stop()
    expect(await asked).to.equal('two leads')
    page.close()
  })

  it('what is no message, or asks for what nobody offers, is nothing', async () => {
    const one = await open('one', async () => local('one leads'))
    const page = new BroadcastChannel(name)
    const heard: unknown[] = []
    page.onmessage = ({ data }) => heard.push(data)
    const strange = [null, 1, 'x', [], {}, { kind: 'question' }, { kind: 'question', call: 'fetch', args: [{ url }] }]
    for (const message of [...strange, { kind: 'question', tab: 't', id: 1, call: 'constructor', args: [] }])
      page.postMessage(message)
    page.postMessage({ kind: 'question', tab: 't', id: 2, call: 'get', args: ['x'] })
    while (!heard.some((data) => (data as { kind: string }).kind === 'answer')) await turn()
    expect(heard.filter((data) => (data as { kind: string }).kind === 'answer')).to.have.length(1)
    expect(await ask(one)).to.equal('one leads')
    page.close()
  })
})
