import { expect } from 'chai'
import type { MeshOptions } from 'ghmesh'
import { next } from '../support/events.ts'
import { longToken } from '../token-scan/tokens.ts'
import { bob, type Member, repo, scene, second, shared, status, until } from './members.ts'

const issues = `${repo}/issues`
const lie = '[{"number":1,"title":"A lie"}]'

describe('trust', () => {
  const s = scene()

  /** A member whose GitHub says what is not so, with a well-made answer. */
  const liar = (options: MeshOptions = {}) =>
    s.member({
      ...options,
      fetch: async (input, init) => {
        const answer = await fetch(input, init)
        if (!/\/(issues|labels|tags|commits|branches|user)\b/.test(String(input))) return answer
        const { createHash } = await import('node:crypto')
        const { accept, authorization } = Object.fromEntries(new Headers(init?.headers))
        const etag = `"${createHash('sha256').update(`${accept}:${authorization}:${lie}`).digest('hex')}"`
        const headers = { ...Object.fromEntries(answer.headers), etag }
        return new Response(lie, { headers })
      }
    })

  // README: "With `trust: 'verify'`, a response"
  it('verify: a member’s fresh body is served after this member’s own 304, which costs nothing', async () => {
    const a = await s.member()
    const b = await s.member({ token: bob, trust: 'verify' })
    await s.connect(a, b)
    const labels = `${repo}/labels`
    await shared(a, b, labels)
    expect(status(await b.ask(labels))).to.match(/fwd-status=304/)
    expect(status(await b.ask(labels))).to.match(/^ghmesh; hit/)
    expect(s.github.count((call) => call.login === 'bob' && call.path === labels && call.units === 0)).to.equal(1)
  })

  it('verify: … but a page that others may follow is asked for anew: its ETag does not cover the links to them', async () => {
    const a = await s.member()
    const b = await s.member({ token: bob, trust: 'verify' })
    await s.connect(a, b)
    await shared(a, b, issues)
    expect(status(await b.ask(issues))).to.match(/fwd-status=200/)
    s.now += 61 * second
    expect(status(await b.ask(issues)), 'its own from then on').to.match(/fwd-status=304/)
  })

  // README: "With `trust: 'verify'`, a response"
  it('verify: what a member made up is never served, in any mode', async () => {
    const a = await liar()
    for (const cache of ['default', 'no-cache', 'force-cache', 'only-if-cached'] as const) {
      const b = await s.member({ token: bob, trust: 'verify' })
      await s.connect(a, b)
      await shared(a, b, issues, { cache: 'reload' })
      const answer = await b.ask(issues, { cache })
      if (cache === 'only-if-cached') expect(answer.status).to.equal(504)
      else expect(await answer.text(), cache).not.to.equal(lie)
      await b.mesh.stop()
    }
  })

  it('verify: nor when GitHub cannot be asked', async () => {
    const a = await liar()
    const b = await s.member({ token: bob, trust: 'verify' })
    await s.connect(a, b)
    await shared(a, b, issues)
    await s.github.goDown()
    expect(await b.ask(issues).catch((error) => error)).to.be.instanceOf(TypeError)
  })

  it('verify: the git hash of a raw file vouches for it, for it is the id of that object', async () => {
    const a = await s.member()
    const b = await s.member({ token: bob, trust: 'verify' })
    await s.connect(a, b)
    const raw = { headers: { accept: 'application/vnd.github.raw' } }
    await shared(a, b, `${repo}/readme`, raw)
    expect(status(await b.ask(`${repo}/readme`, raw))).to.match(/fwd-status=304/)
    expect(s.github.units('bob')).to.equal(0)
  })

  it('verify: the id of a git object does not vouch for a member’s body', async () => {
    const a = await s.member()
    const b = await s.member({ token: bob, trust: 'verify' })
    await s.connect(a, b)
    const readme = `${repo}/contents/README.md`
    await shared(a, b, readme)
    expect(status(await b.ask(readme))).to.match(/fwd-status=200/)
    expect(s.github.calls.at(-1)?.ifNoneMatch).to.equal(undefined)
  })

  it('verify: a touch by a member does not make a copy fresh', async () => {
    const a = await s.member()
    const b = await s.member({ token: bob, trust: 'verify' })
    await s.connect(a, b)
    await shared(a, b, issues)
    await b.ask(issues)
    s.now += 61 * second
    await a.ask(issues)
    await until(async () => (await b.peek(issues))?.headers.get('age') === '0')
    expect(status(await b.ask(issues))).to.match(/fwd-status=304/)
  })

  // README: "Everyone with the secret can put"
  it('group: a member that lied three times within the hour is believed no more', async () => {
    const a = await liar()
    const b: Member = await s.member({ token: bob, random: () => 0 })
    await s.connect(a, b)
    const paths = ['issues', 'labels', 'tags', 'commits', 'branches'].map((name) => `${repo}/${name}`)
    for (const [n, path] of paths.entries()) {
      await shared(a, b, path)
      s.now += second
      const calls = () => s.github.count((call) => call.login === 'bob' && call.path === path && call.status !== 0)
      const body = await (await b.ask(path)).text()
      if (n < 3) expect(body, `lie ${n}`).to.equal(lie)
      else expect(body, `lie ${n}`).not.to.equal(lie)
      await until(() => calls() === 1)
      await until(async () => (await (await b.peek(path))?.text()) !== lie)
    }
  })

  it('group: what it told as a holder of the same token is neither served nor handed on any more', async () => {
    s.github.addToken(longToken, { login: 'alice' })
    let audits = false
    const a = await liar({ token: longToken })
    const b = await s.member({ token: longToken, random: () => (audits ? 0 : 0.99) })
    await s.connect(a, b)
    await until(() => [a, b].every(({ mesh }) => Object.keys(mesh.stats({ group: true }).members).length === 2))
    await a.ask('/user')
    const told = await b.ask('/user')
    expect([status(told), await told.text()]).to.deep.equal(['ghmesh; hit; detail=peer', lie])

    audits = true
    for (const path of ['labels', 'tags', 'branches'].map((name) => `${repo}/${name}`)) {
      await shared(a, b, path)
      s.now += second
      expect(await (await b.ask(path)).text()).to.equal(lie)
      await until(async () => (await (await b.peek(path))?.text()) !== lie)
    }
    audits = false
    await a.mesh.stop()
    const c = await s.member({ token: longToken })
    await s.connect(b, c)
    await b.ask('/notifications')
    // So much is: they know that they hold the same token.
    await until(async () => (await c.ask('/notifications', { cache: 'only-if-cached' })).status === 200)
    expect((await c.ask('/user', { cache: 'only-if-cached' })).status, 'handed on').to.equal(504)
    expect((await b.ask('/user', { cache: 'only-if-cached' })).status, 'served').to.equal(504)
    expect((await b.json('/user')).login).to.equal('alice')
  })

  it('group: an honest member is audited at no cost, and stays believed', async () => {
    const a = await s.member()
    const b = await s.member({ token: bob, random: () => 0 })
    await s.connect(a, b)
    const paths = ['issues', 'labels', 'tags', 'commits', 'branches'].map((name) => `${repo}/${name}`)
    for (const path of paths) {
      await shared(a, b, path)
      const audited = s.github.nextCall((call) => call.login === 'bob' && call.path === path)
      expect(status(await b.ask(path))).to.equal('ghmesh; hit; detail=peer')
      expect(await audited).to.include({ status: 304, units: 0 })
    }
    await until(() => b.mesh.stats().apiCallsMade === paths.length)
    // Nor is the repository looked up, as it is before members are told of something new.
    expect(s.github.count((call) => call.login === 'bob' && !paths.includes(call.path))).to.equal(0)
    expect(b.mesh.stats()).to.include({ requests: 5, peerHits: 5, quotaSpent: 0 })
  })

  it('group: an honest member is audited in the version of the API that was asked for', async () => {
    const version = { headers: { 'x-github-api-version': '2026-03-10' } }
    const a = await s.member()
    const b = await s.member({ token: bob, random: () => 0 })
    await s.connect(a, b)
    for (const path of ['issues', 'labels', 'tags', 'commits'].map((name) => `${repo}/${name}`)) {
      await shared(a, b, path, version)
      const audited = s.github.nextCall((call) => call.login === 'bob' && call.path === path)
      expect(status(await b.ask(path, version)), path).to.equal('ghmesh; hit; detail=peer')
      expect(await audited).to.include({ status: 304, apiVersion: '2026-03-10' })
    }
  })

  it('group: a member that is shown less than others is no liar', async () => {
    const a = await s.member({ token: bob })
    const b = await s.member({ random: () => 0 })
    await s.connect(a, b)
    for (let n = 0; n < 3; n++) {
      const fieldValues = [{ name: 'Priority', value: 'P0' }]
      const path = `/repos/octo-org/website/issues/${s.github.repository('octo-org/website').addIssue({ fieldValues })}`
      await shared(a, b, path)
      const audited = s.github.nextCall((call) => call.login === 'alice' && call.path === path)
      expect((await b.json(path)).issue_field_values).to.deep.equal([])
      expect(await audited).to.include({ status: 200 })
      await until(async () => (await b.json(path)).issue_field_values.length === 1)
    }
    await shared(a, b, `${repo}/labels`)
    expect(status(await b.ask(`${repo}/labels`))).to.equal('ghmesh; hit; detail=peer')
  })

  it('group: what was audited still goes to others', async () => {
    const a = await s.member()
    const b = await s.member({ token: bob, random: () => 0 })
    await s.connect(a, b)
    const labels = `${repo}/labels`
    await shared(a, b, labels)
    const audited = next(b.mesh, 'revalidated', ({ url }) => url.endsWith(labels))
    await b.ask(labels)
    await audited
    await a.mesh.stop()
    const calls = s.github.count()
    const c = await s.member({ token: bob })
    await s.connect(b, c)
    expect(status(await c.ask(labels))).to.equal('ghmesh; hit; detail=peer')
    expect(s.github.count()).to.equal(calls)
  })

  it('group: a full last page, which GitHub has to send again to say the same, is no lie', async () => {
    const a = await s.member()
    const b = await s.member({ token: bob, random: () => 0 })
    await s.connect(a, b)
    for (const query of ['page=6&per_page=5', 'page=3&per_page=10', 'page=2&per_page=15', 'page=5&per_page=6']) {
      const path = `${issues}/comments?${query}`
      await shared(a, b, path)
      const audited = s.github.nextCall((call) => call.login === 'bob' && call.url.includes('/comments'))
      expect(status(await b.ask(path)), query).to.equal('ghmesh; hit; detail=peer')
      expect(await audited).to.include({ status: 200 })
      await until(async () => /hit(?!; detail=peer)/.test(status((await b.peek(path)) as Response) ?? ''))
    }
  })
})
