import { expect } from 'chai'
import { alice, bob, withGitHub } from './helpers.ts'

describe('GraphQL', () => {
  const sim = withGitHub()
  async function ask(query: string, variables: object = {}, as: string | undefined = alice) {
    const response = await sim.send('POST', '/graphql', as, { query, variables })
    // biome-ignore lint/suspicious/noExplicitAny: specs read any field
    return { response, json: (await response.json()) as any }
  }

  it('answers fields, aliases, arguments, fragments, variables and directives', async () => {
    const { response, json } = await ask(
      `fragment names on Repository { name, owner { __typename: id login ... on User { name } ... on Bot { nope } } }
      query Q($owner: String!, $name: String = "Hello-World", $with: Boolean!) { # a comment
        mine: repository(owner: $owner, name: $name) { ...names issues(first: 2, states: [OPEN]) { totalCount nodes { number state } } }
        viewer { login email @include(if: $with) bio @skip(if: true) }
      }`,
      { owner: 'octocat', with: false }
    )
    const { mine, viewer } = json.data
    expect([mine.name, mine.owner.login, mine.issues.nodes.length]).to.deep.equal(['Hello-World', 'octocat', 2])
    expect(mine.issues.totalCount).to.be.greaterThan(2)
    expect(viewer).to.deep.equal({ login: 'alice' })
    expect(json).to.not.have.any.keys('errors')
    expect(response.headers.get('x-ratelimit-resource')).to.equal('graphql')
    expect(response.headers.has('etag')).to.equal(false)
  })

  it('pages through lists by cursor', async () => {
    const query = `query($after: String) { repository(owner: "octocat", name: "Hello-World") {
      issues(first: 7, after: $after) { totalCount nodes { number } pageInfo { hasNextPage endCursor } } } }`
    const numbers: number[] = []
    let after: string | undefined
    for (;;) {
      const { issues } = (await ask(query, { after })).json.data.repository
      numbers.push(...issues.nodes.map(({ number }: { number: number }) => number))
      after = issues.pageInfo.endCursor
      if (issues.pageInfo.hasNextPage) continue
      expect(numbers).to.have.length(issues.totalCount)
      break
    }
    expect(new Set(numbers).size).to.equal(numbers.length)
  })

  it('shows each caller what they may see, and says what it cannot answer', async () => {
    const query = '{ repository(owner: "octocat", name: "secret-plans") { name, viewerPermission } }'
    expect((await ask(query)).json.data.repository).to.deep.equal({ name: 'secret-plans', viewerPermission: 'ADMIN' })
    const hidden = await ask(query, {}, bob)
    expect([hidden.response.status, hidden.json.data]).to.deep.equal([200, { repository: null }])
    expect(hidden.json.errors).to.deep.equal([
      {
        type: 'NOT_FOUND',
        path: ['repository'],
        message: "Could not resolve to a Repository with the name 'octocat/secret-plans'."
      }
    ])
    for (const wrong of ['{ nope }', '{ viewer { nope } }', '{ viewer', 'subscription { a }', '{ ...none }', '~'])
      expect((await ask(wrong)).json, wrong).to.have.all.keys('errors')
    expect((await ask('{ viewer { login } }', {}, 'token nobody')).response.status).to.equal(401)
    expect((await sim.send('POST', '/graphql', undefined, { query })).status).to.equal(403)
  })

  it('makes an issue', async () => {
    const { id } = (await ask('{ repository(owner: "octocat", name: "Hello-World") { id } }')).json.data.repository
    const mutation = 'mutation($input: CreateIssueInput!) { createIssue(input: $input) { issue { number title url } } }'
    const { issue } = (await ask(mutation, { input: { repositoryId: id, title: 'New' } })).json.data.createIssue
    const listed = await sim.json(`/repos/octocat/Hello-World/issues/${issue.number}`, alice)
    expect([listed.title, listed.html_url]).to.deep.equal([issue.title, issue.url])
    expect((await ask(mutation, { input: { repositoryId: 'x', title: 'New' } })).json.errors[0].type).to.equal(
      'NOT_FOUND'
    )
  })
})
