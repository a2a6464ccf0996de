import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { alice, as, repo, scene, status, until } from './members.ts'

const issues = `${repo}/issues`

describe('what is not the cache’s', () => {
  const s = scene()

  it('another origin gets the request as it is, without the token', async () => {
    const seen: Record<string, unknown>[] = []
    const server = createServer((request, response) => {
      seen.push(request.headers)
      response.end('hello')
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const a = await s.member()
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${repo}`
    expect(await (await a.mesh.fetch(url)).text()).to.equal('hello')
    await a.mesh.fetch(url, { headers: { 'x-own': '1' } })
    server.close()
    server.closeAllConnections()
    expect(seen).to.have.length(2)
    for (const headers of seen) expect(headers).not.to.have.property('authorization')
    expect(seen[1]).to.include({ 'x-own': '1' })
  })

  describe('an own If-None-Match', () => {
    const has = (etag: string) => ({ headers: { 'if-none-match': etag } })

    // README: "There are also small named values"
    it('costs nothing, whether the cache has it fresh, stale or not at all', async () => {
      const a = await s.member()
      const etag = (await a.ask(issues)).headers.get('etag') ?? ''
      const spent = s.github.units()
      for (const step of ['fresh', 'stale', 'cleared', 'cleared again'] as const) {
        if (step === 'stale') s.now += 61_000
        if (step === 'cleared') await a.mesh.clear()
        for (const tag of [etag, `"other", W/${etag.replace(/^W\//, '')}`]) {
          const answer = await a.ask(issues, has(tag))
          expect([answer.status, await answer.text()], step).to.deep.equal([304, ''])
          expect(answer.headers.get('etag')?.replace(/^W\//, '')).to.equal(etag.replace(/^W\//, ''))
        }
      }
      expect(s.github.units() - spent).to.be.at.most(1) // for the repository
      expect(status(await a.ask(issues, { ...has(etag), cache: 'force-cache' }))).to.match(
        /fwd=uri-miss; fwd-status=304/
      )
    })

    it('gets the whole answer where it names another one, and what follows is free', async () => {
      const a = await s.member()
      for (const [n, said] of [/fwd=uri-miss; fwd-status=200; stored/, /^ghmesh; hit$/].entries()) {
        const answer = await a.ask(issues, has('"another"'))
        expect([answer.status, (await answer.json()).length], String(n)).to.deep.equal([200, 30])
        expect(status(answer)).to.match(said)
      }
      expect((await a.ask(issues, has('*'))).status).to.equal(304)
    })

    it('is nobody else’s: who asks for the same without one gets the whole', async () => {
      const a = await s.member()
      const etag = (await a.ask(issues)).headers.get('etag') ?? ''
      await a.mesh.clear()
      const hold = s.github.hold(issues)
      const both = [a.ask(issues, has(etag)), a.ask(issues)]
      await hold.arrived
      await until(() => hold.waiting === 2)
      hold.release()
      expect((await Promise.all(both)).map((answer) => answer.status)).to.deep.equal([304, 200])
    })
  })

  it('If-Modified-Since gets GitHub’s 304', async () => {
    const a = await s.member()
    const since = await a.ask(repo, { headers: { 'if-modified-since': new Date(s.now).toUTCString() } })
    expect(since.status).to.equal(304)
  })

  it('a hit carries an ETag that GitHub knows', async () => {
    const a = await s.member()
    await a.ask(issues)
    const etag = (await a.ask(issues)).headers.get('etag') ?? ''
    const headers = { 'if-none-match': etag, accept: 'application/vnd.github+json' }
    expect((await a.ask(issues, { headers })).status).to.equal(304)
  })

  it('Range, /rate_limit and archives are passed on, each time', async () => {
    const a = await s.member()
    for (const [path, headers] of [
      [issues, { range: 'bytes=0-10' }],
      ['/rate_limit', {}],
      [`${repo}/tarball`, {}]
    ] as const) {
      s.github.clearCalls()
      for (let n = 1; n <= 2; n++) expect((await a.ask(path, { headers })).status).to.equal(200)
      expect(s.github.count(path), path).to.equal(2)
    }
    expect(s.github.downloads).to.have.length(2)
    expect(s.github.downloads.map(({ authorization }) => authorization)).to.deep.equal([false, false])
    expect(a.mesh.stats().requests).to.equal(0)
  })

  it('a redirect elsewhere on a route that is cached is followed without the token, and not kept', async () => {
    const a = await s.member()
    const target = `${s.github.filesUrl}/octocat/file`
    s.github.respond(`${repo}/readme`, Response.redirect(target, 302))
    for (let n = 0; n < 2; n++) {
      const answer = await a.ask(`${repo}/readme`)
      expect(await answer.text()).to.match(/simulated download/)
      expect(answer.url).to.equal(target)
    }
    expect(s.github.downloads.map(({ authorization }) => authorization)).to.deep.equal([false, false])
  })

  it('a caller that wants to see redirects sees them as plain fetch shows them', async () => {
    const a = await s.member()
    for (const path of [`${repo}/tarball/main`, `${repo}/actions/runs/1/logs`]) {
      const init = { ...as(alice), redirect: 'manual' } as const
      const [mine, plain] = await Promise.all([a.ask(path, init), fetch(s.github.url + path, init)])
      const seen = [mine, plain].map(({ status, headers, type }) => [status, type, headers.get('location')])
      expect(seen[0]).to.deep.equal(seen[1])
    }
    expect(s.github.downloads).to.deep.equal([])
  })

  it('writes go to GitHub with the member’s token, body and all', async () => {
    const a = await s.member({ limits: { recheckMs: [] } })
    const body = JSON.stringify({ title: 'Made by POST' })
    const made = await a.ask(issues, { method: 'POST', body })
    expect(made.status).to.equal(201)
    expect(status(made)).to.equal(null)
    const { number, title } = await made.json()
    expect(title).to.equal('Made by POST')
    const edit = new Request(`${s.github.url}${issues}/${number}`, { method: 'PATCH', body: '{"title":"Edited"}' })
    expect((await (await a.mesh.fetch(edit)).json()).title).to.equal('Edited')
    expect(s.github.calls.every(({ login }) => login === 'alice')).to.equal(true)
  })

  // README: "Requests that it does not cache,"
  it('reaches GitHub as plain fetch sends it, but for the member’s token', async () => {
    const seen: unknown[] = []
    const server = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString()
      const { authorization, ...headers } = request.headers
      seen.push({ method: request.method, url: request.url, headers, body })
      tokens.push(authorization)
      response.end('{}')
    }).listen(0, '127.0.0.1')
    const tokens: unknown[] = []
    await once(server, 'listening')
    const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const a = await s.member({ apiUrl, limits: { recheckMs: [] } })
    const json = { 'content-type': 'application/json', accept: 'application/vnd.github.diff', 'x-own': '1' }
    const wishes: [path: string, init: RequestInit][] = [
      [issues, { method: 'POST', headers: json, body: '{ "title":  "ä" }' }],
      [`${issues}/1/labels?a=%20b&a=`, { method: 'PUT', headers: { 'x-http-method-override': 'x' }, body: '[]' }],
      [`${issues}/1/labels`, { method: 'DELETE', headers: { 'x-github-api-version': '2026-03-10' } }],
      ['/graphql', { method: 'POST', body: '{"query":"{ viewer { login } }"}' }],
      [`${repo}/contents/a%2Fb`, { headers: { range: 'bytes=0-10', accept: '*/*' } }],
      ['/rate_limit', { headers: { accept: '' } }]
    ]
    try {
      for (const [path, init] of wishes) {
        seen.length = tokens.length = 0
        for (const way of [a.mesh.fetch, fetch]) await (await way(apiUrl + path, init)).text()
        expect(seen[0], path).to.deep.equal(seen[1])
        expect(tokens, path).to.deep.equal([`Bearer ${alice}`, undefined])
      }
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })

  it('OPTIONS changes nothing (RFC 9110, section 9.2.1)', async () => {
    const a = await s.member()
    await a.ask(issues)
    await a.ask(issues, { method: 'OPTIONS' })
    expect(status(await a.ask(issues))).to.equal('ghmesh; hit')
  })

  // README: "Requests that it does not cache,"
  it('an own Authorization wins over the member’s', async () => {
    const a = await s.member()
    await a.ask(issues, { method: 'POST', body: '{"title":"x"}', headers: { authorization: 'token sim-token-bob' } })
    await a.ask(issues, { headers: { authorization: 'token sim-token-bob' } })
    expect(s.github.calls.slice(0, 2).map(({ login }) => login)).to.deep.equal(['bob', 'bob'])
  })
})
