import { expect } from 'chai'
import {
  as,
  bob,
  counter,
  dated,
  heard,
  keptFrom,
  type Member,
  minute,
  repo,
  scene,
  shared,
  status,
  until
} from './members.ts'

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

  // https://docs.github.com/rest/orgs/issue-fields: `organization_members_only` is the default.
  it('values of fields that only members of an organization see stay with those who see them', async () => {
    const website = s.github.repository('octo-org/website')
    const issue = website.addIssue({ fieldValues: [{ name: 'Priority', value: 'P0' }] })
    for (const path of [`/repos/octo-org/website/issues/${issue}`, '/repos/octo-org/website/issues?per_page=1']) {
      const values = async (member: Member) => [await member.json(path)].flat()[0].issue_field_values
      expect((await values(a))[0].value).to.equal('P0')
      await keptFrom(b, a, path)
      expect(await values(b)).to.deep.equal([])
      expect((await values(a))[0].value).to.equal('P0')
      s.now += 2 * minute
      expect(await values(b)).to.deep.equal([])
      expect((await values(a))[0].value, 'after others have seen it without').to.equal('P0')
    }
  })

  it('a team that was asked for a review does not go away for those who see it, whatever others have told', async () => {
    s.github.addTeam('octo-org', { name: 'Web', members: ['alice'] })
    const pull = `/repos/octo-org/website/pulls/${s.github.repository('octo-org/website').addPull({ requestedTeams: ['web'] })}`
    const teams = async (member: Member) => (await member.json(pull)).requested_teams.length
    expect(await teams(a)).to.equal(1)
    s.now += 2 * minute
    expect(await teams(b)).to.equal(0)
    await heard(b, a)
    expect(await teams(a)).to.equal(1)
  })

  it('a parent in another repository stays with those who can read it', async () => {
    const [{ number: parent }] = await a.json(`/repos/${plans}/issues`)
    const sub = (repository: string) =>
      s.github.repository('octocat/Hello-World').addIssue({ parent: { repository, number: parent } })
    const hidden = `${repo}/issues/${sub(plans)}`
    expect((await a.json(hidden)).parent_issue_url).to.include(plans)
    await keptFrom(b, a, hidden)
    expect((await b.json(hidden)).parent_issue_url).to.equal(undefined)
    const own = `${repo}/issues/${sub('octocat/Hello-World')}`
    expect((await (await shared(a, b, own)).json()).parent_issue_url).to.include('octocat/Hello-World')
    expect(status(await b.ask(own))).to.include('detail=peer')
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
