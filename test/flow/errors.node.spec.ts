import { expect } from 'chai'
import {
  alice,
  as,
  bob,
  dated,
  failWith,
  hour,
  type Member,
  minute,
  next,
  repo,
  scene,
  second,
  shared,
  status
} from './members.ts'

const issues = `${repo}/issues`

describe('when GitHub cannot answer', () => {
  const s = scene()
  let a: Member
  beforeEach(async () => {
    a = await s.member()
  })

  const faults: Record<string, { reason: string; status?: number; start: () => unknown }> = {
    'a primary limit by 403': { reason: 'rate-limit', status: 403, start: () => s.github.limit(alice) },
    'a primary limit by 429': {
      reason: 'rate-limit',
      status: 429,
      start: () => s.github.limit(alice, { status: 429 })
    },
    'a quota used up': { reason: 'rate-limit', status: 403, start: () => s.github.setRemaining(alice, 0) },
    'a secondary limit by 403': {
      reason: 'rate-limit',
      status: 403,
      start: () => s.github.limit(alice, { kind: 'secondary' })
    },
    'a secondary limit by 429': {
      reason: 'rate-limit',
      status: 429,
      start: () => s.github.limit(alice, { kind: 'secondary', status: 429 })
    },
    'a 502': { reason: 'server-error', status: 502, start: () => failWith(s, 502) },
    'a 503': { reason: 'server-error', status: 503, start: () => failWith(s, 503) },
    'nobody listening': { reason: 'network', start: () => s.github.goDown('refuse') },
    'a connection that is cut': { reason: 'network', start: () => s.github.goDown('reset') }
  }
  for (const [what, { reason, status: code, start }] of Object.entries(faults)) {
    // README: "When GitHub limits requests or fails"
    it(`${what}: an older answer with its label, in default and no-cache only`, async () => {
      const body = await (await a.ask(issues)).text()
      s.now += 61 * second
      await start()
      for (const cache of ['default', 'no-cache', 'default'] as const) {
        const event = next(a, 'stale')
        const answer = await a.ask(issues, { cache })
        expect(answer.status, cache).to.equal(200)
        expect(await answer.text()).to.equal(body)
        expect(status(answer)).to.match(new RegExp(`^ghmesh; fwd=(stale|request).*; detail=stale-${reason}$`))
        expect(Number(answer.headers.get('age'))).to.be.at.least(61)
        expect((await event).reason).to.equal(reason)
      }
      for (const cache of ['reload', 'no-store'] as const) {
        const outcome = await a.ask(issues, { cache }).catch((error: Error) => error)
        if (code === undefined) expect(outcome, cache).to.be.instanceOf(TypeError)
        else expect(outcome, cache).to.include({ status: code })
      }
    })

    it(`${what}: as it came, where nothing is held`, async () => {
      await start()
      const outcome = await a.ask(issues).catch((error: Error) => error)
      if (code === undefined) return expect(outcome).to.be.instanceOf(TypeError)
      expect(outcome).to.include({ status: code, url: s.github.url + issues })
      const real = await fetch(s.github.url + issues, as(alice))
      expect(await (outcome as Response).text()).to.equal(await real.text())
      for (const name of ['retry-after', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'content-type']) {
        expect((outcome as Response).headers.get(name), name).to.equal(real.headers.get(name))
      }
    })
  }

  it('a public answer stands in for a day, and no longer', async () => {
    await a.ask(repo)
    await a.ask(issues)
    s.now += 23 * hour
    failWith(s, 503)
    expect(status(await a.ask(issues))).to.match(/detail=stale-server-error/)
    s.now += hour + second
    expect((await a.ask(issues)).status).to.equal(503)
  })

  // README: "When GitHub limits requests or fails"
  it('staleIfErrorMs says how long', async () => {
    const member = await s.member({ staleIfErrorMs: 10 * minute })
    const never = await s.member({ staleIfErrorMs: 0 })
    for (const one of [member, never]) await one.ask(issues)
    s.now += 9 * minute
    failWith(s, 500)
    expect((await member.ask(issues)).status).to.equal(200)
    expect((await never.ask(issues)).status).to.equal(500)
    s.now += 2 * minute
    expect((await member.ask(issues)).status).to.equal(500)
  })

  it('a member’s body stands in too', async () => {
    const b = await s.member({ token: bob })
    await s.connect(a, b)
    await shared(a, b, issues)
    s.now += 61 * second
    await s.github.goDown()
    expect(status(await b.ask(issues))).to.match(/detail=stale-network/)
  })

  it('while a token is limited its stale answers need no call, and the others’ are not affected', async () => {
    await a.ask(issues)
    s.github.limit(alice, { kind: 'secondary', retryAfterSeconds: 300 })
    s.now += 61 * second
    await a.ask(issues)
    const calls = s.github.calls.length
    for (let n = 0; n < 5; n++) expect(status(await a.ask(issues))).to.match(/detail=stale-rate-limit/)
    expect(s.github.calls).to.have.length(calls)
    expect(status(await a.ask(issues, as(bob)))).to.match(/fwd-status=(200|304)/)
    s.github.unlimit(alice)
    s.now += 300 * second
    expect(status(await a.ask(issues))).to.match(/fwd-status=304/)
  })

  it('a limit of searches does not make other answers stale', async () => {
    await a.ask(issues)
    const reset = String(Math.ceil(s.now / 1000) + 600)
    const headers = {
      'x-ratelimit-limit': '30',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': reset,
      'x-ratelimit-resource': 'search'
    }
    s.github.respondOnce(/^\/search/, dated(s, '{"message":"API rate limit exceeded"}', { status: 403, headers }))
    expect((await a.ask('/search/issues?q=a')).status).to.equal(403)
    s.now += 61 * second
    expect(status(await a.ask(issues))).to.match(/fwd-status=304/)
  })
})
