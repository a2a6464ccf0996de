import { expect } from 'chai'
import {
  alice,
  as,
  bob,
  counter,
  type Member,
  minute,
  repo,
  scene,
  second,
  secretRepo,
  status,
  until
} from './members.ts'

const issues = `${repo}/issues`

describe('callers at the same moment', () => {
  const s = scene()

  it('fifty of them cost one call', async () => {
    const a = await s.member()
    const waits = counter(a, 'wait')
    const answers = await Promise.all(Array.from({ length: 50 }, () => a.ask(issues)))
    const bodies = new Set(await Promise.all(answers.map((answer) => answer.text())))
    expect(bodies.size).to.equal(1)
    expect(s.github.count(issues)).to.equal(1)
    expect(answers.filter((answer) => /collapsed/.test(status(answer) ?? ''))).to.have.length(49)
    expect(waits.count).to.equal(49)
    expect(a.mesh.stats()).to.include({ requests: 50, collapsed: 49, misses: 1 })
  })

  it('a failure reaches all of them, and the next one asks again', async () => {
    const a = await s.member()
    await s.github.goDown()
    const errors = await Promise.all(Array.from({ length: 5 }, () => a.ask(issues).catch((error) => error)))
    for (const error of errors) expect(error).to.be.instanceOf(TypeError)
    await s.github.goUp()
    expect((await a.ask(issues)).status).to.equal(200)
  })

  it('each token gets what it may see', async () => {
    const a = await s.member()
    const path = `${secretRepo}/issues`
    const hold = s.github.hold(path)
    const asked = [alice, bob, alice, bob].map((token) => a.ask(path, as(token)))
    await hold.arrived
    hold.release()
    const codes = (await Promise.all(asked)).map((answer) => answer.status)
    expect(codes).to.deep.equal([200, 404, 200, 404])
    expect(s.github.count(path)).to.equal(2)
  })

  it('each token gets its own permissions', async () => {
    const a = await s.member()
    const asked = Array.from({ length: 20 }, (_, n) => a.json(repo, as(n % 2 ? bob : alice)))
    const seen = (await Promise.all(asked)).map(({ permissions }) => permissions.admin)
    expect(seen).to.deep.equal(Array.from({ length: 20 }, (_, n) => n % 2 === 0))
    expect(s.github.count(repo)).to.equal(2)
  })

  it('each token gets its own error headers', async () => {
    const a = await s.member()
    s.github.limit(alice)
    const [mine, other] = await Promise.all([a.ask(issues, as(alice)), a.ask(issues, as(bob))])
    expect([mine.status, other.status]).to.deep.equal([403, 200])
  })

  it('each token gets its own network errors, and each caller its own abort', async () => {
    const failed = Promise.withResolvers<Response>()
    let calls = 0
    const a = await s.member({ fetch: (...how) => (calls++ === 0 ? failed.promise : fetch(...how)) })
    const waits = counter(a, 'wait')
    const control = new AbortController()
    const mine = a.ask(issues, as(alice)).catch((error) => error)
    await until(() => calls === 1)
    const other = a.ask(issues, as(bob))
    const left = a.ask(issues, { ...as('sim-token-carol'), signal: control.signal }).catch((error) => error)
    await until(() => waits.count === 2)
    control.abort('enough')
    expect(await left).to.equal('enough')
    failed.reject(new TypeError('fetch failed'))
    expect(await mine).to.be.instanceOf(TypeError)
    expect((await other).status).to.equal(200)
  })

  it('HEAD and GET wait for one another', async () => {
    const a = await s.member()
    const [head, get] = await Promise.all([a.ask(issues, { method: 'HEAD' }), a.ask(issues)])
    expect(await head.text()).to.equal('')
    expect(await get.json()).to.have.length(30)
    expect(s.github.count(issues)).to.equal(1)
  })

  it('reload and no-cache do not take what was under way before them', async () => {
    const a = await s.member()
    const hold = s.github.hold(issues, { phase: 'response' })
    const before = a.ask(issues)
    await hold.arrived
    s.now += 1
    s.github.repository('octocat/Hello-World').addIssue({ title: 'New' })
    const after = (['reload', 'no-cache'] as const).map((cache) => a.json(issues, { cache }))
    await until(() => s.github.count(issues) === 3)
    hold.release()
    expect((await (await before).json())[0].title).not.to.equal('New')
    for (const answer of await Promise.all(after)) expect(answer[0].title).to.equal('New')
    expect((await a.json(issues))[0].title).to.equal('New')
  })

  it('reload and no-store do not take what one of their kind asked before', async () => {
    for (const cache of ['reload', 'no-store'] as const) {
      const a = await s.member()
      const hold = s.github.hold(issues, { phase: 'response' })
      const before = a.json(issues, { cache })
      await hold.arrived
      s.github.repository('octocat/Hello-World').addIssue({ title: `New with ${cache}` })
      const after = a.json(issues, { cache })
      await until(() => s.github.count(issues) === 2)
      hold.release()
      expect((await before)[0].title).not.to.equal(`New with ${cache}`)
      expect((await after)[0].title).to.equal(`New with ${cache}`)
      s.github.clearCalls()
    }
  })

  for (const { what, change } of [
    { what: 'a purge', change: (a: Member) => a.mesh.purge('octocat/Hello-World') },
    { what: 'a write', change: (a: Member) => a.ask(`${issues}/1`, { method: 'PATCH', body: '{"title":"New"}' }) }
  ])
    it(`after ${what} do not take what was under way before it, though an earlier purge bears a later time`, async () => {
      const a = await s.member({ now: () => s.now + minute })
      await a.mesh.purge('octocat/Hello-World')
      await a.ask('/emojis') // shows that the clock is ahead
      const hold = s.github.hold(({ method }) => method === 'GET', { phase: 'response' })
      const before = a.ask(`${issues}/1`)
      await hold.arrived
      s.now += second
      await change(a)
      const after = a.ask(`${issues}/1`)
      await until(() => hold.waiting === 2)
      hold.release()
      for (const answer of await Promise.all([before, after])) expect(status(answer)).not.to.match(/collapsed/)
    })
})

describe('callers whom GitHub lets wait', () => {
  const s = scene()

  it('do not wait for another token’s request for longer than for members', async () => {
    const a = await s.member({ limits: { membersBudgetMs: 20 } })
    const hold = s.github.hold(({ login }) => login === 'alice')
    const slow = a.ask(repo, as(alice))
    await hold.arrived
    expect((await a.ask(repo, as(bob))).status).to.equal(200)
    hold.release()
    expect((await slow).status).to.equal(200)
  })

  it('of many tokens wait for one of them, and then for no other', async () => {
    const a = await s.member()
    s.github.addRepository({ fullName: 'octo-org/open' })
    const hold = s.github.hold('/repos/octo-org/open')
    const asked = Array.from({ length: 6 }, (_, n) => a.ask('/repos/octo-org/open', as(n % 2 ? alice : bob)))
    await hold.arrived
    hold.release()
    for (const answer of await Promise.all(asked)) expect(answer.status).to.equal(200)
    expect(s.github.count('/repos/octo-org/open')).to.equal(2)
  })

  it('of two tokens, one gets what it had, where the other’s answer shows that it is fresh still', async () => {
    let aheadMs = 0
    const a = await s.member({ now: () => s.now + aheadMs })
    expect((await a.json(repo, as(alice))).permissions.admin).to.equal(true)
    s.now += second
    aheadMs = minute
    const hold = s.github.hold(repo)
    const other = a.ask(repo, as(bob))
    await hold.arrived
    const waits = counter(a, 'wait')
    const mine = a.ask(repo, as(alice))
    await until(() => waits.count === 1)
    hold.release()
    expect((await (await other).json()).permissions.admin).to.equal(false)
    const answer = await mine
    expect((await answer.json()).permissions.admin).to.equal(true)
    expect(status(answer)).to.equal('ghmesh; hit')
    expect(answer.headers.get('age')).to.equal('1')
    expect(a.mesh.stats()).to.include({ requests: 3, hits: 1, misses: 2, collapsed: 0 })
    expect(s.github.count(repo)).to.equal(2)
  })

  it('get an answer when they ask again after giving up', async () => {
    const a = await s.member()
    const stuck = s.github.hold(issues)
    const control = new AbortController()
    const given = a.ask(issues, { signal: control.signal }).catch((error) => error)
    await stuck.arrived
    s.now += minute
    control.abort(new Error('too long'))
    expect(await given).to.have.property('message', 'too long')
    const again = a.ask(issues)
    await until(() => s.github.count(issues) === 2)
    stuck.release()
    expect((await again).status).to.equal(200)
  })

  /** A member, and which of its calls were ended. */
  async function watched() {
    const ended: string[] = []
    const member = await s.member({
      fetch: (input, init) => {
        init?.signal?.addEventListener('abort', () => ended.push(String(input).slice(s.github.url.length)))
        return fetch(input, init)
      }
    })
    return { member, ended }
  }

  it('end a call whose answer nobody else could use', async () => {
    const { member, ended } = await watched()
    const hold = s.github.hold(issues)
    const control = new AbortController()
    const given = member.ask(issues, { signal: control.signal, cache: 'no-store' }).catch((error) => error)
    await hold.arrived
    control.abort(new Error('too long'))
    expect(await given).to.have.property('message', 'too long')
    expect(ended).to.deep.equal([issues])
    hold.release()
  })

  it('leave nothing behind that keeps a stopped mesh, and are not left themselves', async () => {
    const { member, ended } = await watched()
    const hold = s.github.hold(/issues|labels/)
    const control = new AbortController()
    const left = member.ask(issues, { signal: control.signal }).catch((error) => error)
    const waiting = member.ask(`${repo}/labels`)
    await until(() => hold.waiting === 2)
    control.abort()
    await left
    expect(ended).to.deep.equal([])
    await member.mesh.stop()
    expect(ended).to.deep.equal([issues])
    hold.release()
    expect((await waiting).status).to.equal(200)
  })

  it('are heard while a token is on its way', async () => {
    const a = await s.member({ token: () => new Promise(() => {}) })
    const control = new AbortController()
    const given = a.ask(issues, { signal: control.signal }).catch((error) => error)
    control.abort(new Error('enough'))
    expect(await given).to.have.property('message', 'enough')
    expect(await a.ask(issues, { signal: AbortSignal.abort('before') }).catch((error) => error)).to.equal('before')
  })
})
