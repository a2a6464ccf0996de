import { expect } from 'chai'
import { type Member, next, repo, scene, second, status } from './members.ts'

const issues = `${repo}/issues`
const labels = `${repo}/labels`
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('it did not reject'),
    (error) => error
  )

describe('fetch', () => {
  const s = scene()
  let a: Member
  beforeEach(async () => {
    a = await s.member()
  })

  it('answers like fetch: url, status, headers, clone and body', async () => {
    const headers = { authorization: 'Bearer sim-token-alice', accept: 'application/vnd.github+json' }
    const real = await fetch(s.github.url + issues, { headers })
    for (const answer of [await a.ask(issues), await a.ask(issues)]) {
      expect(answer).to.be.instanceOf(Response)
      expect(answer).to.include({ url: real.url, status: 200, statusText: 'OK', ok: true, redirected: false })
      expect(answer.bodyUsed).to.equal(false)
      for (const name of ['content-type', 'cache-control', 'link', 'x-github-media-type']) {
        expect(answer.headers.get(name), name).to.equal(real.headers.get(name))
      }
      expect(answer.headers.get('etag')?.replace('W/', '')).to.equal(real.headers.get('etag')?.replace('W/', ''))
      const clone = answer.clone()
      expect(clone.url).to.equal(real.url)
      expect(await clone.text()).to.equal(await answer.text())
    }
    expect(await real.json()).to.deep.equal(await a.json(issues))
  })

  // README: "Transparent."
  // README: "`Cache-Status` and `Age` tell"
  it('says with every answer where it came from and how old it is', async () => {
    s.github.respondOnce('/repos/octocat/Hello-World/labels', new Response('{}', { status: 500 }))
    const paths = [issues, issues, '/user', `${repo}/nothing`, `${repo}/nothing`, `${repo}/labels`]
    for (const path of paths) {
      const answer = await a.ask(path)
      expect(status(answer), path).to.match(/^ghmesh; (hit|fwd=)/)
      expect(answer.headers.get('age'), path).to.equal('0')
    }
    s.now += 7 * second
    expect((await a.ask(issues)).headers.get('age')).to.equal('7')
    expect((await a.ask(`${repo}/nothing`)).headers.get('age'), 'a remembered 404').to.equal('7')
  })

  // README: "Without a secret, ghmesh caches"
  // README: "`CACHE_P2P_SHARED_SECRET`, `GHMESH_SECRET`"
  // README: "`GITHUB_REPOSITORY`"
  it('is a cache for this machine alone where there is no secret, whatever says where members are', async () => {
    const alone = await s.member({
      secret: undefined,
      transport: undefined,
      discovery: undefined,
      repository: 'octocat/Hello-World'
    })
    expect([status(await alone.ask(labels)), status(await alone.ask(labels))]).to.deep.equal([
      'ghmesh; fwd=uri-miss; fwd-status=200; stored',
      'ghmesh; hit'
    ])
    expect([alone.mesh.peerId, alone.mesh.addresses, alone.mesh.peers()]).to.deep.equal([undefined, [], []])
    // The registry of members would be in issues.
    expect(alone.sent.map(({ url }) => url).filter((url) => /issues/.test(url))).to.deep.equal([])
  })

  // README: "`mesh.fetch` is a `fetch`"
  it('takes a string, a URL, and a Request, and needs no receiver', async () => {
    const { fetch: bound } = a.mesh
    const href = s.github.url + issues
    for (const input of [href, new URL(href), new Request(href), `${href}#fragment`]) {
      expect(await (await bound(input)).json()).to.have.length(30)
    }
    expect(s.github.count(issues)).to.equal(1)
  })

  it('an abort ends the wait of its caller alone; the answer still comes, and is kept', async () => {
    const hold = s.github.hold(issues)
    const control = new AbortController()
    const reason = new Error('enough')
    const first = failure(a.ask(issues, { signal: control.signal }))
    await hold.arrived
    const waiting = next(a, 'wait')
    const second = a.ask(issues)
    await waiting
    control.abort(reason)
    expect(await first).to.equal(reason)
    hold.release()
    expect((await second).status).to.equal(200)
    expect(s.github.count(issues)).to.equal(1)
    expect(status(await a.ask(issues))).to.equal('ghmesh; hit')
  })

  it('an abort of the only caller leaves its answer for the next', async () => {
    const hold = s.github.hold(issues)
    const control = new AbortController()
    const asked = failure(a.ask(issues, { signal: control.signal }))
    await hold.arrived
    control.abort()
    expect(await asked).to.include({ name: 'AbortError' })
    const stored = next(a, 'stored', issues)
    hold.release()
    await stored
    expect(status(await a.ask(issues))).to.equal('ghmesh; hit')
  })

  for (const cache of ['no-store', 'reload', 'no-cache', 'force-cache'] as const) {
    it(`an abort is heard with ${cache} too`, async () => {
      const hold = s.github.hold(issues)
      const control = new AbortController()
      const asked = failure(a.ask(issues, { signal: control.signal, cache }))
      await hold.arrived
      control.abort()
      const outcome = await Promise.race([asked, new Promise((resolve) => setImmediate(() => setImmediate(resolve)))])
      hold.release()
      expect(outcome).to.include({ name: 'AbortError' })
    })
  }

  for (const [what, path, init] of [
    ['what GitHub answers', issues, {}],
    ['an error', '/repos/octocat/none', {}],
    ['what is in no cache', issues, { cache: 'only-if-cached' }]
  ] as [string, string, RequestInit][])
    it(`an abort ends the reading of ${what} too`, async () => {
      const reading = async (name: 'arrayBuffer' | 'blob' | 'bytes' | 'json' | 'text') => {
        const control = new AbortController()
        const response = await a.ask(path, { ...init, signal: control.signal })
        const copy = response.clone()
        const before = failure(response.clone()[name]())
        control.abort('enough')
        const { signal } = new AbortController()
        const other = await (await a.ask(path, { ...init, signal })).text()
        return [await before, await failure(response[name]()), await failure(copy[name]()), other !== '']
      }
      const ended = ['enough', 'enough', 'enough', true]
      for (const name of ['arrayBuffer', 'blob', 'bytes', 'json', 'text'] as const)
        for (let i = 0; i < 2; i++) expect(await reading(name), name).to.deep.equal(ended)
    })

  it('fetch itself does so', async () => {
    const control = new AbortController()
    const response = await fetch(s.github.url + issues, { signal: control.signal })
    control.abort()
    // Node 22 does not take a reason for it.
    expect(await failure(response.json())).to.include({ name: 'AbortError' })
  })

  it('what was read before an abort stays read', async () => {
    const control = new AbortController()
    const response = await a.ask(issues, { signal: control.signal })
    const read = response.json()
    expect(await read).to.be.an('array')
    control.abort()
    expect(await read).to.be.an('array')
  })

  it('a signal that was aborted before asks nobody', async () => {
    expect(await failure(a.ask(issues, { signal: AbortSignal.abort() }))).to.include({ name: 'AbortError' })
    expect(await failure(a.ask(issues, { signal: AbortSignal.abort('why') }))).to.equal('why')
    const request = new Request(s.github.url + issues, { signal: AbortSignal.abort() })
    expect(await failure(a.mesh.fetch(request))).to.include({ name: 'AbortError' })
    expect(a.sent).to.have.length(0)
  })

  // README: "`mesh.fetch` is a `fetch`"
  it('fails as fetch does where GitHub cannot be reached and nothing is held', async () => {
    await s.github.goDown()
    expect(await failure(a.ask(issues))).to.be.instanceOf(TypeError)
    await s.github.goUp()
    expect((await a.ask(issues)).status).to.equal(200)
  })

  // README: "`mesh.fetch` is a `fetch`"
  it('rejects what fetch rejects', async () => {
    for (const input of ['/repos/octocat', 'http://', 'nonsense:']) {
      expect(await failure(a.mesh.fetch(input)), input).to.be.instanceOf(TypeError)
    }
    expect(await failure(a.ask(issues, { headers: { 'bad header': 'x' } }))).to.be.instanceOf(TypeError)
    expect(await failure(a.ask(issues, { method: 'GET', body: 'x' }))).to.be.instanceOf(TypeError)
    // A misspelt mode must not get what is in the cache.
    await a.ask(issues)
    const misspelt = [{ cache: 'no-stroe' }, { redirect: 'flow' }, { signal: {} }, { signal: 'no signal' }]
    for (const wrong of [...misspelt, { cache: null }, { redirect: null }]) {
      const error = await failure(a.ask(issues, wrong as RequestInit))
      expect(error, JSON.stringify(wrong)).to.be.instanceOf(TypeError)
      expect(String(error)).not.to.match(/is not a function/)
    }
    const post = new Request(s.github.url + issues, { method: 'POST', body: '{}' })
    expect(await failure(a.mesh.fetch(post, { method: 'GET' }))).to.be.instanceOf(TypeError)
  })

  // An option of Node's own `fetch`: https://undici.nodejs.org/#/docs/api/Dispatcher
  it('sends a request by the dispatcher that the caller names, be it a read or a write', async () => {
    const error = new Error('the dispatcher was used')
    const dispatcher = {
      dispatch(_options: unknown, handler: { onError?(error: Error): void }) {
        handler.onError?.(error)
        return false
      }
    }
    for (const method of ['GET', 'PATCH'])
      expect(await failure(a.ask(labels, { method, dispatcher } as RequestInit))).to.include({ cause: error })
    expect(s.github.count(labels)).to.equal(0)
  })

  // Fetch standard, section 5.4: a member of `init` that is there, null too, counts in place of the request's own.
  it('takes null for no signal, whatever signal the Request has', async () => {
    const request = new Request(s.github.url + issues, { signal: AbortSignal.abort() })
    expect((await a.mesh.fetch(request, { signal: null })).status).to.equal(200)
    expect(await failure(a.mesh.fetch(request, {}))).to.include({ name: 'AbortError' })
  })

  describe('redirects', () => {
    const old = '/repos/octocat/old-name/issues'
    const to = (location: string, status = 301) => new Response('{}', { status, headers: { location } })
    const seen = ({ url, redirected, status }: Response) => ({ url, redirected, status })

    it('shows in a response that there was one, from the cache too', async () => {
      s.github.repository('octocat/Hello-World').rename('New-World')
      const plain = await fetch(s.github.url + issues)
      expect(plain.redirected).to.equal(true)
      // By the redirect, from memory by what it led to, and after a 304.
      for (const mode of ['default', 'default', 'no-cache'] as const) {
        const answer = await a.ask(issues, { cache: mode })
        expect(seen(answer), mode).to.deep.equal(seen(plain))
        expect(seen(answer.clone())).to.deep.equal(seen(plain))
      }
      const direct = await a.ask(new URL(plain.url).pathname)
      expect(seen(direct)).to.deep.equal({ ...seen(plain), redirected: false })
    })

    it('asks where it was asked for with reload and no-store, and after a purge: the name may be taken by another', async () => {
      const ids = '/repositories/7/issues'
      s.github.respond(ids, Response.json([{ title: 'of the old one' }]))
      const again = {
        reload: () => a.json(old, { cache: 'reload' }),
        'no-store': () => a.json(old, { cache: 'no-store' }),
        purge: async () => {
          await a.mesh.purge('octocat/old-name')
          return a.json(old)
        }
      }
      for (const [how, ask] of Object.entries(again)) {
        s.github.respondOnce(old, to(ids))
        await a.ask(old, { cache: 'reload' })
        s.github.respondOnce(old, Response.json([{ title: 'of the new one' }]))
        expect((await a.json(old))[0].title, how).to.equal('of the old one')
        expect((await ask())[0].title, how).to.equal('of the new one')
      }
    })

    it('follows only what is one', async () => {
      s.github.respond(old, to(issues, 300))
      expect(seen(await a.ask(old))).to.deep.equal(seen(await fetch(s.github.url + old)))
    })

    it('follows none to what is not HTTP, and none in a circle', async () => {
      for (const location of ['data:application/json,[]', 'http://[', old]) {
        s.github.respond(old, to(location))
        expect(await failure(fetch(s.github.url + old)), `fetch: ${location}`).to.be.instanceOf(TypeError)
        expect(await failure(a.ask(old)), location).to.be.instanceOf(TypeError)
      }
    })
  })
})
