import { expect } from 'chai'
import {
  as,
  bob,
  dated,
  type Init,
  type Member,
  minute,
  repo,
  scene,
  second,
  secretRepo,
  shared,
  status
} from './members.ts'

const lists = ['issues', 'labels', 'tags', 'commits', 'branches', 'pulls', 'milestones'].map(
  (name) => `${repo}/${name}`
)
const issues = `${repo}/issues`

describe('ETags', () => {
  const s = scene()
  const warned = (member: Member) => member.warnings.filter((text) => /ETag/i.test(text)).length
  const codes = (path: string) => s.github.calls.filter((call) => call.path === path).map((call) => call.status)

  it('another scheme is noticed once, survived, and recovered from', async () => {
    const a = await s.member()
    for (const path of lists) await a.ask(path)
    s.github.driftEtags()
    for (let round = 0; round < 4; round++) {
      s.now += 61 * second
      for (const path of lists) expect((await a.ask(path)).status).to.equal(200)
      expect(warned(a), `round ${round}`).to.equal(1)
    }
    // The first look after the change finds no 304; later ones do, by the ETag that GitHub gave this token.
    for (const path of lists) expect(codes(path), path).to.deep.equal([200, 200, 304, 304, 304])
    s.github.driftEtags(false)
    for (let round = 0; round < 2; round++) {
      s.now += 11 * minute
      for (const path of lists) await a.ask(path)
    }
    for (const path of lists) expect(codes(path).slice(5), path).to.deep.equal([200, 304])
    s.now += 61 * second
    await a.ask(issues, as(bob))
    expect(s.github.calls.at(-1), 'bodies can be revalidated with any token again').to.include({
      login: 'bob',
      units: 0
    })
    expect(warned(a)).to.equal(1)
  })

  it('hits have theirs again once the scheme is known again', async () => {
    const a = await s.member()
    const etag = async (init?: Init) => (await a.ask(issues, init)).headers.get('etag')?.replace('W/', '')
    const hit = () => etag({ cache: 'force-cache' })
    const before = await etag()
    s.github.driftEtags()
    for (const path of lists) if (path !== issues) await a.ask(path)
    expect(await hit(), 'while it is unknown').to.equal(undefined)
    s.github.driftEtags(false)
    s.now += 11 * minute
    expect(await hit()).to.equal(before)
  })

  it('while the scheme is unknown a member’s stale body is asked anew, and right', async () => {
    const [a, b] = await s.two()
    s.github.driftEtags()
    for (const path of lists) await shared(a, b, path)
    expect(status(await b.ask(issues)), 'a fresh one is served').to.equal('ghmesh; hit; detail=peer')
    s.now += 61 * second
    s.github.repository('octocat/Hello-World').addIssue({ title: 'Later' })
    expect((await b.json(issues))[0].title).to.equal('Later')
  })

  it('a file is revalidated by its object id, with any token', async () => {
    const [a, b] = await s.two()
    const readme = `${repo}/contents/README.md`
    await shared(a, b, readme)
    s.now += 61 * second
    expect(status(await b.ask(readme))).to.match(/fwd-status=304/)
    expect(s.github.units('bob')).to.equal(0)
    s.github.repository('octocat/Hello-World').setFile('README.md', '# Changed')
    s.now += 61 * second
    expect(Buffer.from((await b.json(readme)).content, 'base64').toString()).to.equal('# Changed')
  })

  it('… but not where a URL in it holds a token, which expires while the id stays', async () => {
    const a = await s.member({ secret: undefined })
    const path = `${secretRepo}/contents/a.txt`
    const sha = '7fd1a60b01f91b314f59955a4e4d4e80d8edf11d'
    let query = '?token=ONE'
    s.github.respond(path, (request) => {
      const known = request.headers.get('if-none-match')?.includes(sha)
      const body = JSON.stringify({ sha, download_url: `https://raw.example/a.txt${query}` })
      const headers = { etag: `"${sha}"`, 'cache-control': 'private, max-age=60', 'content-type': 'application/json' }
      return dated(s, known ? null : body, { status: known ? 304 : 200, headers })()
    })
    for (query of ['?token=ONE', '?token=TWO', '']) {
      expect((await a.json(path)).download_url).to.equal(`https://raw.example/a.txt${query}`)
      s.now += 61 * second
    }
    expect(status(await a.ask(path)), 'without a token').to.match(/fwd-status=304/)
  })

  it('weak and strong forms are one', async () => {
    const a = await s.member()
    const forms = new Set<boolean>()
    for (let n = 0; n < 12; n++) {
      const answer = await a.ask(issues)
      forms.add(answer.headers.get('etag')?.startsWith('W/') === true)
      s.now += 61 * second
    }
    expect([...forms]).to.have.members([true, false])
    expect(codes(issues)).to.deep.equal([200, ...Array(11).fill(304)])
  })

  it('what GitHub pretty-prints for browsers and curl is revalidated with any token', async () => {
    const agent = { 'user-agent': 'curl/8.0' }
    const a = await s.member()
    const { headers } = as(bob)
    const pretty = await a.ask(issues, { headers: agent })
    expect(await pretty.json()).to.have.length(30)
    s.now += 61 * second
    await a.ask(issues, { headers: { ...headers, ...agent } })
    expect(s.github.calls.at(-1)).to.include({ login: 'bob', status: 304, units: 0, userAgent: 'curl/8.0' })
  })

  it('numbers that JavaScript cannot hold come through as they are', async () => {
    const [a, b] = await s.two()
    const body = '[{"id":9007199254740993,"score":1.0,"text":"a  b\\n \\" c"}]'
    s.github.respondOnce(
      issues,
      dated(s, body, { headers: { 'content-type': 'application/json', 'cache-control': 'max-age=60' } })
    )
    expect(await (await shared(a, b, issues)).text()).to.equal(body)
    expect(await (await b.ask(issues)).text()).to.equal(body)
  })

  it('an App’s token, whose answers do not vary by it, is understood', async () => {
    const a = await s.member()
    s.github.addToken('token-app', { login: 'app', kind: 'app' })
    for (let n = 0; n < 3; n++) {
      await a.ask(issues, as('token-app'))
      s.now += 61 * second
    }
    expect(codes(issues)).to.deep.equal([200, 304, 304])
    await a.ask(issues)
    expect(s.github.calls.at(-1)).to.include({ login: 'alice', status: 304 })
  })

  it('what has only Last-Modified is revalidated by it, with the token that fetched it', async () => {
    const a = await s.member()
    const modified = new Date(s.now - minute).toUTCString()
    const headers = { 'content-type': 'application/json', 'cache-control': 'max-age=60', 'last-modified': modified }
    s.github.respondOnce(issues, dated(s, '[]', { headers }))
    await a.ask(issues)
    s.now += 61 * second
    await a.ask(issues, as(bob))
    expect(s.github.calls.at(-1)).to.include({ login: 'bob', ifModifiedSince: undefined, status: 200 })
    s.github.respondOnce(`${repo}/labels`, dated(s, '[]', { headers }))
    await a.ask(`${repo}/labels`)
    s.now += 61 * second
    await a.ask(`${repo}/labels`)
    expect(s.github.calls.at(-1)).to.include({ login: 'alice', ifModifiedSince: modified })
  })
})
