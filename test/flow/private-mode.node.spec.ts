import type { Call } from '@ghmesh/github-sim'
import { expect } from 'chai'
import { bob, dated, failWith, minute, next, repo, scene, shared, status } from './members.ts'

const issues = `${repo}/issues`
const without = { credentials: 'omit' } as const
const modes = ['default', 'no-cache', 'force-cache', 'only-if-cached'] as const

describe('a GitHub Enterprise Server in private mode', () => {
  const s = scene({ privateMode: true, basePath: '/api/v3' })

  // README: "From GitHub Enterprise Server"
  it('gives what a token saw to tokens, and to nobody else: not from this member’s cache', async () => {
    const a = await s.member()
    const known = next(a, 'announced', '/issues')
    await a.ask(repo) // says that it is public
    await a.ask(issues)
    await known
    for (const cache of modes)
      expect((await a.ask(issues, { ...without, cache })).status, cache).to.equal(
        cache === 'only-if-cached' ? 504 : 401
      )
    expect(await a.peek(issues, without)).to.equal(undefined)
    expect((await a.ask(issues)).status).to.equal(200)
  })

  // README: "From GitHub Enterprise Server"
  it('… nor from what a member told', async () => {
    const [a, b] = await s.two()
    await shared(a, b, issues)
    for (const cache of modes)
      expect((await b.ask(issues, { ...without, cache })).status, cache).to.equal(
        cache === 'only-if-cached' ? 504 : 401
      )
    expect(await b.peek(issues, without)).to.equal(undefined)
    expect(status(await b.ask(issues))).to.equal('ghmesh; hit; detail=peer')
  })

  it('… nor while GitHub cannot answer, nor from a request of a token that is under way', async () => {
    const a = await s.member()
    const hold = s.github.hold(issues)
    const [first, second] = [a.ask(issues), a.ask(issues, without)]
    await hold.arrived
    hold.release()
    expect([(await first).status, (await second).status]).to.deep.equal([200, 401])
    s.now += 2 * minute
    failWith(s, 502)
    expect((await a.ask(issues, without)).status).to.equal(502)
    expect((await a.ask(issues)).status).to.equal(200)
  })
})

describe('a local client without a token', () => {
  const s = scene({ privateMode: true, basePath: '/api/v3' })

  it('does not keep members from what they share, by asking for what it is not shown', async () => {
    const [a, b] = await s.two()
    const isNobodys = ({ login, path }: Pick<Call, 'login' | 'path'>) => !login && /hello-world$/i.test(path)
    s.github.respond(isNobodys, dated(s, '{}', { status: 404 }))
    expect((await a.ask(repo, without)).status).to.equal(404)
    await shared(a, b, issues)
    expect(status(await b.ask(issues))).to.equal('ghmesh; hit; detail=peer')
  })
})

describe('a GitHub Enterprise Server that is open', () => {
  const s = scene({ basePath: '/api/v3' })

  // README: "From GitHub Enterprise Server"
  // README: "`GITHUB_API_URL`"
  it('is asked once without a token; then what tokens saw is for all', async () => {
    const [a, b] = await s.two()
    await shared(a, b, issues)
    await shared(a, b, `${repo}/labels`)
    expect(status(await b.ask(issues, without))).to.match(/fwd=vary-miss; fwd-status=(200|304)/)
    expect(status(await b.ask(`${repo}/labels`, without))).to.equal('ghmesh; hit; detail=peer')
    expect(status(await b.ask(issues, without))).to.match(/^ghmesh; hit/)
    expect(s.github.count((call) => call.login === undefined)).to.equal(1)
  })

  it('what an answer without a token showed goes to those without one at members too', async () => {
    const [a, b] = [await s.member({ token: undefined }), await s.member({ token: bob })]
    await s.connect(a, b)
    await shared(a, b, issues)
    expect(status(await b.ask(issues, without))).to.equal('ghmesh; hit; detail=peer')
  })
})
