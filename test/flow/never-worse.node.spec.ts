import { expect } from 'chai'
import { createMesh, memoryStore } from 'ghmesh'
import { alice, dated, next, repo, scene, second, status, until } from './members.ts'

const issues = `${repo}/issues`
const json = { 'content-type': 'application/json', 'cache-control': 'private, max-age=60', 'x-github-request-id': '1' }

describe('never worse than plain fetch', () => {
  const s = scene()
  const write = { method: 'POST', body: '{"title":"New"}' }

  // README: "Never worse than plain fetch."
  it('a store that never answers costs a moment, once', async () => {
    const silent = () => new Promise<never>(() => {})
    const store = { ...memoryStore(), get: silent, put: silent, touch: silent, delete: silent, close: silent }
    const a = await s.member({ store, limits: { storeAnswerMs: 5, stopMs: 5 } })
    expect((await a.ask(issues)).status).to.equal(200)
    expect(status(await a.ask(issues))).to.equal('ghmesh; hit')
    expect((await a.ask(issues, write)).status).to.equal(201)
    expect(a.warnings).to.have.length(1)
    await a.mesh.stop()
  })

  it('a store that refuses everything: writes and purges come to an end all the same', async () => {
    const refuse = () => Promise.reject(new Error('read-only file system'))
    const a = await s.member({ store: { ...memoryStore(), put: refuse } })
    for (let page = 1; page < 6; page++) await a.ask(`${issues}?page=${page}`)
    s.now += second
    expect((await a.ask(issues, write)).status).to.equal(201)
    expect(await a.mesh.purge('octocat/Hello-World')).to.be.at.least(5)
  })

  it('what is asked after a write does not get the answer to what was asked before it', async () => {
    const a = await s.member({ limits: { recheckMs: [] } })
    const hold = s.github.hold((call) => call.method === 'GET' && call.path.endsWith('/issues'), { phase: 'response' })
    const before = a.json(issues)
    await hold.arrived
    s.now += second
    await a.ask(issues, write)
    s.now += second
    const after = a.json(issues)
    hold.release()
    expect((await after)[0].title).to.equal('New')
    expect((await before)[0].title).to.not.equal('New')
    expect((await a.json(issues))[0].title).to.equal('New')
  })

  it('the answer to a write does not wait until members can be told', async () => {
    const [a] = await s.two({ limits: { messagesPerSecond: 1, messagesBurst: 1 } })
    for (let n = 0; n < 5; n++) void a.mesh.set(`fills the line ${n}`, n)
    expect((await a.ask(issues, write)).status).to.equal(201) // with a clock that stands, the line never moves
  })

  it('a write that ends after stop leaves no timer behind', async () => {
    const a = await s.member()
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const hold = s.github.hold(({ method }) => method === 'POST')
    const asked = a.ask(issues, write)
    await hold.arrived
    await a.mesh.stop()
    const before = timers()
    hold.release()
    expect((await asked).status).to.equal(201)
    expect(timers()).to.be.at.most(before)
  })

  it('a wish of the caller that only fetch can fulfil is left to fetch', async () => {
    const a = await s.member()
    s.github.repository('octocat/Hello-World').rename('renamed')
    expect((await a.ask(issues, { redirect: 'manual' })).status).to.equal(301)
    const refused = [
      a.ask(issues, { redirect: 'error' }),
      a.mesh.fetch(new Request(s.github.url + issues, { redirect: 'error' })),
      a.ask(issues, { integrity: `sha256-${'A'.repeat(43)}=` })
    ]
    const ends = await Promise.allSettled(refused)
    for (const end of ends) expect(end.status === 'rejected' && end.reason).to.be.instanceOf(TypeError)
  })

  it('a token function that resolves to nonsense: a TypeError that does not show it', async () => {
    for (const nonsense of ['ghp_secret\nghp_more', 'ghp_sécret', 'ghp_secret\u0000']) {
      const a = await s.member({ token: async () => nonsense })
      const error = await a.ask(issues).catch((reason: Error) => reason)
      expect(error).to.be.instanceOf(TypeError)
      expect(String((error as Error).stack)).to.not.include('ghp_')
    }
  })

  it('a redirect to another server takes neither the token nor what was made of it', async () => {
    const seen: [string, Headers][] = []
    const elsewhere = 'https://elsewhere.example/file'
    const a = await s.member({
      fetch: async (input, init) => {
        seen.push([String(input), new Headers(init?.headers)])
        return String(input) === elsewhere ? new Response('"else"') : fetch(input, init)
      }
    })
    await a.ask(issues)
    s.now += 61 * second
    s.github.respondOnce(issues, dated(s, null, { status: 302, headers: { location: elsewhere } }))
    expect(await (await a.ask(issues)).text()).to.equal('"else"')
    const [url, headers] = seen.at(-1) ?? ['', new Headers()]
    expect(url).to.equal(elsewhere)
    for (const name of ['authorization', 'if-none-match', 'if-modified-since']) expect(headers.get(name)).to.equal(null)
  })

  it('a signal ends a body that is too large to be kept, and one that nobody reads is let go', async () => {
    const cancelled: string[] = []
    const endless = (name: string) =>
      new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(new Uint8Array(1000)),
        cancel: () => void cancelled.push(name)
      })
    const a = await s.member({
      limits: { entryBytes: 5000 },
      fetch: async (input) => new Response(endless(String(input).split('?')[1] as string), { headers: json })
    })
    const control = new AbortController()
    const reader = (await a.ask(`${issues}?read`, { signal: control.signal })).body?.getReader()
    await reader?.read()
    control.abort(new Error('enough'))
    const read = async () => {
      for (;;) await reader?.read()
    }
    expect(await read().catch(({ message }: Error) => message)).to.equal('enough')
    expect(await (await a.ask(`${issues}?head`, { method: 'HEAD' })).text()).to.equal('')
    const given = new AbortController()
    const asked = a.ask(`${issues}?gone`, { signal: given.signal }).catch(() => {})
    await next(a, 'miss')
    given.abort()
    await asked
    await until(() => cancelled.length === 3)
    expect(cancelled).to.have.members(['read', 'head', 'gone'])
  })

  it('a signal ends the wait for a value to be told', async () => {
    const [a] = await s.two({ limits: { messagesPerSecond: 1, messagesBurst: 1 } })
    const control = new AbortController()
    const told = Array.from({ length: 5 }, (_, n) => a.mesh.set(`value ${n}`, n, { signal: control.signal }))
    control.abort(new Error('enough'))
    const ends = await Promise.allSettled(told)
    expect(ends.map((end) => end.status === 'rejected' && end.reason.message)).to.include('enough')
  })
})

describe('a member whose clock is wrong', () => {
  const s = scene()

  for (const [how, offMs] of [
    ['ahead', 600 * second],
    ['behind', -600 * second]
  ] as const) {
    it(`by minutes ${how}: its first answer is as fresh as any, here and at members`, async () => {
      const [a, b] = [await s.member({ now: () => s.now + offMs }), await s.member()]
      s.github.respond(issues, dated(s, '[]', { headers: json }))
      const announced = next(a, 'announced', issues)
      await a.ask(repo) // says that it is public
      const first = await a.ask(issues)
      expect(Math.abs(Number(first.headers.get('age')))).to.be.at.most(2)
      expect(Math.abs(Date.parse(first.headers.get('date') ?? '') - s.now)).to.be.at.most(2000)
      expect(status(await a.ask(issues))).to.equal('ghmesh; hit')
      await announced
      await s.connect(a, b)
      expect(status(await b.ask(issues))).to.equal('ghmesh; hit; detail=peer')
      s.now += 62 * second
      expect(status(await a.ask(issues))).to.match(/fwd=stale/)
    })
  }

  it('a write tells it the time, so that what it changed is stale at once', async () => {
    const slow = await s.member({ now: () => s.now - 180 * second, limits: { recheckMs: [] } })
    const other = await s.member()
    await other.ask(issues)
    await s.connect(other, slow)
    s.now += 5 * second
    s.github.respondOnce(({ method }) => method === 'POST', dated(s, '{}', { status: 201, headers: json }))
    await slow.ask(issues, { method: 'POST', body: '{}' })
    expect(status(await slow.ask(issues))).to.not.match(/; hit/)
  })
})

describe('start', () => {
  // README: "`GITHUB_API_URL`"
  it('limits reach the store on disk', async () => {
    const { mkdtempSync } = await import('node:fs')
    const { tmpdir } = await import('node:os')
    const { join } = await import('node:path')
    const body = JSON.stringify('x'.repeat(2000))
    const options = {
      cacheDir: mkdtempSync(join(tmpdir(), 'ghmesh-flow-')),
      token: alice,
      limits: { filesystemBytes: 3000, memoryBytes: 1 },
      logger: { ...console, info() {} },
      fetch: async () => new Response(body, { headers: json })
    }
    const mesh = await createMesh(options)
    for (const page of [1, 2]) await mesh.fetch(`https://api.github.com${issues}?page=${page}`)
    expect(await mesh.peek(`https://api.github.com${issues}?page=1`)).to.equal(undefined)
    expect(await mesh.peek(`https://api.github.com${issues}?page=2`)).to.not.equal(undefined)
    await mesh.stop()
  })
})
