import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import {
  alice,
  as,
  bob,
  dated,
  failWith,
  heard,
  hour,
  type Member,
  minute,
  next,
  scene,
  second,
  secretRepo,
  status,
  until
} from './members.ts'

const hidden = `${secretRepo}/issues`
const modes = ['default', 'force-cache', 'only-if-cached'] as const

describe('private repositories in a group that shares them', () => {
  const s = scene()
  let a: Member
  let b: Member
  beforeEach(async () => {
    ;[a, b] = await s.two({ share: 'group' })
    s.github.repository('octocat/secret-plans').setIssues(20)
  })

  /** Waits until b holds what a holds; bodies come by request here, not with the announcement. */
  const pulled = async (path: string) => {
    await a.ask(path)
    await until(async () => (await a.mesh.holders(s.github.url + path)).length > 0)
  }

  for (const cache of modes) {
    // README: "Even then, a member serves"
    it(`${cache}: a token without access does not get what this member holds`, async () => {
      await pulled(hidden)
      const answer = await b.ask(hidden, { cache })
      expect(answer.status).to.equal(cache === 'only-if-cached' ? 504 : 404)
      expect(await answer.text()).not.to.match(/"number"/)
      expect(await b.peek(hidden)).to.equal(undefined)
    })

    it(`${cache}: a token with access gets it after its own 304, which costs nothing`, async () => {
      s.github.setRole(bob, 'octocat/secret-plans', 'pull')
      await pulled(hidden)
      const first = await b.ask(hidden, { cache })
      if (cache === 'only-if-cached') expect(first.status).to.equal(504)
      else expect(status(first)).to.match(/fwd=(vary-miss|stale|uri-miss); fwd-status=304/)
      await b.ask(hidden)
      expect(status(await b.ask(hidden, { cache }))).to.match(/^ghmesh; hit/)
      expect(s.github.units('bob')).to.equal(0)
    })

    it(`${cache}: another token of the member that fetched it does not get it`, async () => {
      await a.ask(hidden)
      expect((await a.ask(hidden, { ...as(bob), cache })).status).to.equal(cache === 'only-if-cached' ? 504 : 404)
      expect(await a.peek(hidden, as(bob))).to.equal(undefined)
      expect((await a.ask(hidden, { cache })).status, 'the first one still does').to.equal(200)
    })

    // README: "Even then, a member serves"
    it(`${cache}: the right ends after an hour`, async () => {
      await a.ask(hidden)
      s.github.setRole(alice, 'octocat/secret-plans', 'none')
      s.now += hour + second
      expect((await a.ask(hidden, { cache })).status).to.equal(cache === 'only-if-cached' ? 504 : 404)
      expect(await a.peek(hidden)).to.equal(undefined)
    })
  }

  it('an own 404 ends the right at once', async () => {
    await a.ask(hidden)
    s.github.setRole(alice, 'octocat/secret-plans', 'none')
    s.now += 61 * second
    expect((await a.ask(hidden)).status).to.equal(404)
    for (const cache of modes) expect((await a.ask(hidden, { cache })).status, cache).not.to.equal(200)
    s.now += minute
    for (const cache of modes) expect((await a.ask(hidden, { cache })).status, cache).not.to.equal(200)
    expect(await a.peek(hidden)).to.equal(undefined)
  })

  for (const cache of ['reload', 'no-cache', 'no-store'] as const) {
    it(`… with ${cache} too`, async () => {
      await a.ask(hidden)
      s.github.setRole(alice, 'octocat/secret-plans', 'none')
      expect((await a.ask(hidden, { cache })).status).to.equal(404)
      expect((await a.ask(hidden)).status).to.equal(404)
      expect((await a.ask(hidden, { cache: 'force-cache' })).status).to.equal(404)
    })
  }

  it('a 404 for the repository ends the right to all of it', async () => {
    // The mesh looks at the repository before it tells members; whoever asks meanwhile gets what that look shows.
    const looked = next(a, 'stored', secretRepo)
    await a.ask(hidden)
    await looked
    await a.ask(`${secretRepo}/labels`)
    s.github.setRole(alice, 'octocat/secret-plans', 'none')
    expect((await a.ask(secretRepo, { cache: 'no-cache' })).status).to.equal(404)
    for (const path of [hidden, `${secretRepo}/labels`]) expect((await a.ask(path)).status, path).to.equal(404)
  })

  it('a 401 ends the right to everything, and returns as it came', async () => {
    await a.ask(hidden)
    s.github.revokeToken(alice)
    const answer = await a.ask('/user')
    expect(answer.status).to.equal(401)
    expect((await answer.json()).message).to.equal('Bad credentials')
    for (const cache of ['default', 'force-cache'] as const) {
      expect((await a.ask(hidden, { cache })).status, cache).to.equal(401)
    }
  })

  for (const [what, refuse] of [
    ['a 404 for the repository', (on: typeof s.github) => on.setRole(alice, 'octocat/secret-plans', 'none')],
    ['a 401', (on: typeof s.github) => on.revokeToken(alice)]
  ] as const)
    it(`${what} ends it for the next process too, and for another one at the same folder that has not asked yet`, async () => {
      const cacheDir = mkdtempSync(join(tmpdir(), 'ghmesh-rights-'))
      try {
        const here = { cacheDir, store: undefined, networking: false, token: alice }
        const one = await s.member(here)
        const other = await s.member(here)
        expect((await one.ask(hidden)).status).to.equal(200)
        refuse(s.github)
        expect((await one.ask(secretRepo)).status).to.be.oneOf([401, 404])
        for (const process of [other, await s.member(here)]) {
          expect((await process.ask(hidden, { cache: 'only-if-cached' })).status).to.equal(504)
          expect(await process.peek(hidden)).to.equal(undefined)
        }
        await s.github.goDown()
        for (const process of [other, await s.member(here)])
          expect(await process.ask(hidden, { cache: 'no-cache' }).catch(() => undefined)).to.equal(undefined)
      } finally {
        rmSync(cacheDir, { recursive: true })
      }
    })

  it('… and a refusal of an older question, which comes later, gives nothing back', async () => {
    const [asked, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const late = await s.member({
      fetch: async (input, init) => {
        if (String(input).endsWith('/labels')) {
          asked.resolve()
          await gone.promise
        }
        return fetch(input, init)
      }
    })
    const slow = late.ask(`${secretRepo}/labels`)
    await asked.promise
    s.now += second
    expect((await late.ask(hidden)).status).to.equal(200)
    s.now += second
    s.github.revokeToken(alice)
    expect((await late.ask('/user')).status).to.equal(401)
    gone.resolve()
    expect((await slow).status).to.equal(401)
    expect((await late.ask(hidden, { cache: 'only-if-cached' })).status).to.equal(504)
  })

  for (const code of [403, 410, 451]) {
    it(`a ${code} that is no rate limit ends the right, and returns as it came`, async () => {
      await a.ask(hidden)
      const body = JSON.stringify({ message: `no more: ${code}` })
      s.github.respondOnce(hidden, dated(s, body, { status: code, headers: { 'x-own': 'yes' } }))
      s.now += 61 * second
      const answer = await a.ask(hidden)
      expect(answer.status).to.equal(code)
      expect(answer.headers.get('x-own')).to.equal('yes')
      expect(await answer.text()).to.equal(body)
      expect((await a.ask(hidden, { cache: 'only-if-cached' })).status).to.equal(504)
    })
  }

  it('no error lets a token see what it has no right to', async () => {
    await pulled(hidden)
    s.github.limit(bob)
    expect((await b.ask(hidden)).status).to.equal(403)
    s.github.unlimit(bob)
    s.now += hour + second
    failWith(s, 503)
    expect((await b.ask(hidden)).status).to.equal(503)
    await s.github.goDown('reset')
    expect(await b.ask(hidden).catch((error: Error) => error)).to.be.instanceOf(TypeError)
  })

  it('a change that another member saw is not shown before an own look', async () => {
    s.github.setRole(bob, 'octocat/secret-plans', 'pull')
    await pulled(hidden)
    await b.ask(hidden)
    s.github.setRole(bob, 'octocat/secret-plans', 'none')
    s.now += 61 * second
    s.github.repository('octocat/secret-plans').addIssue({ title: 'Hush' })
    await pulled(hidden)
    await heard(a, b)
    for (const cache of modes) {
      expect(await (await b.ask(hidden, { cache })).text(), cache).not.to.match(/Hush/)
    }
  })

  // README: "Private repositories are shared only"
  it('with share “public” at the other member nothing of it is handed on', async () => {
    const c = await s.member({ token: alice })
    await s.connect(c, b)
    await c.ask(hidden)
    await s.github.nextCall(secretRepo).catch(() => {})
    await heard(c, b)
    expect(await c.mesh.holders(s.github.url + hidden)).to.deep.equal([])
  })
})
