import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { filesystemStore } from 'ghmesh'
import {
  alice,
  as,
  bob,
  counter,
  dated,
  heard,
  hour,
  keptFrom,
  next,
  repo,
  scene,
  second,
  secretRepo,
  shared,
  status,
  until
} from './members.ts'

const issues = `${repo}/issues`
const hidden = `${secretRepo}/issues`

describe('sharing', () => {
  const s = scene()

  // README: "Whatever one member fetches,"
  it('what is public is asked of GitHub once for both', async () => {
    const [a, b] = await s.two()
    const body = await (await shared(a, b, issues)).text()
    const answer = await b.ask(issues)
    expect(status(answer)).to.equal('ghmesh; hit; detail=peer')
    expect(await answer.text()).to.equal(body)
    expect(answer.headers.get('content-type')).to.equal('application/json; charset=utf-8')
    expect(answer.headers.get('x-content-type-options')).to.equal('nosniff')
    expect(s.github.count(issues)).to.equal(1)
  })

  const lookUps = () => s.github.calls.filter(({ path }) => /^\/repos\/octocat\/hello-world$/i.test(path))

  // README: "Before it shares a response"
  it('a repository is looked up once for all that is read of it within half a minute, and paid once', async () => {
    const [a, b] = await s.two()
    s.github.repository('octocat/Hello-World').setIssues(300)
    const announced = counter(a, 'announced')
    const read = (from: number) =>
      Promise.all(Array.from({ length: 100 }, (_, n) => a.ask(`${issues}/${from + n}`).then(({ status }) => status)))
    for (const [n, from] of [1, 101, 201].entries()) {
      expect(new Set(await read(from))).to.deep.equal(new Set([200]))
      // The repository itself, which was looked up, is told as well.
      await until(() => announced.count === (n + 1) * 100 + 1)
      if (n === 0) s.now += 29 * second
      else s.now += 31 * second
    }
    expect(lookUps().map(({ status, units }) => [status, units])).to.deep.equal([
      [200, 1],
      [304, 0]
    ])
    expect(s.github.units()).to.equal(301)
    await heard(a, b)
  })

  it('statistics, artifacts and references are shared, and statistics that are being made are not kept', async () => {
    const [a, b] = await s.two()
    const { id } = s.github.repository('octocat/Hello-World')
    for (const below of [
      'stats/participation',
      'actions/artifacts',
      'actions/runs/1/artifacts',
      'git/refs/heads/main'
    ]) {
      const path = `${repo}/${below}`
      s.github.setBody(`/repositories/${id}/${below}`, { total_count: 0, all: [1, 2] })
      if (below.startsWith('stats')) {
        // https://docs.github.com/rest/metrics/statistics#best-practices-for-caching
        s.github.respondOnce(path, Response.json({}, { status: 202, headers: { 'cache-control': 'max-age=60' } }))
        expect((await a.ask(path)).status).to.equal(202)
      }
      expect(status(await shared(a, b, path))).to.match(/fwd=uri-miss; fwd-status=200; stored/)
      expect(status(await b.ask(path)), path).to.equal('ghmesh; hit; detail=peer')
    }
  })

  // README: "A member shares only responses"
  it('what nobody’s token got needs no look', async () => {
    const given = { token: undefined, limits: { touchBatchMs: 1 } }
    const [a, b] = [await s.member(given), await s.member(given)]
    await s.connect(a, b)
    await shared(a, b, issues)
    // What is on its way while the clock jumps would say that clocks differ.
    await heard(a, b)
    s.now += 61 * second
    await a.ask(issues)
    // That it is still current is told a little later than other things.
    await until(async () => Number((await b.peek(issues))?.headers.get('age')) < 60)
    expect(status(await b.ask(issues))).to.equal('ghmesh; hit; detail=peer')
    expect(lookUps()).to.deep.equal([])
  })

  // README: "When in doubt,"
  // README: "A member shares only responses"
  it('where a repository cannot be looked up nothing of it is told, and GitHub is not asked again and again', async () => {
    const [a, b] = await s.two()
    s.github.respond(/^\/repos\/octocat\/hello-world$/i, dated(s, '{}', { status: 502 }))
    for (let n = 1; n <= 20; n++) {
      await a.ask(`${issues}/${n}`)
      await until(() => lookUps().length > 0)
    }
    await keptFrom(b, a, `${issues}/1`)
    await keptFrom(b, a, `${issues}/20`)
    expect(lookUps().length).to.equal(1)
  })

  // README: "Public by default."
  // README: "A member shares only responses"
  // README: "Private repositories are shared only"
  // README: "Clients without a token get"
  it('of a private or internal repository nothing leaves', async () => {
    const [a, b] = await s.two()
    const announced = counter(a, 'announced')
    for (const name of ['octocat/secret-plans', 'octo-org/handbook']) {
      for (const path of ['', '/issues', '/contents/README.md', '/commits']) {
        const looked = s.github.count(`/repos/${name}`) === 0 ? s.github.nextCall(`/repos/${name}`) : undefined
        expect((await a.ask(`/repos/${name}${path}`)).status).to.equal(200)
        await looked
        await keptFrom(b, a, `/repos/${name}${path}`, as(alice))
      }
    }
    expect(announced.count).to.equal(0)
  })

  // README: "Responses that depend on the viewer"
  it('what depends on the viewer never leaves, whatever is shared', async () => {
    const [a, b] = await s.two({ share: 'group' })
    const announced = counter(a, 'announced')
    const paths = ['/user', '/user/repos', '/notifications', '/search/issues?q=a', `${repo}/subscription`]
    for (const path of [...paths, `${repo}/collaborators`, '/users/octocat/repos']) {
      expect((await a.ask(path)).status, path).to.be.oneOf([200, 404])
      await keptFrom(b, a, path)
      await keptFrom(b, a, path, as(alice))
    }
    expect(announced.count).to.equal(0)
  })

  // README: "Responses that depend on the viewer"
  it('each token of a member gets its own of what depends on the viewer', async () => {
    const a = await s.member()
    for (let n = 0; n < 2; n++) {
      expect((await a.json('/user', as(alice))).login).to.equal('alice')
      expect((await a.json('/user', as(bob))).login).to.equal('bob')
    }
    expect(s.github.count('/user')).to.equal(2)
  })

  // README: "Timelines, events, reviews"
  it('… but is shareable where nobody’s token asked', async () => {
    const a = await s.member({ token: undefined })
    const b = await s.member({ token: undefined })
    await s.connect(a, b)
    for (const path of ['/users/octocat/repos', '/search/issues?q=a', `${repo}/assignees`]) {
      await shared(a, b, path)
      expect(status(await b.ask(path)), path).to.equal('ghmesh; hit; detail=peer')
      expect(s.github.count(path)).to.equal(1)
      expect(status(await b.ask(path, as(bob)))).to.match(/fwd=uri-miss/)
    }
  })

  // README: "Lists of releases are sent to members too"
  it('releases go to members, to a token only after its own free 304, and never with a draft', async () => {
    const [a, b] = await s.two()
    const path = `${repo}/releases`
    const { body } = await shared(a, b, path)
    void body?.cancel()
    const units = s.github.units()
    expect((await b.ask(path, { cache: 'only-if-cached' })).status).to.equal(504)
    expect(status(await b.ask(path))).to.match(/fwd=vary-miss; fwd-status=304|fwd-status=304/)
    expect(s.github.units() - units).to.be.at.most(1) // a look at the repository
    const [first] = await a.json(path)
    // Who may push sees drafts, and nobody else does: each its own list.
    s.github.repository('octocat/Hello-World').editRelease(first.tag_name, { draft: true, name: 'secret' })
    s.github.setRole(alice, 'octocat/Hello-World', 'push')
    s.now += 61 * second
    for (const draft of [path, `${path}/${first.id}`]) {
      expect(await (await a.ask(draft)).text(), draft).to.include('secret')
      await heard(a, b)
      expect((await (await b.peek(draft))?.text()) ?? '', draft).not.to.include('secret')
      expect(await (await b.ask(draft, as(bob))).text(), draft).not.to.include('secret')
      expect(await (await a.ask(draft, as(bob))).text(), draft).not.to.include('secret')
    }
  })

  // README: "`share` can also be a function"
  it('a share function narrows what is shared, and sees no credentials', async () => {
    const seen: Request[] = []
    const bodies: Promise<unknown>[] = []
    const [a, b] = await s.two({
      share: (request, response) => {
        seen.push(request)
        bodies.push(response.json())
        return !request.url.endsWith('/labels')
      }
    })
    await shared(a, b, issues, as(alice))
    await a.ask(`${repo}/labels`)
    await keptFrom(b, a, `${repo}/labels`)
    await a.ask(hidden)
    await s.github.nextCall(secretRepo)
    await keptFrom(b, a, hidden)
    expect(seen.map(({ url }) => url)).to.include(s.github.url + issues)
    for (const { headers } of seen) expect([...headers.keys()]).to.deep.equal(['accept'])
    expect(await bodies[0]).to.be.an('array')
  })

  it('where a share function fails nothing is shared, and the answer still comes', async () => {
    const [a, b] = await s.two({ share: () => expect.fail('broken') })
    expect((await a.ask(issues)).status).to.equal(200)
    await keptFrom(b, a, issues)
  })

  it('a repository that turned private is not shared any more, once an own answer says so', async () => {
    const [a, b] = await s.two()
    const c = await s.member({ token: bob })
    await a.ask(repo)
    await shared(a, b, issues)
    s.github.repository('octocat/Hello-World').setVisibility('private')
    await a.ask(repo, { cache: 'no-cache' })
    await a.ask(`${repo}/labels`)
    await keptFrom(b, a, `${repo}/labels`)
    await s.connect(a, c)
    await b.mesh.stop()
    await keptFrom(c, a, issues)
  })

  it('… nor given to another token of the same member', async () => {
    const a = await s.member()
    await a.ask(repo)
    await a.ask(issues)
    s.github.repository('octocat/Hello-World').setVisibility('private')
    await a.ask(repo, { cache: 'no-cache' })
    for (const cache of ['default', 'force-cache'] as const) {
      expect((await a.ask(issues, { ...as(bob), cache })).status, cache).to.equal(404)
    }
  })

  describe('a repository that has just turned private', () => {
    const turnPrivate = () => s.github.repository('octocat/Hello-World').setVisibility('private')
    const labels = `${repo}/labels`

    it('new answers are told to nobody, although it was public a minute ago', async () => {
      const [a, b] = await s.two()
      await shared(a, b, issues)
      turnPrivate()
      s.github.repository('octocat/Hello-World').addIssue({ title: 'Hush' })
      s.now += 61 * second
      const looked = s.github.nextCall(/hello-world$/i)
      expect(await (await a.ask(issues)).text()).to.include('Hush')
      await looked
      await a.ask(labels)
      await keptFrom(b, a, labels)
      expect(await (await b.peek(issues))?.text()).not.to.include('Hush')
      expect((await b.ask(issues)).status).to.equal(404)
    })

    // README: "Once the repository is private,"
    it('members do not hear that what they hold is still current', async () => {
      const [a, b] = await s.two()
      await shared(a, b, issues)
      turnPrivate()
      s.now += 61 * second
      const looked = s.github.nextCall(/hello-world$/i)
      expect(status(await a.ask(issues))).to.match(/fwd-status=304/)
      await looked
      await heard(a, b)
      expect((await b.ask(issues)).status).to.equal(404)
    })

    it('a member that asks while it is looked up waits, and does not get it', async () => {
      const [a, b] = await s.two()
      await shared(a, b, issues)
      turnPrivate()
      s.now += 61 * second
      const looked = s.github.hold(/hello-world$/i)
      await a.ask(issues)
      await looked.arrived
      const asked = b.ask(issues)
      await heard(a, b)
      looked.release()
      expect((await asked).status).to.equal(404)
    })

    it('… nor does one that waits for longer than it is kept waiting', async () => {
      const leaseMs = 200
      const a = await s.member({ limits: { membersBudgetMs: 50, leaseMs } })
      const b = await s.member({ token: bob, limits: { membersBudgetMs: second, leaseMs } })
      await s.connect(a, b)
      await shared(a, b, issues)
      turnPrivate()
      s.now += 61 * second
      const looked = s.github.hold(/hello-world$/i)
      await a.ask(issues)
      await looked.arrived
      expect((await b.ask(issues)).status).to.equal(404)
      looked.release()
    })

    it('… and so for all of the repository, while a refusal has it looked up', async () => {
      const a = await s.member()
      const b = await s.member({ token: bob, limits: { membersBudgetMs: 50 } })
      await s.connect(a, b)
      await shared(a, b, labels)
      await shared(a, b, issues)
      turnPrivate()
      const looked = s.github.hold(/hello-world$/i)
      expect((await b.ask(issues, { cache: 'no-cache' })).status).to.equal(404)
      await looked.arrived
      await a.mesh.stop()
      const c = await s.member({ token: 'sim-token-carol', limits: { membersBudgetMs: second } })
      await s.connect(b, c)
      expect(status(await c.ask(labels))).to.match(/fwd=/)
      looked.release()
    })

    // README: "Once the repository is private,"
    for (const restarts of [false, true])
      it(`a member whose token is refused gives what it holds to nobody${restarts ? ', after a restart too' : ''}`, async () => {
        const directory = mkdtempSync(join(tmpdir(), 'ghmesh-hidden-'))
        const a = await s.member()
        let b = await s.member({ token: bob, store: filesystemStore({ directory }) })
        await s.connect(a, b)
        for (const path of [issues, labels]) await shared(a, b, path)
        turnPrivate()
        s.now += 61 * second
        const looked = s.github.nextCall(/hello-world$/i)
        expect((await b.ask(issues, { cache: 'no-cache' })).status).to.equal(404)
        expect(await looked).to.include({ login: 'bob', status: 404 })
        await a.mesh.stop()
        const carol = as('sim-token-carol') // who may read what is public
        await until(async () => (await b.ask(labels, { ...carol, cache: 'only-if-cached' })).status === 504)
        if (restarts) {
          await b.mesh.stop()
          b = await s.member({ token: bob, store: filesystemStore({ directory }) })
        }
        const c = await s.member({ token: 'sim-token-carol' })
        await s.connect(b, c)
        for (const path of [issues, labels]) {
          await keptFrom(c, b, path)
          for (const cache of ['force-cache', 'only-if-cached'] as const)
            expect((await b.ask(path, { ...carol, cache })).status, `${path} ${cache}`).not.to.equal(200)
        }
        await b.mesh.stop()
        rmSync(directory, { recursive: true, force: true })
      })

    it('a member that ends as soon as it sees that gives what it held to nobody after its next start', async () => {
      const directory = mkdtempSync(join(tmpdir(), 'ghmesh-hidden-'))
      let a = await s.member({ store: filesystemStore({ directory }) })
      let b = await s.member({ token: bob })
      await s.connect(a, b)
      const pages = Array.from({ length: 20 }, (_, n) => `${labels}?per_page=${n + 1}`)
      for (const page of pages) await shared(a, b, page)
      await b.mesh.stop()
      turnPrivate()
      await a.ask(repo, { cache: 'reload' })
      await a.mesh.stop()
      a = await s.member({ store: filesystemStore({ directory }) })
      b = await s.member({ token: bob })
      await s.connect(a, b)
      for (const page of pages) await keptFrom(b, a, page)
      await a.mesh.stop()
      rmSync(directory, { recursive: true, force: true })
    })

    it('and public again is shared again', async () => {
      const [a, b] = await s.two()
      await shared(a, b, issues)
      turnPrivate()
      expect((await b.ask(repo)).status).to.equal(404)
      await a.ask(repo, { cache: 'no-cache' })
      s.github.repository('octocat/Hello-World').setVisibility('public')
      await a.ask(repo, { cache: 'no-cache' })
      await shared(a, b, labels)
      expect(status(await b.ask(labels))).to.match(/fwd-status=304/)
    })

    it('where a group shares private repositories too, members hear that it is not for everybody any more', async () => {
      const [a, b] = await s.two({ share: 'group' })
      await shared(a, b, issues)
      const carol = { ...as('sim-token-carol'), cache: 'only-if-cached' } as const
      expect((await b.ask(issues, carol)).status).to.equal(200)
      turnPrivate()
      s.now += 61 * second
      await a.ask(issues)
      await until(async () => (await b.ask(issues, carol)).status === 504)
      expect((await b.ask(issues)).status).to.equal(404)
    })
  })

  describe('what was public a day ago', () => {
    const path = `${repo}/languages`
    const directory = mkdtempSync(join(tmpdir(), 'ghmesh-sharing-'))
    after(() => rmSync(directory, { recursive: true, force: true }))

    for (const restarts of [false, true]) {
      it(`is looked up before others get it again${restarts ? ', after a restart too' : ''}`, async () => {
        let a = await s.member({ store: filesystemStore({ directory }) })
        const looked = next(a, 'announced', path)
        const connected = await s.member()
        await s.connect(a, connected)
        await a.ask(path)
        await looked
        s.github.repository('octocat/Hello-World').setVisibility('private')
        s.now += 25 * hour
        if (restarts) {
          await a.mesh.stop()
          a = await s.member({ store: filesystemStore({ directory }) })
        }
        expect(status(await a.ask(path))).to.equal('ghmesh; fwd=stale; fwd-status=304; stored')
        const asked = s.github.nextCall(/hello-world$/i)
        const b = await s.member({ token: bob })
        await s.connect(a, b)
        await keptFrom(b, a, path)
        await asked
        expect((await b.ask(path)).status).to.equal(404)
        expect((await a.ask(path, as(bob))).status).to.equal(404)
        expect(status(await a.ask(path))).to.equal('ghmesh; hit')
      })
    }

    it('is looked up again whenever it is confirmed, at no cost, and members hear that it is current', async () => {
      const [a, b] = await s.two()
      await shared(a, b, path)
      for (let hours = 0; hours < 3 * 24; hours++) {
        s.now += hour
        const asked = s.github.nextCall(/hello-world$/i)
        await a.ask(path)
        await asked
        await until(async () => (await b.peek(path))?.headers.get('age') === '0')
      }
      expect(lookUps()).to.have.length(1 + 3 * 24)
      expect(s.github.units()).to.equal(2)
    })

    it('and came from a member that said so is looked up by whoever confirms it', async () => {
      const [a, b] = await s.two()
      await shared(a, b, path)
      await a.mesh.stop()
      s.now += 23 * hour
      expect(status(await b.ask(path))).to.match(/fwd-status=304/)
      const looked = next(b, 'stored', 'hello-world')
      let c = await s.member({ token: 'sim-token-carol' })
      await s.connect(b, c)
      await looked
      await c.mesh.stop()
      expect(lookUps().map(({ login }) => login)).to.deep.equal(['alice', 'bob'])
      s.now += 2 * hour
      s.github.repository('octocat/Hello-World').setVisibility('private')
      s.github.setRole(bob, 'octocat/Hello-World', 'pull')
      expect(status(await b.ask(path))).to.match(/fwd-status=304/)
      const asked = s.github.nextCall(/hello-world$/i)
      c = await s.member({ token: 'sim-token-carol' })
      await s.connect(b, c)
      await keptFrom(c, b, path)
      await asked
    })
  })
})
