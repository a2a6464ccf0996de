import { expect } from 'chai'
import { alice, bob, withGitHub } from './helpers.ts'

interface Named {
  name: string
  commit: { sha: string }
}
interface Release {
  databaseId: number
  tagName: string
  url: string
  isDraft: boolean
}
interface Ref {
  name: string
  target: { type: string; oid: string }
}

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

  it("shows an owner's repositories, as far as the caller may see them, with their files and topics", async () => {
    const query = `query($login: String!, $file: String!) { repositoryOwner(login: $login) { login repositories(first: 100) { nodes {
      name isFork repositoryTopics(first: 5) { nodes { topic { name } } }
      file: object(expression: $file) { __typename ... on Blob { text } } } } } }`
    const of = async (as: string, file: string, login = 'octocat') =>
      (await ask(query, { login, file }, as)).json.data.repositoryOwner
    const names = async (as: string) =>
      (await of(as, 'HEAD:README.md')).repositories.nodes.map(({ name }: { name: string }) => name)
    expect([await names(alice), await names(bob)]).to.deep.equal([['Hello-World', 'secret-plans'], ['Hello-World']])
    const [hello] = (await of(bob, 'main:README.md')).repositories.nodes
    expect(hello.file.text).to.be.a('string').that.is.not.equal('')
    expect(hello.repositoryTopics.nodes[0]).to.deep.equal({ topic: { name: 'octocat' } })
    expect((await of(bob, 'HEAD:nowhere.md')).repositories.nodes[0].file).to.equal(null)
    expect(await of(bob, 'HEAD:README.md', 'nobody-at-all')).to.equal(null)
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

  it('lists tags and branches with their commits', async () => {
    const query = `query($prefix: String!) { repository(owner: "octocat", name: "Hello-World") {
      refs(first: 10, refPrefix: $prefix, orderBy: { field: TAG_COMMIT_DATE, direction: DESC }) { nodes { name target {
        type: __typename ... on Commit { oid committedDate } ... on Tag { tagger { date } } } } } } }`
    for (const [prefix, path] of [
      ['refs/tags/', 'tags'],
      ['refs/heads/', 'branches']
    ]) {
      const { nodes } = (await ask(query, { prefix })).json.data.repository.refs
      const listed = (await sim.json(`/repos/octocat/Hello-World/${path}`, alice)) as Named[]
      expect(nodes.map(({ name, target }: Ref) => [name, target.type, target.oid])).to.deep.equal(
        listed.map(({ name, commit }) => [name, 'Commit', commit.sha])
      )
      for (const { target } of nodes) expect(target.committedDate).to.match(/^\d{4}-\d\d-\d\dT/)
    }
  })

  it('lists releases', async () => {
    const query = `{ repository(owner: "octocat", name: "Hello-World") { releases(first: 100) {
      nodes { tagName name url isDraft isPrerelease databaseId publishedAt description } } } }`
    const path = '/repos/octocat/Hello-World/releases'
    const { nodes } = (await ask(query)).json.data.repository.releases
    const listed = (await sim.json(path, alice)) as { id: number; tag_name: string; html_url: string; draft: boolean }[]
    expect(nodes.map((one: Release) => [one.databaseId, one.tagName, one.url, one.isDraft])).to.deep.equal(
      listed.map((one) => [one.id, one.tag_name, one.html_url, one.draft])
    )
    expect(nodes.length).to.be.above(1)
  })

  it('names the fields that its types have, as gh asks before it asks for more', async () => {
    const query = `query PullRequest_fields { PullRequest: __type(name: "PullRequest") { fields(includeDeprecated: true) { name } }
      Repository: __type(name: "Repository") { fields { name } } Nothing: __type(name: "Nothing") { fields { name } } }`
    const { PullRequest, Repository, Nothing } = (await ask(query)).json.data
    const names = (type: { fields: { name: string }[] }) => type.fields.map(({ name }) => name)
    expect(names(PullRequest)).to.include.members(['number', 'autoMergeRequest', 'commits'])
    expect(names(PullRequest)).not.to.include('__typename')
    expect(names(Repository)).to.include.members(['nameWithOwner', 'issues'])
    expect(Nothing).to.equal(null)
    // Each is one that can be asked for.
    const asked = names(Repository).filter((name) => !/^(?:issue|pullRequest|issueOrPullRequest|object)$/.test(name))
    const all = asked.map((name) => `${name} { __typename }`).join(' ')
    const { json } = await ask(`{ repository(owner: "octocat", name: "Hello-World") { ${all} } }`)
    expect(json.errors).to.equal(undefined)
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
