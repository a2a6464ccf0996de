import { expect } from 'chai'
import { alice, bob, hello, withGitHub } from './helpers.ts'

describe('what a pull request waits for', () => {
  const sim = withGitHub()
  const repository = () => sim.github.repository('octocat/Hello-World')

  async function details() {
    const query = `{ repository(owner: "octocat", name: "Hello-World") {
      defaultBranchRef { name target { ... on Commit { statusCheckRollup { state } } } }
      pullRequests(states: OPEN, first: 1, orderBy: { field: UPDATED_AT, direction: DESC }) { totalCount nodes {
        number additions deletions mergeable mergeStateStatus
        reviewRequests(first: 5) { nodes { requestedReviewer { ... on User { login } } } }
        latestOpinionatedReviews(first: 5) { nodes { state author { login } } }
        commits(last: 1) { nodes { commit { statusCheckRollup {
          state contexts { checkRunCountsByState { state count } } } } } }
      } } } }`
    const response = await sim.send('POST', '/graphql', alice, { query })
    // biome-ignore lint/suspicious/noExplicitAny: specs read any field
    return ((await response.json()) as any).data.repository
  }

  it('tells review, requests, size, conflicts and checks, in GraphQL and as far as REST does', async () => {
    const number = repository().addPull({
      title: 'Faster start',
      user: 'mona',
      requestedReviewers: ['alice'],
      reviews: [
        { user: 'bob', state: 'CHANGES_REQUESTED' },
        { user: 'bob', state: 'APPROVED' },
        { user: 'hubot', state: 'COMMENTED' }
      ],
      size: { additions: 12, deletions: 3 }
    })
    sim.github.setBody(`${hello}/commits/${repository().headOf(number)}/check-runs`, {
      total_count: 2,
      check_runs: [
        { name: 'build', status: 'completed', conclusion: 'success' },
        { name: 'test', status: 'in_progress', conclusion: null }
      ]
    })
    const { pullRequests } = await details()
    const [pull] = pullRequests.nodes
    expect(pull).to.include({
      number,
      additions: 12,
      deletions: 3,
      mergeable: 'MERGEABLE',
      mergeStateStatus: 'UNSTABLE'
    })
    expect(pull.reviewRequests.nodes).to.deep.equal([{ requestedReviewer: { login: 'alice' } }])
    expect(pull.latestOpinionatedReviews.nodes).to.deep.equal([{ state: 'APPROVED', author: { login: 'bob' } }])
    expect(pull.commits.nodes[0].commit.statusCheckRollup).to.deep.equal({
      state: 'PENDING',
      contexts: {
        checkRunCountsByState: [
          { state: 'SUCCESS', count: 1 },
          { state: 'IN_PROGRESS', count: 1 }
        ]
      }
    })
    const [listed] = await sim.json(`${hello}/pulls?sort=updated&direction=desc`)
    expect(listed).to.include({ number, title: 'Faster start' })
    expect(listed.requested_reviewers.map(({ login }: { login: string }) => login)).to.deep.equal(['alice'])
    expect(pullRequests.totalCount).to.equal((await sim.json(`${hello}/pulls?per_page=100`)).length)
  })

  it('shows its repository in full, and changes with it', async () => {
    const number = repository().addPull()
    const pull = await sim.get(`${hello}/pulls/${number}`, alice)
    // biome-ignore lint/suspicious/noExplicitAny: specs read any field
    const { base, head } = (await pull.json()) as any
    const { permissions, ...whole } = await sim.json(`${hello}`, alice)
    expect(permissions.admin).to.equal(true)
    const names = ['open_issues_count', 'stargazers_count', 'pushed_at', 'updated_at', 'license', 'default_branch']
    for (const repo of [base.repo, head.repo]) {
      for (const name of names) expect(repo[name], name).to.deep.equal(whole[name])
      expect(repo).not.to.have.any.keys('permissions', 'temp_clone_token')
    }
    const known = { 'if-none-match': pull.headers.get('etag') ?? '' }
    expect((await sim.get(`${hello}/pulls/${number}`, alice, known)).status).to.equal(304)
    repository().addIssue()
    const later = await sim.get(`${hello}/pulls/${number}`, alice, known)
    expect(later.status).to.equal(200)
    const { open_issues_count } = whole
    expect(await later.json()).to.have.nested.include({ 'base.repo.open_issues_count': open_issues_count + 1 })
  })

  it('follows when it conflicts, and when the default branch fails', async () => {
    const number = repository().addPull()
    repository().editPull(number, { mergeable: false, draft: true })
    repository().addRun({ status: 'completed', conclusion: 'failure' })
    const { defaultBranchRef, pullRequests } = await details()
    expect(pullRequests.nodes[0]).to.include({ number, mergeable: 'CONFLICTING', mergeStateStatus: 'DIRTY' })
    expect(pullRequests.nodes[0].commits.nodes[0].commit.statusCheckRollup).to.equal(null)
    expect(defaultBranchRef).to.deep.equal({ name: 'main', target: { statusCheckRollup: { state: 'FAILURE' } } })
    expect(await sim.json(`${hello}/pulls/${number}`)).to.include({ mergeable: false, mergeable_state: 'dirty' })
    expect(() => repository().editPull(99_999, {})).to.throw('no pull request 99999')
  })

  it('shows requests to teams to members of their organization, and each viewer their teams', async () => {
    const slug = sim.github.addTeam('octo-org', { name: 'Core Team', members: ['bob'] })
    const website = '/repos/octo-org/website/pulls'
    const number = sim.github.repository('octo-org/website').addPull({ requestedTeams: [slug] })
    const asked = async (token?: string) =>
      (await sim.json(`${website}/${number}`, token)).requested_teams.map(({ name }: { name: string }) => name)
    expect(await asked(alice)).to.deep.equal(['Core Team'])
    expect(await asked(bob)).to.deep.equal(['Core Team'])
    expect(await asked()).to.deep.equal([])
    expect(await sim.json('/user/teams', alice)).to.deep.equal([])
    const [team] = await sim.json('/user/teams', bob)
    expect(team).to.deep.include({ slug: 'core-team', name: 'Core Team', members_count: 1 })
    expect(team.organization.login).to.equal('octo-org')
    expect((await sim.get('/user/teams')).status).to.equal(401)
    sim.github.addToken('token-without-scopes', { login: 'bob', scopes: 'gist' })
    expect((await sim.get('/user/teams', 'token token-without-scopes')).status).to.equal(403)
    expect(() => repository().addPull({ requestedTeams: ['nobody'] })).to.throw('no team octocat/nobody')
  })

  it('tells the last deployment, and how it ended', async () => {
    const last = async (args: string) => {
      const query = `{ repository(owner: "octocat", name: "Hello-World") {
        deployments(${args}) { totalCount nodes { environment createdAt latestStatus { state createdAt } } } } }`
      // biome-ignore lint/suspicious/noExplicitAny: specs read any field
      const body: any = await (await sim.send('POST', '/graphql', alice, { query })).json()
      return body.data.repository.deployments
    }
    const newest = 'first: 1, orderBy: { field: CREATED_AT, direction: DESC }'
    expect((await last(newest)).nodes[0]).to.deep.include({ environment: 'production' })
    const createdAt = '2026-11-01T00:00:00Z'
    repository().addDeployment({ environment: 'staging', state: 'failure', createdAt })
    const expected = { environment: 'staging', createdAt, latestStatus: { state: 'FAILURE', createdAt } }
    expect((await last(newest)).nodes).to.deep.equal([expected])
    expect((await last('last: 1')).nodes).to.deep.equal([expected])
    expect((await last('last: 1, environments: ["production"]')).nodes[0].environment).to.equal('production')
    repository().addDeployment({ state: null })
    expect(await last(newest)).to.nested.include({ totalCount: 3, 'nodes[0].latestStatus': null })
    const [listed] = await sim.json(`${hello}/deployments`)
    expect(listed.environment).to.equal('production')
  })
})
