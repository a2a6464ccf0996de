import { expect } from 'chai'
import { startGitHub } from '../src/index.ts'
import { alice, bob, hello, withGitHub } from './helpers.ts'

describe('limits', () => {
  let clock = 1_800_000_000_000
  const sim = withGitHub({ now: () => clock, anonymousLimit: 2 })

  it('counts down, and starts again after an hour', async () => {
    const first = await sim.get('/emojis')
    expect(first.headers.get('x-ratelimit-limit')).to.equal('2')
    expect(first.headers.get('x-ratelimit-remaining')).to.equal('1')
    expect(first.headers.get('x-ratelimit-resource')).to.equal('core')
    expect(first.headers.get('date')).to.equal(new Date(clock).toUTCString())
    await sim.get('/emojis')
    const refused = await sim.get('/emojis')
    expect(refused.status).to.equal(403)
    expect(refused.headers.get('x-ratelimit-remaining')).to.equal('0')
    expect(refused.headers.get('x-ratelimit-reset')).to.equal(String(clock / 1000 + 3600))
    expect(refused.headers.has('retry-after')).to.equal(false)
    clock += 3_600_000
    expect((await sim.get('/emojis')).status).to.equal(200)
  })

  it('shares one budget among a user’s tokens', async () => {
    sim.github.addToken('sim-second', { login: 'alice' })
    await sim.get('/emojis', alice)
    expect((await sim.get('/emojis', 'token sim-second')).headers.get('x-ratelimit-used')).to.equal('2')
    expect((await sim.get('/emojis', bob)).headers.get('x-ratelimit-used')).to.equal('1')
    expect(sim.github.units('alice')).to.equal(2)
    expect(sim.github.units()).to.equal(3)
  })

  it('tells budgets for free', async () => {
    await sim.get('/search/repositories?q=hello', alice)
    const { resources } = await sim.json('/rate_limit', alice)
    expect(resources.core).to.include({ limit: 5000, used: 0 })
    expect(resources.search).to.include({ limit: 30, used: 1, remaining: 29 })
  })

  it('pretends limits', async () => {
    sim.github.limit('sim-token-alice', { times: 1 })
    const primary = await sim.get('/emojis', alice)
    expect([primary.status, primary.headers.get('x-ratelimit-remaining')]).to.deep.equal([403, '0'])
    expect((await sim.get('/emojis', alice)).status).to.equal(200)
    sim.github.limit('sim-token-alice', { kind: 'secondary', status: 429, retryAfterSeconds: 7 })
    const secondary = await sim.get('/emojis', alice)
    expect([secondary.status, secondary.headers.get('retry-after')]).to.deep.equal([429, '7'])
    expect(secondary.headers.get('x-ratelimit-remaining')).not.to.equal('0')
    sim.github.unlimit('sim-token-alice')
    expect((await sim.get('/emojis', alice)).status).to.equal(200)
  })

  it('can leave a token little', async () => {
    sim.github.setRemaining('sim-token-bob', 1)
    expect((await sim.get('/emojis', bob)).headers.get('x-ratelimit-remaining')).to.equal('0')
    expect((await sim.get('/emojis', bob)).status).to.equal(403)
  })

  it('stops bursts of points, writes counting five', async () => {
    const github = await startGitHub({ secondaryLimits: { pointsPerMinute: 7 } })
    const headers = { authorization: alice }
    const body = JSON.stringify({ title: 'x' })
    const statuses: number[] = []
    for (const init of [{ method: 'POST', body }, {}, {}, {}]) {
      statuses.push((await fetch(`${github.url}${hello}/issues`, { headers, ...init })).status)
    }
    expect(statuses).to.deep.equal([201, 200, 200, 403])
    await github.stop()
  })

  it('stops too many calls at once', async () => {
    const github = await startGitHub({ secondaryLimits: { maxConcurrent: 1 } })
    const hold = github.hold('/emojis')
    const first = fetch(`${github.url}/emojis`)
    await hold.arrived
    const second = await fetch(`${github.url}/meta`)
    expect([second.status, second.headers.get('retry-after')]).to.deep.equal([403, '60'])
    hold.release()
    expect((await first).status).to.equal(200)
    await github.stop()
  })
})
