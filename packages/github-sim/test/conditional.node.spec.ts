import { expect } from 'chai'
import { etagOf } from '../src/index.ts'
import { alice, bare, bob, hello, secret, withGitHub } from './helpers.ts'

describe('ETags and conditional requests', () => {
  const sim = withGitHub()

  it('hashes Accept, Authorization, Cookie and the body', async () => {
    const accept = 'application/vnd.github+json'
    const response = await sim.get(hello, alice, { accept, cookie: 'a=b' })
    const body = await response.text()
    expect(bare(response)).to.equal(etagOf({ accept, authorization: alice, cookie: 'a=b', body }))
    expect(response.headers.get('cache-control')).to.equal('private, max-age=60, s-maxage=60')
    expect(response.headers.get('vary')).to.include('Authorization')
  })

  it('hashes Accept and the body for anonymous callers', async () => {
    const response = await sim.get(hello, undefined, { accept: '*/*', cookie: 'a=b' })
    expect(bare(response)).to.equal(etagOf({ accept: '*/*', body: await response.text() }))
    expect(response.headers.get('cache-control')).to.equal('public, max-age=60, s-maxage=60')
    expect(response.headers.get('vary')).not.to.include('Authorization')
  })

  it('treats an App like an anonymous caller in the hash', async () => {
    sim.github.addToken('sim-app', { login: 'an-app', kind: 'app' })
    const response = await sim.get(hello, 'Bearer sim-app', { accept: '*/*' })
    expect(bare(response)).to.equal(etagOf({ accept: '*/*', body: await response.text() }))
    expect(response.headers.get('cache-control')).to.include('public')
  })

  it('gives token and Bearer different ETags', async () => {
    const path = `${hello}/languages`
    const [a, b] = await Promise.all([sim.get(path, alice), sim.get(path, 'Bearer sim-token-alice')])
    expect(await a.text()).to.equal(await b.text())
    expect(bare(a)).not.to.equal(bare(b))
  })

  it('accepts an ETag that another caller computed from the same body', async () => {
    const accept = '*/*'
    const path = `${hello}/issues`
    const body = await (await sim.get(path, alice, { accept })).text()
    const etag = `"${etagOf({ accept, authorization: bob, body })}"`
    const response = await sim.get(path, bob, { accept, 'if-none-match': etag })
    expect(response.status).to.equal(304)
    expect(sim.github.units('bob')).to.equal(0)
  })

  it('sends weak and strong forms', async () => {
    const forms = new Set<boolean>()
    for (let i = 0; i < 20; i++) forms.add(!!(await sim.get('/emojis', alice)).headers.get('etag')?.startsWith('W/'))
    expect(forms.size).to.equal(2)
  })

  it('prints prettily after hashing', async () => {
    const headers = { accept: '*/*', 'user-agent': 'curl/8.0' }
    const pretty = await sim.get('/repos/octocat/Hello-World/deployments', undefined, headers)
    const compact = await sim.get('/repos/octocat/Hello-World/deployments', undefined, { accept: '*/*' })
    expect(bare(pretty)).to.equal(bare(compact))
    const [long, short] = [await pretty.text(), await compact.text()]
    expect(long).to.match(/^\[\n {2}\{\n {4}"url": /)
    expect(short).to.include('"build":9007199254740993,"ratio":1.0')
    expect(long).to.include('"build": 9007199254740993')
  })

  it('answers 304 without content type and Link, free only with a token', async () => {
    const path = `${hello}/issues?per_page=5`
    for (const as of [alice, undefined]) {
      const first = await sim.get(path, as)
      expect(first.headers.get('link')).to.include('rel="next"')
      const again = await sim.get(path, as, { 'if-none-match': first.headers.get('etag') ?? '' })
      expect(again.status).to.equal(304)
      expect(again.headers.has('content-type')).to.equal(false)
      expect(again.headers.has('link')).to.equal(false)
      expect(bare(again)).to.equal(bare(first))
      expect(again.headers.get('x-ratelimit-used')).to.equal(as ? '1' : '2')
    }
    expect(sim.github.calls.map((c) => c.units)).to.deep.equal([1, 0, 1, 1])
  })

  it('does not cover Link: a full last page gains a next one and is still unchanged', async () => {
    const repository = sim.github.repository('octocat/Hello-World')
    repository.setIssues(10)
    const path = `${hello}/issues?direction=asc&per_page=10`
    const first = await sim.get(path, alice)
    expect(first.headers.has('link')).to.equal(false)
    repository.addIssue()
    const again = await sim.get(path, alice, { 'if-none-match': first.headers.get('etag') ?? '' })
    expect(again.status).to.equal(304)
    expect((await sim.get(path, alice)).headers.get('link')).to.include('rel="next"')
  })

  it('gives a file one git object id as the ETag of both forms', async () => {
    const json = await sim.get(`${hello}/readme`, alice)
    const raw = await sim.get(`${hello}/readme`, bob, { accept: 'application/vnd.github.raw+json' })
    const { sha, content } = (await json.json()) as { sha: string; content: string }
    expect(bare(json))
      .to.equal(sha)
      .to.match(/^[0-9a-f]{40}$/)
    expect(bare(raw)).to.equal(sha)
    expect(raw.headers.get('content-type')).to.equal('application/vnd.github.raw+json; charset=utf-8')
    expect(await raw.text()).to.equal(Buffer.from(content, 'base64').toString())
    const old = json.headers.get('etag') ?? ''
    expect((await sim.get(`${hello}/readme`, alice, { 'if-none-match': old })).status).to.equal(304)
    sim.github.repository('octocat/Hello-World').setFile('README.md', '# New')
    expect((await sim.get(`${hello}/readme`, alice, { 'if-none-match': old })).status).to.equal(200)
  })

  it('knows If-Modified-Since, and prefers If-None-Match', async () => {
    const path = `${hello}/releases/latest`
    const first = await sim.get(path, alice)
    const since = { 'if-modified-since': first.headers.get('last-modified') ?? '' }
    sim.github.repository('octocat/Hello-World').addDownloads()
    expect((await sim.get(path, alice, since)).status).to.equal(304)
    const both = { ...since, 'if-none-match': first.headers.get('etag') ?? '' }
    expect((await sim.get(path, alice, both)).status).to.equal(200)
  })

  it('can change fields that the ETag misses', async () => {
    const first = await sim.get(hello, alice)
    const ifNoneMatch = { 'if-none-match': first.headers.get('etag') ?? '' }
    sim.github.repository('octocat/Hello-World').update({ subscribers_count: 4711 }, { keepEtag: true })
    expect((await sim.get(hello, alice, ifNoneMatch)).status).to.equal(304)
    expect((await sim.json(hello, alice)).subscribers_count).to.equal(4711)
    sim.github.repository('octocat/Hello-World').update({ description: 'other' })
    expect((await sim.get(hello, alice, ifNoneMatch)).status).to.equal(200)
  })

  it('can change to ETags that clients cannot compute', async () => {
    const before = await sim.get('/emojis', alice)
    sim.github.driftEtags()
    const after = await sim.get('/emojis', alice, { 'if-none-match': before.headers.get('etag') ?? '' })
    expect(after.status).to.equal(200)
    const again = await sim.get('/emojis', alice, { 'if-none-match': after.headers.get('etag') ?? '' })
    expect(again.status).to.equal(304)
    sim.github.driftEtags(false)
    expect(bare(await sim.get('/emojis', alice))).to.equal(bare(before))
  })

  it('has no ETag on searches, errors and /rate_limit', async () => {
    for (const path of ['/search/issues?q=crash', '/rate_limit', '/nowhere', secret]) {
      expect((await sim.get(path, bob)).headers.has('etag'), path).to.equal(false)
    }
  })

  it('keeps the API version out of the hash, but not out of the body', async () => {
    const path = `${hello}/issues/1`
    const old = await sim.get(path, alice, { 'x-github-api-version': '2022-11-28' })
    const young = await sim.get(path, alice, { 'x-github-api-version': '2026-03-10' })
    expect(await old.json()).to.have.property('assignee')
    expect(await young.json()).not.to.have.property('assignee')
    expect((await sim.get(path, alice, { 'x-github-api-version': '1999-01-01' })).status).to.equal(400)
  })
})
