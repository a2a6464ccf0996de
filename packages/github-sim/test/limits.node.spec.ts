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

  const ask = (query: string, more: object = {}) => sim.send('POST', '/graphql', alice, { query, ...more })

  it('counts each resource by itself, and pretends a limit of one', async () => {
    sim.github.setRemaining('sim-token-alice', 1, 'graphql')
    expect((await ask('{ viewer { login } }')).headers.get('x-ratelimit-remaining')).to.equal('0')
    expect((await (await ask('{ viewer { login } }')).json()).errors).to.have.length(1)
    expect((await sim.get('/emojis', alice)).status).to.equal(200)
    sim.github.limit('sim-token-bob', { resource: 'search' })
    expect((await sim.get('/search/repositories?q=hello', bob)).status).to.equal(403)
    expect((await sim.get('/emojis', bob)).status).to.equal(200)
  })

  // The answer as others have recorded it: https://github.com/yanyongyu/githubkit/issues/271
  it('tells GraphQL of a primary limit with 200 and an error', async () => {
    sim.github.limit('sim-token-alice')
    const refused = await ask('{ viewer { login } }')
    expect([refused.status, refused.headers.get('x-ratelimit-remaining')]).to.deep.equal([200, '0'])
    const { data, errors } = await refused.json()
    expect([data, errors[0].type, errors[0].code]).to.deep.equal([undefined, 'RATE_LIMIT', 'graphql_rate_limit'])
    expect((await sim.send('POST', '/graphql', undefined, { query: '{ viewer { login } }' })).status).to.equal(403)
  })

  // The example of GitHub's page "Rate limits and query limits for the GraphQL API" has 5,101 requests and 51 points.
  it('counts the points of a query by what its connections ask for', async () => {
    const query = `query ($n: Int!) {
      viewer { login }
      rateLimit { cost used remaining resetAt }
      repositoryOwner(login: "octocat") {
        repositories(first: $n) { nodes { ...issues } }
      }
    }
    fragment issues on Repository { issues(first: 50) { nodes { labels(last: 60) { nodes { name } } } } }`
    const response = await ask(query, { variables: { n: 100 } })
    const { rateLimit } = (await response.json()).data
    expect(rateLimit).to.include({ cost: 51, used: 51, remaining: 4949 })
    expect(rateLimit.resetAt).to.equal(new Date(clock + 3_600_000).toISOString().replace('.000', ''))
    expect(response.headers.get('x-ratelimit-used')).to.equal('51')
    expect(sim.github.units('alice')).to.equal(51)
    expect((await (await ask('{ rateLimit { cost used } }')).json()).data.rateLimit).to.deep.equal({
      cost: 1,
      used: 52
    })
  })

  it('counts bursts of GraphQL by themselves, mutations five', async () => {
    const github = await startGitHub({ secondaryLimits: { pointsPerMinute: 1, graphqlPointsPerMinute: 7 } })
    const headers = { authorization: alice }
    const asked = async (query: string) =>
      (await fetch(`${github.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })).status
    const [query, mutation] = ['{ viewer { login } }', 'mutation { nothing }']
    const statuses = [await asked(query), await asked(mutation), await asked(query), await asked(query)]
    expect(statuses).to.deep.equal([200, 200, 200, 403])
    expect((await fetch(`${github.url}/emojis`, { headers })).status).to.equal(200)
    expect((await fetch(`${github.url}/emojis`, { headers })).status).to.equal(403)
    await github.stop()
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
