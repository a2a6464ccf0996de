import { expect } from 'chai'
import { type GitHub, startGitHub } from '../src/index.ts'
import { alice, hello, withGitHub } from './helpers.ts'

const failed = async (promise: Promise<Response>) => promise.then(() => false).catch(() => true)

describe('faults', () => {
  const sim = withGitHub()

  it('holds a call before or after the answer is made', async () => {
    const repository = sim.github.repository('octocat/Hello-World')
    const text = async (phase: 'request' | 'response') => {
      const hold = sim.github.hold(hello, { phase })
      const answer = sim.json(hello, alice)
      expect((await hold.arrived).path).to.equal(hello)
      expect(hold.waiting).to.equal(1)
      repository.update({ description: `during ${phase}` })
      hold.release()
      return (await answer).description
    }
    expect(await text('request')).to.equal('during request')
    expect(await text('response')).to.equal('during request')
    expect((await sim.json(hello, alice)).description).to.equal('during response')
  })

  it('says when a call was answered', async () => {
    const next = sim.github.nextCall(/per_page=7/)
    await sim.get(`${hello}/issues`, alice)
    await sim.get(`${hello}/issues?per_page=7`, alice, { 'if-none-match': '"x"' })
    expect(await next).to.include({ status: 200, units: 1, login: 'alice', ifNoneMatch: '"x"', method: 'GET' })
    sim.github.clearCalls()
    expect(sim.github.calls).to.have.length(0)
  })

  it('answers what a test wants', async () => {
    sim.github.respondOnce(
      hello,
      new Response('<html>Sign in to the Wi-Fi</html>', { headers: { 'content-type': 'text/html' } })
    )
    const portal = await sim.get(hello, alice)
    expect([portal.status, portal.headers.get('content-type')]).to.deep.equal([200, 'text/html'])
    expect(portal.headers.has('x-ratelimit-used')).to.equal(false)
    expect((await sim.get(hello, alice)).headers.get('x-ratelimit-used')).to.equal('1')
    sim.github.respond(/emojis/, () => new Response(null, { status: 502 }), 2)
    const statuses: number[] = []
    for (let i = 0; i < 3; i++) statuses.push((await sim.get('/emojis', alice)).status)
    expect(statuses).to.deep.equal([502, 502, 200])
  })

  it('replaces bodies, at paths without a route too', async () => {
    sim.github.setBody(`${hello}/languages`, { COBOL: 1 })
    sim.github.setBody(`${hello}/forks`, [1, 2, 3])
    sim.github.setBody('/events', [])
    const id = sim.github.repository('octocat/Hello-World').id
    expect(await sim.json(`/repositories/${id}/languages`)).to.deep.equal({ COBOL: 1 })
    const forks = await sim.get(`${hello}/forks?per_page=2`)
    expect(await forks.json()).to.deep.equal([1, 2])
    expect(forks.headers.get('link')).to.include('rel="next"')
    expect(await sim.json('/events')).to.deep.equal([])
    sim.github.setBody(`${hello}/languages`, undefined)
    expect(await sim.json(`${hello}/languages`)).to.have.property('JavaScript')
  })

  it('goes down in each way and comes back on its port', async () => {
    for (const how of ['refuse', 'reset'] as const) {
      await sim.github.goDown(how)
      expect(await failed(sim.get('/emojis')), how).to.equal(true)
      await sim.github.goUp()
      expect((await sim.get('/emojis')).status).to.equal(200)
    }
    await sim.github.goDown(503)
    expect((await sim.get('/emojis')).status).to.equal(503)
    await sim.github.goUp()
    expect((await sim.get('/emojis')).status).to.equal(200)
  })

  it('cuts calls that are under way when it goes down', async () => {
    const hold = sim.github.hold('/emojis')
    const answer = failed(sim.get('/emojis'))
    await hold.arrived
    await sim.github.goDown()
    expect(await answer).to.equal(true)
    hold.release()
  })

  it('refuses callers without a user agent', async () => {
    const response = await sim.get('/emojis', alice, { 'user-agent': '' })
    expect(response.status).to.equal(403)
  })

  it('stops twice, and with calls held', async () => {
    const github: GitHub = await startGitHub()
    const hold = github.hold(/./)
    const answer = failed(fetch(github.url))
    await hold.arrived
    await Promise.all([github.stop(), github.stop()])
    await answer
    expect(await failed(fetch(github.url))).to.equal(true)
  })
})

describe('startGitHub', () => {
  it('gives the same data for the same seed', async () => {
    const text = async (seed: number) => {
      const github = await startGitHub({ seed, apiUrl: 'https://api.github.com' })
      const body = await (await fetch(`${github.url}${hello}/issues`)).text()
      await github.stop()
      return body
    }
    const [a, b, c] = [await text(7), await text(7), await text(8)]
    expect(a).to.equal(b).not.to.equal(c)
    expect(a).to.include('"url":"https://api.github.com/repos/octocat/Hello-World/issues/')
  })

  it('serves below a base path', async () => {
    const github = await startGitHub({ basePath: '/api/v3' })
    expect(github.url).to.match(/\/api\/v3$/)
    const response = await fetch(`${github.url}${hello}/issues?per_page=1`)
    expect(response.headers.get('link')).to.include(`<${github.url}/repositories/`)
    expect(github.calls[0]?.path).to.equal(`${hello}/issues`)
    expect((await fetch(github.url.replace('/api/v3', hello))).status).to.equal(404)
    await github.stop()
  })

  it('takes its own world', async () => {
    const github = await startGitHub({
      repositories: [{ fullName: 'me/mine', visibility: 'private', issues: 0, pulls: 0, files: { 'a/b.txt': 'x' } }],
      tokens: { t1: { login: 'me', limit: 10 }, t2: { login: 'you', permissions: { 'me/mine': 'pull' } } }
    })
    const get = (as: string) =>
      fetch(`${github.url}/repos/me/mine/contents/a/b.txt`, { headers: { authorization: as } })
    expect((await get('token t1')).headers.get('x-ratelimit-limit')).to.equal('10')
    expect((await get('token t2')).status).to.equal(200)
    await github.stop()
  })

  it('says what is wrong with an option', async () => {
    const error = async (options: object) =>
      startGitHub(options)
        .then(() => '')
        .catch((e: Error) => e.message)
    expect(await error({ port: 70000 })).to.equal('port must be a whole number from 0 to 65535, got 70000')
    expect(await error({ basePath: 'api' })).to.equal('basePath must be "" or like "/api/v3", got "api"')
    expect(await error({ repositories: [{ fullName: 'x' }] })).to.equal('fullName must be "owner/name", got "x"')
  })
})
