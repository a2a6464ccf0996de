import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { memoryStore } from 'ghmesh'
import { as, asPage, bob, dated, minute, next, repo, scene, second, shared, status, until } from './members.ts'

const issues = `${repo}/issues`

describe('freshness', () => {
  const s = scene()

  // README: "`CACHE_DEFAULT_TTL`"
  it('ttlMs as a number replaces GitHub’s minute', async () => {
    const a = await s.member({ ttlMs: 10 * minute })
    await a.ask(issues)
    s.now += 9 * minute
    expect(status(await a.ask(issues))).to.equal('ghmesh; hit')
    s.now += 2 * minute
    expect(status(await a.ask(issues))).to.match(/fwd=stale; fwd-status=304/)
  })

  it('ttlMs as a function rules its routes, and leaves the others to GitHub', async () => {
    const a = await s.member({ ttlMs: ({ pathname }) => (pathname.endsWith('/issues') ? 0 : undefined) })
    for (const path of [issues, `${repo}/labels`]) await a.ask(path)
    expect(status(await a.ask(issues))).to.match(/fwd=stale; fwd-status=304/)
    s.now += 59 * second
    expect(status(await a.ask(`${repo}/labels`))).to.equal('ghmesh; hit')
  })

  // README: "A "304 Not Modified" costs no quota"
  // README: "`CACHE_DEFAULT_TTL`"
  it('a 304 costs nothing, and makes the copy fresh for another minute', async () => {
    const a = await s.member()
    await a.ask(issues)
    for (let n = 0; n < 5; n++) {
      s.now += 61 * second
      expect(status(await a.ask(issues))).to.match(/fwd=stale; fwd-status=304/)
      expect(status(await a.ask(issues))).to.equal('ghmesh; hit')
    }
    expect(s.github.calls.filter(({ path }) => path === issues).map(({ units }) => units)).to.deep.equal([
      1, 0, 0, 0, 0, 0
    ])
  })

  for (const [what, setMs] of Object.entries({ 'an hour': 60 * minute, 'two days': 48 * 60 * minute })) {
    it(`a clock that is set back by ${what} keeps nothing fresh`, async () => {
      let passed = 0
      let wall = s.now
      const a = await s.member({ now: () => wall, monotonicNow: () => passed })
      await a.ask(issues)
      wall -= setMs
      passed += 59 * second
      wall += 59 * second
      expect(status(await a.ask(issues))).to.equal('ghmesh; hit')
      passed += 2 * second
      wall += 2 * second
      s.now += 61 * second
      expect(status(await a.ask(issues))).to.match(/fwd=stale; fwd-status=304/)
      expect(status(await a.ask(issues))).to.equal('ghmesh; hit')
    })

    it(`… nor where nothing shows that it was but GitHub’s Date: ${what}`, async () => {
      const a = await s.member()
      await a.ask(issues)
      s.now -= setMs
      await a.ask(`${issues}/1`)
      expect(status(await a.ask(issues))).to.match(/fwd=stale; fwd-status=304/)
      expect(status(await a.ask(issues))).to.equal('ghmesh; hit')
    })
  }

  it('a clock that is set back by hours keeps nobody from being told of this member', async () => {
    let passed = 0
    let wall = s.now
    let announced = 0
    const registry = {
      name: 'registry',
      start: async () => {},
      announce: async () => void announced++,
      stop: async () => {}
    }
    await s.member({ now: () => wall, monotonicNow: () => passed, discovery: [registry], limits: { dialMs: 5 } })
    await until(() => announced === 1)
    wall -= 3 * 60 * minute
    for (const times of [2, 3]) {
      passed += 61 * second
      wall += 61 * second
      await until(() => announced === times)
    }
  })

  it('a change is seen after a minute', async () => {
    const a = await s.member()
    await a.ask(issues)
    s.github.repository('octocat/Hello-World').addIssue({ title: 'Later' })
    expect((await a.json(issues))[0].title).not.to.equal('Later')
    s.now += 61 * second
    expect((await a.json(issues))[0].title).to.equal('Later')
  })

  // README: "Stale responses are revalidated"
  // README: "ghmesh shares responses, never tokens"
  it('one member’s body is revalidated with the other’s token for nothing', async () => {
    const [a, b] = await s.two()
    const body = await (await shared(a, b, issues)).text()
    s.now += 61 * second
    const answer = await b.ask(issues)
    expect(status(answer)).to.match(/fwd=stale; fwd-status=304/)
    expect(await answer.text()).to.equal(body)
    expect(s.github.units('bob')).to.equal(0)
  })

  it('… and so in one member with two tokens, written `token` or `Bearer`', async () => {
    const a = await s.member()
    await a.ask(issues)
    s.now += 61 * second
    for (const scheme of ['token', 'Bearer']) {
      await a.ask(issues, { cache: 'no-cache', headers: { authorization: `${scheme} ${bob}` } })
      expect(s.github.calls.at(-1)).to.include({ login: 'bob', status: 304, units: 0 })
    }
  })

  // README: "A "304 Not Modified" costs no quota"
  it('a touch makes the other member’s copy fresh again', async () => {
    const [a, b] = await s.two()
    await shared(a, b, issues)
    s.now += 61 * second
    await a.ask(issues)
    await until(async () => (await b.peek(issues))?.headers.get('age') === '0')
    expect(status(await b.ask(issues))).to.equal('ghmesh; hit; detail=peer')
    expect(s.github.calls.filter(({ login }) => login === 'bob')).to.have.length(0)
  })

  it('a copy that others keep fresh is confirmed with the own token after an hour, at no cost', async () => {
    const [a, b] = await s.two()
    await shared(a, b, issues)
    for (const minutes of [31, 31]) {
      expect(status(await b.ask(issues))).to.equal('ghmesh; hit; detail=peer')
      s.now += minutes * minute
      await a.ask(issues)
      await until(async () => (await b.peek(issues))?.headers.get('age') === '0')
    }
    expect(status(await b.ask(issues))).to.match(/fwd-status=304/)
    expect(s.github.units('bob')).to.equal(0)
    expect(status(await b.ask(issues))).to.match(/^ghmesh; hit/)
  })

  it('a member whose copy is stale takes what another has newer, without asking GitHub', async () => {
    const [a, b] = await s.two()
    await shared(a, b, issues)
    s.now += 61 * second
    s.github.repository('octocat/Hello-World').addIssue({ title: 'Newer' })
    await shared(a, b, issues)
    const answer = await b.ask(issues)
    expect(status(answer)).to.equal('ghmesh; hit; detail=peer')
    expect((await answer.json())[0].title).to.equal('Newer')
    expect(s.github.calls.filter(({ login }) => login === 'bob')).to.have.length(0)
  })

  // https://docs.github.com/rest/pulls/pulls#get-a-pull-request says to ask again then.
  for (const who of ['the member itself', 'another member'])
    it(`an open pull request is asked for again while GitHub finds out whether it can be merged: ${who}`, async () => {
      const [a, b] = await s.two()
      const asker = who === 'another member' ? b : a
      const repository = s.github.repository('octocat/Hello-World')
      const path = `${repo}/pulls/${repository.addPull({ mergeable: null })}`
      await shared(a, b, path)
      s.now += second
      expect((await asker.json(path)).mergeable).to.equal(null)
      repository.editPull(Number(path.split('/').at(-1)), { mergeable: true })
      s.now += second
      expect((await asker.json(path)).mergeable).to.equal(true)
      expect(status(await asker.ask(path))).to.match(/^ghmesh; hit/)
    })

  it('… and not one that is closed, of which GitHub never says it', async () => {
    const a = await s.member()
    const repository = s.github.repository('octocat/Hello-World')
    const number = repository.addPull()
    repository.editIssue(number, { state: 'closed' })
    expect((await a.json(`${repo}/pulls/${number}`)).mergeable).to.equal(null)
    expect(status(await a.ask(`${repo}/pulls/${number}`))).to.equal('ghmesh; hit')
  })

  it('what a cache on the way has kept is as old as that says (RFC 9111, section 4.2.3)', async () => {
    let keptSeconds = 50
    const a = await s.member({
      fetch: async (...args) => {
        const answer = await fetch(...args)
        const headers = new Headers(answer.headers)
        headers.set('age', String(keptSeconds))
        headers.set('date', new Date(s.now - keptSeconds * second).toUTCString())
        return new Response(answer.body, { status: answer.status, headers })
      }
    })
    expect((await a.ask(issues)).headers.get('age')).to.equal('50')
    s.now += 9 * second
    const kept = await a.ask(issues)
    expect(status(kept)).to.equal('ghmesh; hit')
    expect(kept.headers.get('age')).to.equal('59')
    s.now += 2 * second
    keptSeconds = 0
    expect(status(await a.ask(issues))).to.match(/fwd=stale; fwd-status=304/)
    expect((await a.ask(issues)).headers.get('age')).to.equal('0')
  })

  it('what has no ETag is asked anew, each time it is stale', async () => {
    const a = await s.member()
    const search = '/search/issues?q=repo:octocat/Hello-World'
    for (let n = 0; n < 2; n++) {
      expect((await a.ask(search)).status).to.equal(200)
      s.now += 61 * second
    }
    expect(s.github.calls.map(({ status: code }) => code)).to.deep.equal([200, 200])
  })

  for (const minutes of [3, -3, 30])
    it(`a member whose clock is ${minutes} minutes slow serves nothing old as fresh, even before it has asked GitHub`, async () => {
      const a = await s.member()
      const b = await s.member({ token: bob, now: () => s.now - minutes * minute })
      await s.connect(a, b)
      const isFar = minutes === 30
      const expired = () => b.mesh.stats().rejected.expired ?? 0
      if (isFar) await until(() => expired() >= 1, 'its greeting, without the time')
      const told = next(a, 'announced', `${issues}/1`)
      await a.ask(`${issues}/1`)
      await told
      // Then what it has announced, and what it says of itself: with GitHub's time, and its first request.
      if (isFar) await until(() => expired() >= 3, 'its announcement, and the time')
      else await until(() => b.mesh.stats({ group: true }).members['member 0']?.requests === 1, 'the time')
      s.github.repository('octocat/Hello-World').editIssue(1, { title: 'New' })
      // So old that its clock takes it for new.
      s.now += (Math.abs(minutes) + 0.2) * minute
      expect((await b.json(`${issues}/1`)).title).to.equal('New')
      expect(s.github.calls.filter(({ login, path }) => login === 'bob' && path.endsWith('/1'))).to.have.length(1)
    })

  for (const { who, told } of [
    { who: 'the answer itself', told: false },
    { who: 'a member, to a page', told: true }
  ])
    it(`what was under way as it was purged is stale, though ${who} shows then that the clock was behind`, async () => {
      const b = await s.member({ token: bob })
      await b.ask('/emojis')
      const a = await s.member({ now: () => s.now - 20 * second, ...(told && { fetch: asPage }) })
      const hold = s.github.hold(`${issues}/1`, { phase: 'response' })
      const before = a.ask(`${issues}/1`)
      await hold.arrived
      s.now += second
      s.github.repository('octocat/Hello-World').editIssue(1, { title: 'New' })
      s.now += second
      await a.mesh.purge('octocat/Hello-World')
      if (told) {
        await s.connect(b, a)
        await until(() => a.mesh.stats({ group: true }).members['member 0'])
      }
      hold.release()
      await before
      s.now += second
      expect((await a.json(`${issues}/1`)).title).to.equal('New')
    })

  it('of a page whose clock is ten minutes ahead, nothing old is taken for new when that time has come', async () => {
    const b = await s.member({ token: bob })
    await b.ask('/emojis') // shows it GitHub's clock
    const a = await s.member({ fetch: asPage, now: () => s.now + 10 * minute })
    await s.connect(b, a)
    await until(() => a.mesh.stats({ group: true }).members['member 0'])
    const all = [1, 2, 3, 4, 5].map((n) => `${issues}/${n}`)
    for (const one of all) await a.ask(one)
    const repository = s.github.repository('octocat/Hello-World')
    for (const n of [1, 2, 3, 4, 5]) repository.editIssue(n, { title: 'New' })
    s.now += 10 * minute + 5 * second
    const titles = await Promise.all(all.map(async (one) => (await b.json(one)).title))
    expect(titles).to.deep.equal(all.map(() => 'New'))
  })

  it('a 404 to an older question that comes later is not given in place of what a newer one showed', async () => {
    const missing = dated(s, '{"message":"Not Found"}', { status: 404 })
    const asked = Promise.withResolvers<void>()
    const answered = Promise.withResolvers<void>()
    let isFirst = true
    const a = await s.member({
      secret: undefined,
      async fetch(...args) {
        if (!isFirst) return fetch(...args)
        isFirst = false
        const answer = missing()
        asked.resolve()
        await answered.promise
        return answer
      }
    })
    const slow = a.ask(`${issues}/7`)
    await asked.promise
    s.now += second
    expect((await a.ask(`${issues}/7`, { cache: 'reload' })).status).to.equal(200)
    s.now += minute
    answered.resolve()
    expect((await slow).status).to.equal(404)
    expect((await a.ask(`${issues}/7`)).status).to.equal(200)
  })

  it('a 404 that nothing is to be kept of is not remembered, be it the caller or GitHub that says so', async () => {
    const a = await s.member({ secret: undefined })
    const missing = (headers = {}) => dated(s, '{"message":"Not Found"}', { status: 404, headers })
    for (const [init, headers] of [
      [{ cache: 'no-store' }, {}],
      [{}, { 'cache-control': 'no-store' }]
    ] as const) {
      s.github.respondOnce(`${issues}/7`, missing(headers))
      expect((await a.ask(`${issues}/7`, init)).status).to.equal(404)
      expect((await a.ask(`${issues}/7`)).status).to.equal(200)
      await a.mesh.clear()
    }
  })

  it('a 404 is forgotten once a 304 has shown that it is there', async () => {
    const a = await s.member({ secret: undefined })
    await a.ask(issues)
    s.now += second
    s.github.respondOnce(issues, dated(s, '{"message":"Not Found"}', { status: 404 }))
    expect((await a.ask(issues, { cache: 'no-cache' })).status).to.equal(404)
    expect(status(await a.ask(issues))).to.include('not-found')
    s.now += second
    expect(status(await a.ask(issues, { cache: 'no-cache' }))).to.match(/fwd-status=304/)
    expect(status(await a.ask(issues))).to.equal('ghmesh; hit')
  })

  it('a member that comes later learns what the others have', async () => {
    const a = await s.member()
    const announced = next(a, 'announced', issues)
    await a.ask(repo) // says that it is public
    await a.ask(issues)
    await announced
    const b = await s.member({ token: bob })
    const received = next(b, 'received', issues)
    await s.connect(a, b)
    await received
    expect(status(await b.ask(issues, as(bob)))).to.equal('ghmesh; hit; detail=peer')
  })

  describe('with a store that other processes share', () => {
    it('a refusal that a clock which was ahead has written counts until GitHub shows that it is there', async () => {
      const cacheDir = mkdtempSync(join(tmpdir(), 'ghmesh-clock-'))
      const store = { ...memoryStore(), close: async () => {} }
      const start = (options = {}) => s.member({ secret: undefined, cacheDir, store, ...options })
      const right = await start()
      await right.ask(issues)
      await right.mesh.stop()
      s.now += second
      const ahead = await start({ fetch: asPage, now: () => s.now + 50 * minute })
      s.github.respondOnce(issues, dated(s, '{"message":"Not Found"}', { status: 404 }))
      expect((await ahead.ask(issues, { cache: 'no-cache' })).status).to.equal(404)
      await ahead.mesh.stop()
      s.now += minute
      const again = await start()
      expect(status(await again.ask(issues))).to.include('fwd-status=304')
      expect(status(await again.ask(issues))).to.equal('ghmesh; hit')
      await again.mesh.stop()
      rmSync(cacheDir, { recursive: true })
    })

    it('what another one has put there since is served, and GitHub is not asked', async () => {
      const store = memoryStore()
      const a = await s.member({ secret: undefined, store })
      const other = await s.member({ secret: undefined, store })
      await a.ask(issues)
      s.now += 61 * second
      await other.ask(issues)
      expect(status(await a.ask(issues))).to.equal('ghmesh; hit')
      expect(s.github.calls).to.have.length(2)
    })

    it('a stale answer that is not in memory is read once before GitHub is asked', async () => {
      const store = memoryStore()
      const first = await s.member({ secret: undefined, store })
      await first.ask(issues)
      const read: string[] = []
      const get: typeof store.get = async (key, options) => {
        if (!key.startsWith('purges ')) read.push(key)
        return store.get(key, options)
      }
      const restarted = await s.member({ secret: undefined, store: { ...store, get } })
      s.now += 61 * second
      expect(status(await restarted.ask(issues))).to.match(/fwd=stale; fwd-status=304/)
      expect(read).to.have.length(1)
    })
  })
})
