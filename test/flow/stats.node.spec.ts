import { expect } from 'chai'
import { memoryStore } from 'ghmesh'
import { failWith, heard, minute, repo, scene, second, shared, until } from './members.ts'

const issues = `${repo}/issues`

/** JSON of so many bytes. */
const sized = (byteLength: number, n: number) => {
  const text = `{"number":${n},"text":"`
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'public, max-age=60' }
  return new Response(`${text}${'x'.repeat(byteLength - text.length - 2)}"}`, { headers })
}

describe('stats', () => {
  const s = scene()

  // README: "`Cache-Status` and `Age` tell"
  it('every figure after a scripted sequence agrees with GitHub’s own log', async () => {
    const a = await s.member()
    await s.connect(a, await s.member({ token: undefined }))
    await a.ask(issues) // miss, and a look at the repository's visibility
    await until(() => s.github.calls.length === 2 && s.github.calls.every((call) => call.status === 200))
    // Taken in as well, before the clock goes on.
    await until(() => a.mesh.stats().entries === 2)
    await a.ask(issues) // hit
    await a.ask(issues, { method: 'HEAD' }) // hit
    s.now += 61 * second
    await a.ask(issues) // revalidated, and so is what it knows of the repository, free of charge
    await until(() => s.github.calls.length === 4 && a.mesh.stats().apiCallsMade === 4)
    await Promise.all([a.ask(`${repo}/labels`), a.ask(`${repo}/labels`), a.ask(`${repo}/labels`)]) // miss, 2 collapsed
    await a.ask(`${repo}/nothing`) // miss
    await a.ask(issues, { cache: 'no-store' }) // miss
    await a.ask(`${repo}/tags`, { cache: 'only-if-cached' }) // neither
    const { quota, bytes, ...figures } = a.mesh.stats()
    expect(figures).to.deep.include({
      requests: 10,
      hits: 2,
      peerHits: 0,
      collapsed: 2,
      revalidated: 1,
      stale: 0,
      misses: 4,
      apiCallsMade: 7,
      apiCallsSaved: 4,
      quotaSpent: 5,
      quotaSaved: 5,
      hitRate: 0.4,
      evictions: 0,
      expirations: 0,
      rejected: {},
      entries: 3,
      connectedPeers: 1,
      peerId: a.mesh.peerId
    })
    expect(figures.apiCallsMade).to.equal(s.github.calls.length)
    expect(figures.quotaSpent).to.equal(s.github.units())
    expect(bytes).to.be.greaterThan(10_000)
    expect(quota.core).to.include({ limit: 5000, remaining: 5000 - s.github.units() })
    expect(quota.core?.resetAt).to.be.within(s.now, s.now + 60 * minute)
  })

  it('what is passed on counts as calls and units, as GitHub counts it, and not as requests', async () => {
    const a = await s.member()
    const post = (path: string, body: object, init: RequestInit = {}) =>
      a.ask(path, { method: 'POST', body: JSON.stringify(body), ...init })
    expect((await post(issues, { title: 'new' })).status).to.equal(201)
    expect((await post('/graphql', { query: '{ viewer { login } }' })).status).to.equal(200)
    const { headers } = await a.ask(issues, { headers: { 'if-modified-since': new Date(s.now).toUTCString() } })
    expect(headers.get('x-ratelimit-resource')).to.equal('core')
    // It is free of charge, so it is no unit.
    expect((await a.ask('/rate_limit')).status).to.equal(200)
    const { requests, apiCallsMade, quotaSpent, spent } = a.mesh.stats()
    expect({ requests, apiCallsMade }).to.deep.equal({ requests: 0, apiCallsMade: s.github.calls.length - 1 })
    expect(quotaSpent).to.equal(s.github.units())
    expect(spent).to.deep.equal({ core: s.github.units() - 1, graphql: 1 })
  })

  it('what members spare one another counts where it was spared', async () => {
    const [a, b] = await s.two()
    await shared(a, b, issues)
    for (let n = 0; n < 3; n++) await b.ask(issues)
    expect(b.mesh.stats()).to.include({
      requests: 3,
      peerHits: 3,
      hits: 0,
      apiCallsMade: 0,
      apiCallsSaved: 3,
      quotaSpent: 0,
      quotaSaved: 3,
      hitRate: 1,
      connectedPeers: 1
    })
  })

  it('a 304 without a token costs one unit, and saves none', async () => {
    const a = await s.member({ token: undefined })
    await a.ask(issues)
    s.now += 61 * second
    await a.ask(issues)
    expect(a.mesh.stats()).to.include({ revalidated: 1, quotaSpent: 2, quotaSaved: 0 })
    expect(s.github.units()).to.equal(2)
  })

  it('an older answer after a failed call saved no call', async () => {
    const a = await s.member()
    await a.ask(issues)
    s.now += 61 * second
    failWith(s, 502)
    expect((await a.ask(issues)).status).to.equal(200)
    expect(a.mesh.stats()).to.include({ requests: 2, stale: 1, apiCallsMade: 2, apiCallsSaved: 0 })
  })

  it('an only caller’s answers are one of these kinds each', async () => {
    const a = await s.member()
    for (const path of [issues, issues, '/user', `${repo}/nothing`, `${repo}/nothing`, repo]) await a.ask(path)
    const { requests, hits, peerHits, collapsed, revalidated, stale, misses } = a.mesh.stats()
    expect(hits + peerHits + collapsed + revalidated + stale + misses).to.equal(requests)
  })

  it('peek counts nothing, and what it returns later calls do not change', async () => {
    const a = await s.member()
    await a.ask(issues)
    const before = a.mesh.stats()
    await a.peek(issues)
    await a.peek(`${repo}/labels`)
    expect(a.mesh.stats()).to.deep.equal(before)
    await a.ask(issues)
    expect(before.requests).to.equal(1)
  })

  it('the group’s figures name each member, and add up', async () => {
    const [a, b] = await s.two({ limits: { presenceMs: 20 } })
    await shared(a, b, issues)
    await b.ask(issues)
    await heard(a, b)
    await until(() => (a.mesh.stats({ group: true }).members['member 1']?.peerHits ?? 0) > 0)
    const { members, total } = a.mesh.stats({ group: true })
    expect(Object.keys(members)).to.have.members(['member 0', 'member 1'])
    expect(members['member 0']).to.deep.equal(a.mesh.stats())
    expect(total).to.include({ requests: 2, misses: 1, peerHits: 1, apiCallsMade: 2, apiCallsSaved: 1, hitRate: 0.5 })
  })

  it('what a bounded store of one’s own holds and has evicted is told as it is', async () => {
    const store = memoryStore({ maxBytes: 20_000 })
    const a = await s.member({ store })
    for (let n = 1; n <= 100; n++) s.github.respond(new RegExp(`/issues/${n}$`), () => sized(1000, n))
    for (let n = 1; n <= 100; n++) await a.ask(`${repo}/issues/${n}`)
    let [entries, bytes] = [0, 0]
    for await (const { byteLength } of store.list()) {
      entries++
      bytes += byteLength
    }
    expect(entries).to.be.within(15, 20)
    const stats = a.mesh.stats()
    expect(stats).to.include({ entries, bytes })
    expect(stats.evictions).to.equal(100 - entries)
  })
})
