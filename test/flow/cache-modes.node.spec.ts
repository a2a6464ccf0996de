import { expect } from 'chai'
import { alice, as, bob, minute, repo, scene, second, shared, status } from './members.ts'

const issues = `${repo}/issues`
const count = (s: ReturnType<typeof scene>) => s.github.count(issues)

// README: "`mesh.fetch` is a `fetch`"
describe('cache modes', () => {
  const s = scene()

  it('default: asks once, answers from the cache for a minute, then asks with a condition', async () => {
    const a = await s.member()
    expect(status(await a.ask(issues))).to.equal('ghmesh; fwd=uri-miss; fwd-status=200; stored')
    s.now += 59 * second
    expect(status(await a.ask(issues))).to.equal('ghmesh; hit')
    expect(count(s)).to.equal(1)
    s.now += 2 * second
    expect(status(await a.ask(issues))).to.equal('ghmesh; fwd=stale; fwd-status=304; stored')
  })

  it('no-store: asks GitHub without a condition, and neither reads nor writes the cache', async () => {
    const a = await s.member()
    for (let n = 1; n <= 2; n++) {
      expect((await a.ask(issues, { cache: 'no-store' })).status).to.equal(200)
      expect(count(s)).to.equal(n)
      expect(await a.peek(issues)).to.equal(undefined)
    }
    await a.ask(issues)
    s.github.repository('octocat/Hello-World').addIssue({ title: 'Fresh' })
    const [first] = await a.json(issues, { cache: 'no-store' })
    expect(first.title).to.equal('Fresh')
    expect((await a.json(issues))[0].title).not.to.equal('Fresh')
    expect(s.github.calls.some(({ ifNoneMatch }) => ifNoneMatch)).to.equal(false)
  })

  it('reload: asks without a condition and keeps the answer', async () => {
    const a = await s.member()
    await a.ask(issues)
    expect(status(await a.ask(issues, { cache: 'reload' }))).to.match(/fwd=request; fwd-status=200; stored/)
    expect(s.github.calls.at(-1)?.ifNoneMatch).to.equal(undefined)
    expect(status(await a.ask(issues))).to.equal('ghmesh; hit')
  })

  it('no-cache in a Cache-Control header of the caller is the same (RFC 9111, section 5.2.1.4)', async () => {
    const a = await s.member()
    await a.ask(issues)
    const headers = { 'cache-control': 'no-cache' }
    expect(status(await a.ask(issues, { headers }))).to.match(/fwd=request; fwd-status=304/)
    const request = new Request(s.github.url + issues, { headers: { ...headers, authorization: `Bearer ${alice}` } })
    expect(status(await a.mesh.fetch(request))).to.match(/fwd=request; fwd-status=304/)
    expect(status(await a.ask(issues, { headers, cache: 'force-cache' }))).to.match(/hit/)
  })

  for (const [said, expected] of Object.entries({
    'max-age=0': /fwd=request; fwd-status=304/,
    'No-Cache, no-store': /fwd=request; fwd-status=200$/,
    'only-if-cached': /hit/,
    'max-age=09': /hit/
  }))
    it(`${said} in that header counts too`, async () => {
      const a = await s.member()
      await a.ask(issues)
      expect(status(await a.ask(issues, { headers: { 'cache-control': said } }))).to.match(expected)
    })

  it('only-if-cached in that header asks GitHub nothing', async () => {
    const a = await s.member()
    expect((await a.ask(issues, { headers: { 'cache-control': 'only-if-cached' } })).status).to.equal(504)
    expect(count(s)).to.equal(0)
  })

  it('no-cache: asks with a condition though the copy is fresh', async () => {
    const a = await s.member()
    await a.ask(issues)
    expect(status(await a.ask(issues, { cache: 'no-cache' }))).to.match(/fwd=request; fwd-status=304/)
    expect(s.github.units('alice')).to.equal(s.github.calls.filter((call) => call.status === 200).length)
  })

  it('force-cache: answers whatever its age, and asks where nothing is held', async () => {
    const a = await s.member()
    expect(status(await a.ask(issues, { cache: 'force-cache' }))).to.match(/fwd=uri-miss/)
    s.now += 30 * minute
    const old = await a.ask(issues, { cache: 'force-cache' })
    expect(status(old)).to.equal('ghmesh; hit')
    expect(old.headers.get('age')).to.equal('1800')
    expect(count(s)).to.equal(1)
  })

  it('force-cache and only-if-cached: answer with a public body of yesterday', async () => {
    const a = await s.member()
    await a.ask(repo)
    await a.ask(issues)
    s.now += 23 * 60 * minute
    for (const cache of ['force-cache', 'only-if-cached'] as const) {
      expect(status(await a.ask(issues, { cache }))).to.equal('ghmesh; hit')
    }
    expect(count(s)).to.equal(1)
  })

  it('only-if-cached: 504 where nothing is held, and never asks GitHub', async () => {
    const a = await s.member()
    const absent = await a.ask(issues, { cache: 'only-if-cached' })
    expect(absent.status).to.equal(504)
    expect(absent.url).to.equal(s.github.url + issues)
    expect(status(absent)).to.match(/^ghmesh/)
    expect(absent.headers.get('age')).to.equal('0')
    expect(s.github.calls).to.have.length(0)
    await a.ask(issues)
    s.now += 5 * minute
    expect((await a.ask(issues, { cache: 'only-if-cached' })).status).to.equal(200)
    expect(count(s)).to.equal(1)
  })

  it('only-if-cached: asks members', async () => {
    const [a, b] = await s.two()
    await shared(a, b, issues)
    expect(await b.json(issues, { cache: 'only-if-cached' })).to.have.length(30)
    expect(s.github.calls.filter(({ login }) => login === 'bob')).to.have.length(0)
  })

  it('HEAD is answered from GET, without a body', async () => {
    const a = await s.member()
    const body = await (await a.ask(issues)).text()
    const head = await a.ask(issues, { method: 'HEAD' })
    expect(head.status).to.equal(200)
    expect(await head.text()).to.equal('')
    expect(head.headers.get('content-type')).to.match(/^application\/json/)
    expect(status(head)).to.equal('ghmesh; hit')
    expect(await (await a.ask(issues, { method: 'head' })).text()).to.equal('')
    expect(body).not.to.equal('')
    expect(count(s)).to.equal(1)
  })

  it('a HEAD that nobody has the answer to fills the cache', async () => {
    const a = await s.member()
    expect(await (await a.ask(issues, { method: 'HEAD' })).text()).to.equal('')
    expect(await a.json(issues)).to.have.length(30)
    expect(count(s)).to.equal(1)
  })

  it('the mode of a Request counts, and one in the second argument wins', async () => {
    const a = await s.member()
    const request = new Request(s.github.url + issues, { cache: 'reload', ...as(bob) })
    await a.mesh.fetch(request)
    await a.mesh.fetch(request)
    expect(count(s)).to.equal(2)
    expect(s.github.calls.filter(({ path }) => path === issues).map(({ login }) => login)).to.deep.equal(['bob', 'bob'])
    await a.mesh.fetch(request, { cache: 'default' })
    expect(count(s)).to.equal(2)
  })
})
