import { expect } from 'chai'
import { as, bob, counter, dated, heard, keptFrom, type Member, repo, scene, shared, status, until } from './members.ts'

const plans = 'octocat/secret-plans'

describe('what only some may see, in answers about a public repository', () => {
  const s = scene()
  let number: number
  let a: Member
  let b: Member
  beforeEach(async () => {
    ;[a, b] = await s.two()
    number = s.github.repository('octocat/Hello-World').addIssue({ title: 'Public' })
    const from = s.github.repository(plans).addIssue({ title: 'Hush' })
    s.github.repository('octocat/Hello-World').addReference(number, { repository: plans, number: from })
  })
  const timeline = () => `${repo}/issues/${number}/timeline`

  it('a timeline that a token got names private issues, and stays with that token', async () => {
    expect(await (await a.ask(timeline())).text()).to.include('Hush')
    await keptFrom(b, a, timeline())
    expect(await (await a.ask(timeline(), as(bob))).text()).to.equal('[]')
    expect(await (await b.ask(timeline())).text()).to.equal('[]')
  })

  it('… and one that nobody’s token got goes to those without a token', async () => {
    const [c, d] = [await s.member({ token: undefined }), await s.member({ token: undefined })]
    await s.connect(c, d)
    expect(await (await shared(c, d, timeline())).text()).to.equal('[]')
    expect(status(await d.ask(timeline()))).to.equal('ghmesh; hit; detail=peer')
  })

  // README: "If a response fetched with a token names"
  for (const [what, body] of Object.entries({
    'a private repository': [{ id: 1, head: { repo: { id: 9, full_name: plans, private: true } } }],
    'one that is not public': [{ id: 1, head: { repo: { id: 9, full_name: plans, visibility: 'internal' } } }],
    'one with its name in escapes': '[{"head":{"repo":{"priv\\u0061te":true}}}]',
    'a team': [{ id: 1, requested_teams: [{ id: 5, name: 'Spies', privacy: 'secret' }] }]
  }))
    it(`an answer of any route that names ${what} stays with the token that got it`, async () => {
      const announced = counter(a, 'announced')
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      const headers = { 'content-type': 'application/json', 'cache-control': 'private, max-age=60' }
      s.github.respondOnce(`${repo}/pulls`, dated(s, text, { headers }))
      expect(await (await a.ask(`${repo}/pulls`)).text()).to.equal(text)
      await keptFrom(b, a, `${repo}/pulls`)
      expect(announced.count).to.equal(0)
      expect(await (await a.ask(`${repo}/pulls`, as(bob))).text()).not.to.equal(text)
    })

  it('the repository itself may say that it is private where private ones are shared', async () => {
    const [c, d] = await s.two({ share: 'group' })
    s.github.setRole(bob, plans, 'pull')
    const pulls = `/repos/${plans}/pulls`
    expect((await c.json(pulls))[0].head.repo.private).to.equal(true)
    await until(async () => (await c.mesh.holders(s.github.url + pulls)).length === 1)
    expect(status(await d.ask(pulls))).to.match(/fwd-status=304/)
  })

  it('the email of a profile shows to tokens only, each member after a free look of its own', async () => {
    const c = await s.member({ token: undefined })
    await s.connect(a, c)
    await s.connect(b, c)
    const profile = await a.json('/users/octocat')
    expect(profile.email).to.equal('octocat@example.com')
    await heard(a, b)
    await heard(a, c)
    expect((await c.json('/users/octocat')).email).to.equal(null)
    expect(await b.json('/users/octocat')).to.deep.equal(profile)
    expect(s.github.units('bob')).to.equal(0)
    expect((await a.json('/users/octocat')).email).to.equal('octocat@example.com')
  })
})
