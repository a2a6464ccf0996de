import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { memoryStore } from 'ghmesh'
import { alice, as, bob, heard, minute, repo, scene, second, secretRepo, shared, status } from './members.ts'

describe('what different viewers see', () => {
  const s = scene()
  const permissions = async (answer: Response) => (await answer.json()).permissions.admin

  // README: "A body that contains a viewer's `permissions`"
  it('two members with different permissions each see their own, and nothing flaps', async () => {
    const [a, b] = await s.two()
    for (let round = 0; round < 12; round++) {
      const [first, second] = round % 2 ? [a, b] : [b, a]
      for (const member of [first, second, first]) {
        expect(await permissions(await member.ask(repo)), `round ${round}`).to.equal(member === a)
      }
      await heard(a, b)
      await heard(b, a)
      s.now += 61_000
    }
    const codes = (login: string) => s.github.calls.filter((call) => call.login === login).map((call) => call.status)
    expect(codes('alice')).to.deep.equal([200, ...Array(11).fill(304)])
    expect(codes('bob')).to.deep.equal([200, ...Array(11).fill(304)])
  })

  it('two tokens of one member each see their own, and nothing flaps', async () => {
    const a = await s.member()
    for (let round = 0; round < 8; round++) {
      expect(await permissions(await a.ask(repo, as(alice)))).to.equal(true)
      expect(await permissions(await a.ask(repo, as(bob)))).to.equal(false)
      s.now += 61 * second
    }
    expect(s.github.units()).to.equal(2)
    expect(s.github.calls).to.have.length(16)
  })

  it('what GitHub said of a token is on its hits too, for that token alone, and nowhere else', async () => {
    const store = memoryStore()
    const a = await s.member({ store, token: undefined })
    s.github.addToken('sim-token-scoped', { login: 'alice', scopes: 'repo, gist' })
    const path = `${repo}/labels`
    await a.ask(repo, as('sim-token-scoped')) // says that it is public
    const live = await a.ask(path, as('sim-token-scoped'))
    const hit = await a.ask(path, as('sim-token-scoped'))
    expect(status(hit)).to.equal('ghmesh; hit')
    for (const name of ['x-oauth-scopes', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-github-media-type', 'vary'])
      expect(hit.headers.get(name), name).to.equal(live.headers.get(name))
    const anonymous = await a.ask(path)
    expect(status(anonymous)).to.equal('ghmesh; hit')
    expect(anonymous.headers.get('x-oauth-scopes')).to.equal(null)
    expect(anonymous.headers.get('x-ratelimit-limit')).to.equal(null)

    let kept = ''
    for await (const { meta } of store.list()) kept += JSON.stringify(meta)
    expect(kept).to.not.match(/scopes|ratelimit/)
    const later = await s.member({ store, token: undefined })
    expect((await later.ask(path, as('sim-token-scoped'))).headers.get('x-oauth-scopes')).to.equal(null)
    // Of a limit whose time is over (a minute for searches) nobody knows anything.
    const patient = await s.member({ ttlMs: 30 * minute })
    const search = '/search/issues?q=bug'
    expect((await patient.ask(search)).headers.get('x-ratelimit-limit')).to.equal('30')
    expect((await patient.ask(search)).headers.get('x-ratelimit-limit')).to.equal('30')
    s.now += 61 * second
    const late = await patient.ask(search)
    expect([status(late), late.headers.get('x-ratelimit-remaining')]).to.deep.equal(['ghmesh; hit', null])
  })

  it('without credentials the token of the member is not used', async () => {
    const a = await s.member()
    expect((await a.ask(secretRepo)).status).to.equal(200)
    expect((await a.ask(secretRepo, { credentials: 'omit' })).status).to.equal(404)
    const own = await a.ask(secretRepo, { credentials: 'omit', headers: { authorization: `Bearer ${alice}` } })
    expect([own.status, own.headers.get('cache-status')]).to.deep.equal([200, 'ghmesh; hit'])
  })

  it('the bodies of several viewers stay apart in the store', async () => {
    const [store, cacheDir] = [memoryStore(), mkdtempSync(join(tmpdir(), 'ghmesh-flow-'))]
    const a = await s.member({ store, cacheDir })
    const b = await s.member({ token: bob })
    const together = [a]
    await s.connect(a, b)
    for (let round = 0; round < 10; round++) {
      for (const member of round % 2 ? [a, b] : [b, a]) await member.ask(repo)
      await heard(a, b)
      await heard(b, a)
      const another = await s.member({ store, cacheDir })
      together.push(another)
      const kept = await another.peek(repo)
      expect(kept, `round ${round}`).to.be.instanceOf(Response)
      expect(await permissions(kept as Response)).to.equal(true)
      s.now += round % 3 ? 61 * second : 20 * second
    }
    for (const { mesh } of together) await mesh.stop()
    rmSync(cacheDir, { recursive: true })
  })

  it('six viewers of one key, which holds four, each see their own', async () => {
    const a = await s.member()
    const roles = ['pull', 'triage', 'push', 'maintain', 'admin', 'none'] as const
    for (const role of roles)
      s.github.addToken(`token-${role}`, { login: role, permissions: { 'octocat/Hello-World': role } })
    for (let round = 0; round < 3; round++) {
      for (const role of roles) {
        const { permissions: seen } = await a.json(repo, as(`token-${role}`))
        expect(seen.push, role).to.equal(['push', 'maintain', 'admin'].includes(role))
        expect(seen.triage, role).to.equal(['triage', 'push', 'maintain', 'admin'].includes(role))
      }
      s.now += 61 * second
    }
  })

  // README: "A body that contains a viewer's `permissions`"
  it('viewers with the same permissions share one body', async () => {
    const [a, b] = await s.two()
    s.github.addToken('token-carol', { login: 'carol' })
    await shared(b, a, repo)
    expect(status(await a.ask(repo, as('token-carol')))).to.match(/fwd-status=304/)
    expect(s.github.units('carol')).to.equal(0)
  })

  it('a changed permission is seen at the next look', async () => {
    const [a, b] = await s.two()
    await a.ask(repo)
    expect(await permissions(await b.ask(repo))).to.equal(false)
    s.github.setRole(bob, 'octocat/Hello-World', 'admin')
    s.now += minute + second
    expect(await permissions(await b.ask(repo))).to.equal(true)
    expect(await permissions(await b.ask(repo))).to.equal(true)
  })

  it('an anonymous viewer and a token do not see each other’s', async () => {
    const a = await s.member()
    const nobody = await s.member({ token: undefined })
    await s.connect(a, nobody)
    for (let round = 0; round < 4; round++) {
      expect(await a.json(repo)).to.have.property('permissions')
      expect(await nobody.json(repo)).not.to.have.property('permissions')
      await heard(a, nobody)
      await heard(nobody, a)
      s.now += 61 * second
    }
    expect(s.github.units('alice')).to.equal(1)
  })

  it('two anonymous members share what has no permissions in it', async () => {
    const a = await s.member({ token: undefined })
    const b = await s.member({ token: undefined })
    await s.connect(a, b)
    await shared(a, b, repo)
    expect(status(await b.ask(repo))).to.equal('ghmesh; hit; detail=peer')
    expect(s.github.calls).to.have.length(1)
  })
})
