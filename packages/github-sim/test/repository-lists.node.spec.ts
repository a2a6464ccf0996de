import { expect } from 'chai'
import { alice, withGitHub } from './helpers.ts'

const eve = 'token sim-token-eve'

describe('lists of repositories', () => {
  const sim = withGitHub({
    repositories: [
      { fullName: 'eve/own' },
      { fullName: 'eve/hidden', visibility: 'private' },
      { fullName: 'octocat/shared', visibility: 'private' },
      { fullName: 'octo-org/wide', visibility: 'internal' },
      { fullName: 'octo-org/open' },
      { fullName: 'octocat/other' }
    ],
    organizations: [{ login: 'octo-org', members: ['eve'] }],
    tokens: {
      'sim-token-eve': { login: 'eve', permissions: { 'octocat/shared': 'push', 'octocat/other': 'none' } },
      'sim-token-alice': { login: 'alice', permissions: { 'octocat/shared': 'admin' } }
    }
  })
  const names = async (path: string, as?: string) =>
    (await sim.json(path, as)).map(({ full_name }: { full_name: string }) => full_name)

  it('of one’s own know visibility, affiliation and type', async () => {
    const own = (search: string) => names(`/user/repos?${search}`, eve)
    const all = ['eve/hidden', 'eve/own', 'octo-org/open', 'octo-org/wide', 'octocat/shared']
    expect(await own('')).to.deep.equal(all)
    expect(await own('visibility=all&affiliation=owner,collaborator,organization_member')).to.deep.equal(all)
    expect(await own('visibility=private')).to.deep.equal(['eve/hidden', 'octo-org/wide', 'octocat/shared'])
    expect(await own('visibility=public')).to.deep.equal(['eve/own', 'octo-org/open'])
    expect(await own('affiliation=owner')).to.deep.equal(['eve/hidden', 'eve/own'])
    expect(await own('affiliation=collaborator')).to.deep.equal(['octocat/shared'])
    expect(await own('affiliation=organization_member')).to.deep.equal(['octo-org/open', 'octo-org/wide'])
    expect(await own('type=owner')).to.deep.equal(['eve/hidden', 'eve/own'])
    expect(await own('type=member')).to.deep.equal(['octo-org/open', 'octo-org/wide', 'octocat/shared'])
    expect(await own('type=private')).to.deep.equal(['eve/hidden', 'octo-org/wide', 'octocat/shared'])
    expect((await sim.get('/user/repos?type=all&affiliation=owner', eve)).status).to.equal(422)
  })

  it('of one’s own know when a repository was updated', async () => {
    sim.github.repository('eve/own').update({ description: 'new' })
    expect(await names('/user/repos?since=2026-06-01T00:00:00Z', eve)).to.deep.equal(['eve/own'])
    expect(await names('/user/repos?before=2026-06-01T00:00:00Z', eve)).to.not.include('eve/own')
  })

  it('sort by name ascending, by time descending', async () => {
    const byName = await names('/user/repos', eve)
    expect(await names('/user/repos?sort=full_name&direction=desc', eve)).to.deep.equal(byName.toReversed())
    sim.github.repository('octo-org/open').setFile('new.md', 'new')
    for (const sort of ['updated', 'pushed']) {
      expect((await names(`/user/repos?sort=${sort}`, eve))[0]).to.equal('octo-org/open')
      expect((await names(`/user/repos?sort=${sort}&direction=asc`, eve)).at(-1)).to.equal('octo-org/open')
      expect((await names(`/orgs/octo-org/repos?sort=${sort}`, eve))[0]).to.equal('octo-org/open')
    }
    const created = (await sim.json('/user/repos?sort=created', eve)).map((r: { created_at: string }) => r.created_at)
    expect(created).to.deep.equal(created.toSorted().reverse())
  })

  it('of organizations begin with the youngest and know types', async () => {
    const listed = await sim.json('/orgs/octo-org/repos', eve)
    expect(listed[0].created_at > listed[1].created_at).to.equal(true)
    const ofType = (type: string) => names(`/orgs/octo-org/repos?type=${type}`, eve)
    expect(await ofType('public')).to.deep.equal(['octo-org/open'])
    expect(await ofType('private')).to.deep.equal(['octo-org/wide'])
    expect(await ofType('forks')).to.deep.equal([])
    expect((await ofType('sources')).length).to.equal(2)
  })

  it('of users have what they own, or where they work along', async () => {
    expect(await names('/users/eve/repos', alice)).to.deep.equal(['eve/own'])
    expect(await names('/users/eve/repos?type=member', alice)).to.deep.equal(['octocat/shared'])
    expect(await names('/users/eve/repos?type=all', alice)).to.deep.equal(['eve/own', 'octocat/shared'])
  })
})
