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
  heard,
  hour,
  keptFrom,
  next,
  repo,
  scene,
  secretRepo,
  shared,
  status,
  until
} from './members.ts'

const issues = `${repo}/issues`
const hidden = `${secretRepo}/issues`

describe('sharing', () => {
  const s = scene()

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

  it('a repository’s visibility is looked up once a day', async () => {
    const [a, b] = await s.two()
    for (const path of ['/issues', '/labels', '/tags', '/commits']) await shared(a, b, repo + path)
    s.now += 23 * hour
    await shared(a, b, `${repo}/languages`)
    expect(s.github.count(/hello-world$/i)).to.equal(1)
  })

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

  it('what depends on the viewer never leaves, whatever is shared', async () => {
    const [a, b] = await s.two({ share: 'group' })
    const announced = counter(a, 'announced')
    const paths = ['/user', '/user/repos', '/notifications', '/search/issues?q=a', `${repo}/subscription`]
    for (const path of [...paths, `${repo}/releases`, `${repo}/collaborators`, '/users/octocat/repos']) {
      expect((await a.ask(path)).status, path).to.be.oneOf([200, 404])
      await keptFrom(b, a, path)
      await keptFrom(b, a, path, as(alice))
    }
    expect(announced.count).to.equal(0)
  })

  it('each token of a member gets its own of what depends on the viewer', async () => {
    const a = await s.member()
    for (let n = 0; n < 2; n++) {
      expect((await a.json('/user', as(alice))).login).to.equal('alice')
      expect((await a.json('/user', as(bob))).login).to.equal('bob')
    }
    expect(s.github.count('/user')).to.equal(2)
  })

  it('… but is shareable where nobody’s token asked', async () => {
    const a = await s.member({ token: undefined })
    const b = await s.member({ token: undefined })
    await s.connect(a, b)
    for (const path of [`${repo}/releases`, '/users/octocat/repos']) {
      await shared(a, b, path)
      expect(status(await b.ask(path)), path).to.equal('ghmesh; hit; detail=peer')
      expect(s.github.count(path)).to.equal(1)
      expect(status(await b.ask(path, as(bob)))).to.match(/fwd=uri-miss/)
    }
  })

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

  describe('what was public a day ago', () => {
    const path = `${repo}/languages`
    const directory = mkdtempSync(join(tmpdir(), 'ghmesh-sharing-'))
    after(() => rmSync(directory, { recursive: true, force: true }))
    const lookUps = () => s.github.count(/hello-world$/i)

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
        s.github.clearCalls()
        const asked = s.github.nextCall(/hello-world$/i)
        expect(status(await a.ask(path))).to.equal('ghmesh; fwd=stale; fwd-status=304; stored')
        await asked
        const b = await s.member({ token: bob })
        await s.connect(a, b)
        await keptFrom(b, a, path)
        expect((await b.ask(path)).status).to.equal(404)
        expect((await a.ask(path, as(bob))).status).to.equal(404)
        expect(status(await a.ask(path))).to.equal('ghmesh; hit')
      })
    }

    it('is looked up once a day, however often it is confirmed, and told again', async () => {
      const [a, b] = await s.two()
      await shared(a, b, path)
      const told = counter(a, 'announced')
      for (let hours = 0; hours < 3 * 24; hours++) {
        s.now += hour
        await a.ask(path)
        await heard(a, b)
      }
      expect(lookUps()).to.be.within(3, 4)
      await until(() => told.count >= 2)
      await heard(a, b)
      expect(status(await b.ask(path))).to.match(/fwd-status=304/)
      expect(lookUps(), 'not by one that has just heard it').to.be.within(3, 4)
      expect(s.github.units('bob')).to.equal(0)
    })

    it('and came from a member that said so is looked up by whoever confirms it', async () => {
      const [a, b] = await s.two()
      await shared(a, b, path)
      await a.mesh.stop()
      s.now += 23 * hour
      expect(status(await b.ask(path))).to.match(/fwd-status=304/)
      expect(lookUps()).to.equal(1)
      s.now += 2 * hour
      s.github.repository('octocat/Hello-World').setVisibility('private')
      s.github.setRole(bob, 'octocat/Hello-World', 'pull')
      const asked = s.github.nextCall(/hello-world$/i)
      expect(status(await b.ask(path))).to.match(/fwd-status=304/)
      await asked
      const c = await s.member({ token: 'sim-token-carol' })
      await s.connect(b, c)
      await keptFrom(c, b, path)
    })
  })
})
