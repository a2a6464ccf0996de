import { expect } from 'chai'
import { alice, as, bob, counter, repo, scene, secretRepo, status, until } from './members.ts'

const issues = `${repo}/issues`

describe('callers at the same moment', () => {
  const s = scene()

  it('fifty of them cost one call', async () => {
    const a = await s.member()
    const waits = counter(a, 'wait')
    const answers = await Promise.all(Array.from({ length: 50 }, () => a.ask(issues)))
    const bodies = new Set(await Promise.all(answers.map((answer) => answer.text())))
    expect(bodies.size).to.equal(1)
    expect(s.github.count(issues)).to.equal(1)
    expect(answers.filter((answer) => /collapsed/.test(status(answer) ?? ''))).to.have.length(49)
    expect(waits.count).to.equal(49)
    expect(a.mesh.stats()).to.include({ requests: 50, collapsed: 49, misses: 1 })
  })

  it('a failure reaches all of them, and the next one asks again', async () => {
    const a = await s.member()
    await s.github.goDown()
    const errors = await Promise.all(Array.from({ length: 5 }, () => a.ask(issues).catch((error) => error)))
    for (const error of errors) expect(error).to.be.instanceOf(TypeError)
    await s.github.goUp()
    expect((await a.ask(issues)).status).to.equal(200)
  })

  it('each token gets what it may see', async () => {
    const a = await s.member()
    const path = `${secretRepo}/issues`
    const hold = s.github.hold(path)
    const asked = [alice, bob, alice, bob].map((token) => a.ask(path, as(token)))
    await hold.arrived
    hold.release()
    const codes = (await Promise.all(asked)).map((answer) => answer.status)
    expect(codes).to.deep.equal([200, 404, 200, 404])
    expect(s.github.count(path)).to.equal(2)
  })

  it('each token gets its own permissions', async () => {
    const a = await s.member()
    const asked = Array.from({ length: 20 }, (_, n) => a.json(repo, as(n % 2 ? bob : alice)))
    const seen = (await Promise.all(asked)).map(({ permissions }) => permissions.admin)
    expect(seen).to.deep.equal(Array.from({ length: 20 }, (_, n) => n % 2 === 0))
    expect(s.github.count(repo)).to.equal(2)
  })

  it('each token gets its own error headers', async () => {
    const a = await s.member()
    s.github.limit(alice)
    const [mine, other] = await Promise.all([a.ask(issues, as(alice)), a.ask(issues, as(bob))])
    expect([mine.status, other.status]).to.deep.equal([403, 200])
  })

  it('HEAD and GET wait for one another', async () => {
    const a = await s.member()
    const [head, get] = await Promise.all([a.ask(issues, { method: 'HEAD' }), a.ask(issues)])
    expect(await head.text()).to.equal('')
    expect(await get.json()).to.have.length(30)
    expect(s.github.count(issues)).to.equal(1)
  })

  it('reload and no-cache do not take what was under way before them', async () => {
    const a = await s.member()
    const hold = s.github.hold(issues, { phase: 'response' })
    const before = a.ask(issues)
    await hold.arrived
    s.now += 1
    s.github.repository('octocat/Hello-World').addIssue({ title: 'New' })
    const after = (['reload', 'no-cache'] as const).map((cache) => a.json(issues, { cache }))
    await until(() => s.github.count(issues) === 3)
    hold.release()
    expect((await (await before).json())[0].title).not.to.equal('New')
    for (const answer of await Promise.all(after)) expect(answer[0].title).to.equal('New')
    expect((await a.json(issues))[0].title).to.equal('New')
  })
})
