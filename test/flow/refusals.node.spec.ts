import { expect } from 'chai'
import { as, bob, dated, type Member, repo, scene, second, status } from './members.ts'

const issues = `${repo}/issues`

describe('answers that are none', () => {
  const s = scene()
  let a: Member
  beforeEach(async () => {
    a = await s.member()
  })

  it('a 404 is remembered for a moment, for its token alone', async () => {
    const path = `${repo}/issues/9999`
    const b = await s.member({ token: bob })
    await s.connect(a, b)
    for (let n = 0; n < 3; n++) expect((await a.ask(path)).status).to.equal(404)
    expect(s.github.count(path)).to.equal(1)
    expect((await a.ask(path, as(bob))).status).to.equal(404)
    expect((await b.ask(path)).status).to.equal(404)
    expect(s.github.count(path)).to.equal(3)
    expect((await a.ask(path, { cache: 'no-cache' })).status).to.equal(404)
    expect(s.github.count(path)).to.equal(4)
    s.now += 11 * second
    await a.ask(path)
    expect(s.github.count(path)).to.equal(5)
  })

  it('what was missing and is made by an own write is found at once', async () => {
    const number = Math.max(...s.github.repository('octocat/Hello-World').issueNumbers) + 1
    expect((await a.ask(`${issues}/${number}`)).status).to.equal(404)
    s.now += second
    await a.ask(issues, { method: 'POST', body: '{"title":"Now"}' })
    s.now += second
    const found = await a.ask(`${issues}/${number}`)
    expect(found.status).to.equal(200)
  })

  it('a 401 is not remembered', async () => {
    for (let n = 1; n <= 2; n++) {
      expect((await a.ask(issues, as('unknown'))).status).to.equal(401)
      expect(s.github.count(issues)).to.equal(n)
    }
  })

  it('a proxy’s page instead of JSON is handed on, not kept', async () => {
    s.github.respondOnce(issues, dated(s, '<html>Log in</html>', { headers: { 'content-type': 'text/html' } }))
    expect(await (await a.ask(issues)).text()).to.equal('<html>Log in</html>')
    expect(await a.json(issues)).to.have.length(30)
  })

  it('a proxy’s page with a wrong date does not keep old answers fresh', async () => {
    await a.ask(issues)
    const headers = { 'content-type': 'text/html', date: 'Mon, 01 Jan 2001 00:00:00 GMT' }
    s.github.respondOnce(`${repo}/labels`, new Response('<html>Log in</html>', { headers }))
    await a.ask(`${repo}/labels`)
    s.now += 61 * second
    expect(status(await a.ask(issues))).to.match(/fwd-status=304/)
  })

  it('a body larger than the cache takes is handed on whole, and not kept', async () => {
    const small = await s.member({ maxEntryBytes: 1000 })
    for (let n = 1; n <= 2; n++) expect(await small.json(issues)).to.have.length(30)
    expect(s.github.count(issues)).to.equal(2)
    expect(small.mesh.stats().entries).to.equal(0)
  })
})
