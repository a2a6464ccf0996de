import { expect } from 'chai'
import { dated, repo, scene, shared, status } from './members.ts'

const issues = `${repo}/issues`

describe('keys', () => {
  const s = scene()

  it('all spellings of “JSON, please” are one', async () => {
    const a = await s.member()
    const spellings = ['', '*/*', 'application/json', 'application/vnd.github+json', 'application/vnd.github.v3+json']
    spellings.push('application/vnd.github.mercy-preview+json', 'application/vnd.github.v3', 'APPLICATION/JSON')
    await a.ask(issues)
    for (const accept of spellings) {
      expect(status(await a.ask(issues, { headers: { accept } })), accept).to.equal('ghmesh; hit')
    }
    expect(s.github.count(issues)).to.equal(1)
    expect(s.github.calls[0]?.accept).to.equal('application/vnd.github+json')
  })

  it('the raw and the JSON form of a file are two, though GitHub gives them one ETag', async () => {
    const a = await s.member()
    const readme = `${repo}/contents/README.md`
    const raw = { headers: { accept: 'application/vnd.github.raw+json' } }
    for (let n = 0; n < 2; n++) {
      const json = await a.json(readme)
      const answer = await a.ask(readme, raw)
      expect(answer.headers.get('content-type')).to.match(/^application\/vnd\.github\.raw/)
      expect(await answer.text()).to.equal(Buffer.from(json.content, 'base64').toString())
    }
    expect(s.github.count(readme)).to.equal(2)
    s.now += 61_000
    expect(status(await a.ask(readme, raw))).to.match(/fwd-status=304/)
    expect(await (await a.ask(readme, raw)).text()).to.match(/^#/)
  })

  it('API versions are apart', async () => {
    const a = await s.member()
    const one = `${issues}/1`
    const version = { headers: { 'x-github-api-version': '2026-03-10' } }
    expect(await a.json(one)).to.have.property('assignee')
    expect(await a.json(one, version)).not.to.have.property('assignee')
    expect(status(await a.ask(one, version))).to.equal('ghmesh; hit')
    expect(s.github.count(one)).to.equal(2)
  })

  it('no API version and GitHub’s default one are one, and each request goes out as it came', async () => {
    const [a, b] = await s.two()
    const named = { headers: { 'x-github-api-version': '2022-11-28' } }
    await shared(a, b, issues, named)
    expect(status(await a.ask(issues))).to.equal('ghmesh; hit')
    for (const init of [named, {}]) expect(status(await b.ask(issues, init))).to.equal('ghmesh; hit; detail=peer')
    expect(s.github.count(issues)).to.equal(1)
    expect(a.sent[0]?.headers.get('x-github-api-version')).to.equal('2022-11-28')
    await a.ask(`${issues}/1`)
    expect(a.sent.at(-1)?.headers.has('x-github-api-version')).to.equal(false)
  })

  it('where the default has become another one, its answers are not kept as the old one’s', async () => {
    const a = await s.member()
    const headers = { 'x-github-api-version-selected': '2028-03-10', 'content-type': 'application/json' }
    s.github.respond(`${issues}/1`, dated(s, '{}', { headers: { ...headers, 'cache-control': 'private, max-age=60' } }))
    for (let n = 0; n < 2; n++) expect(status(await a.ask(`${issues}/1`))).to.match(/fwd=uri-miss; fwd-status=200$/)
  })

  it('what depends on a header that no key knows is not kept (RFC 9111, section 4.1)', async () => {
    const a = await s.member()
    const kept = { 'content-type': 'application/json', 'cache-control': 'private, max-age=60' }
    for (const [vary, sent, isKept] of [
      [
        'Accept, Authorization, Cookie, X-GitHub-OTP,Accept-Encoding, Accept, X-Requested-With',
        'x-requested-with',
        true
      ],
      ['Accept, , Accept-Language', 'time-zone', true],
      ['Accept,Accept-Language', 'accept-language', false],
      ['Accept, *', 'time-zone', false]
    ] as const) {
      const path = `${issues}/${s.github.repository('octocat/Hello-World').addIssue({})}`
      s.github.respond(path, dated(s, '{}', { headers: { ...kept, vary } }), 1)
      const answer = await a.ask(path, { headers: { [sent]: 'x' } })
      expect(status(answer), vary).to.equal(`ghmesh; fwd=uri-miss; fwd-status=200${isKept ? '; stored' : ''}`)
    }
  })

  const forms = {
    'a personal token': `ghp_${'a1B2'.repeat(9)}`,
    'an installation’s, of 520 characters': `ghs_1234567_eyJhbGciOiJSUzI1NiJ9.${'a_-1'.repeat(41)}.${'Zz-_'.repeat(80)}`,
    'one of before 2021': '0123456789abcdef'.repeat(3).slice(0, 40)
  }
  for (const [form, token] of Object.entries(forms))
    it(`one token is one viewer, however it is sent, and each spelling has GitHub’s own ETag: ${form}`, async () => {
      s.github.addToken(token, { login: 'alice' })
      const a = await s.member({ token: undefined })
      const spellings = [`token ${token}`, `Bearer ${token}`, `bearer ${token}`, `TOKEN  ${token}`]
      spellings.push(`Basic ${btoa(`alice:${token}`)}`, `basic ${btoa(`x-access-token:${token}`)}`)
      spellings.push(`Basic ${btoa(`${token}:`)}`, `Basic ${btoa(`${token}:x-oauth-basic`)}`)
      const all = spellings.map((authorization) => ({ headers: { authorization } }))
      for (const path of ['/user', `${issues}/1`]) {
        for (const [i, init] of all.entries()) {
          const answer = await a.ask(path, init)
          expect(status(answer), spellings[i]?.split(' ')[0]).to.match(i ? /^ghmesh; hit$/ : /fwd-status=200/)
          const plain = await fetch(s.github.url + path, {
            headers: { ...init.headers, accept: 'application/vnd.github+json' }
          })
          const etag = ({ headers }: Response) => headers.get('etag')?.replace(/^W\//, '')
          expect(etag(answer), spellings[i]?.split(' ')[0]).to.equal(etag(plain))
        }
        s.now += 61_000
        for (const init of all) {
          expect(status(await a.ask(path, { ...init, cache: 'no-cache' }))).to.match(/fwd-status=304/)
        }
      }
    })

  it('… but only GitHub tells what else a password or a JWT may do', async () => {
    const a = await s.member({ token: undefined })
    await a.ask('/emojis')
    const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxIn0.x'
    s.github.addToken(jwt, { login: 'alice' })
    for (const authorization of [`Bearer ${jwt}`, `token ${jwt}`, `Basic ${btoa(`id:${jwt}`)}`])
      expect(status(await a.ask('/user', { headers: { authorization } }))).to.match(/fwd=uri-miss/)
  })

  it('other headers of GitHub’s that change answers make a request pass through', async () => {
    const a = await s.member()
    await a.ask(issues)
    expect(status(await a.ask(issues, { headers: { 'x-github-next-global-id': '1' } }))).to.equal(null)
  })

  it('the order of the query does not count, its values do', async () => {
    const a = await s.member()
    await a.ask(`${issues}?per_page=5&page=2`)
    expect(status(await a.ask(`${issues}?page=2&per_page=5`))).to.equal('ghmesh; hit')
    for (const query of ['?page=3&per_page=5', '?page=2&per_page=6', '', '?page=2&per_page=5&labels=Bug']) {
      expect(status(await a.ask(issues + query)), query).to.match(/fwd=uri-miss/)
    }
    expect(status(await a.ask(`${issues}?page=2&per_page=5&labels=bug`)), 'case of a value').to.match(/fwd=uri-miss/)
  })

  it('repeated parameters keep their order', async () => {
    const a = await s.member()
    await a.ask(`${issues}?x=1&x=2`)
    expect(status(await a.ask(`${issues}?x=2&x=1`))).to.match(/fwd=uri-miss/)
  })

  it('owner and repository have no case; what follows has', async () => {
    const a = await s.member()
    await a.ask(`${repo}/contents/README.md`)
    expect(status(await a.ask('/repos/OctoCat/hello-WORLD/contents/README.md'))).to.equal('ghmesh; hit')
    expect((await a.ask('/repos/octocat/hello-world/contents/readme.md')).status).to.equal(404)
    await a.ask('/users/octocat')
    expect(status(await a.ask('/users/OCTOCAT'))).to.equal('ghmesh; hit')
  })

  it('the answer names the URL that was asked for, not its canonical form', async () => {
    const a = await s.member()
    for (const path of [issues, '/repos/OctoCat/hello-WORLD/issues', `${issues}?page=1&a=2`]) {
      expect((await a.ask(path)).url).to.equal(s.github.url + path)
    }
  })

  it('a media type that GitHub does not know fails as GitHub says, and is not kept', async () => {
    const a = await s.member()
    for (let n = 1; n <= 2; n++) {
      expect((await a.ask(issues, { headers: { accept: 'image/png' } })).status).to.equal(415)
      expect(s.github.count(issues)).to.equal(n)
    }
  })
})
