import { expect } from 'chai'
import { alice, bob, hello, withGitHub } from './helpers.ts'

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
        locations: [{ line: 1, column: 3 }],
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
    const all = asked
      .map((name) => `${name}${name === 'refs' ? '(refPrefix: "refs/tags/")' : ''} { __typename }`)
      .join(' ')
    const { json } = await ask(`{ repository(owner: "octocat", name: "Hello-World") { ${all} } }`)
    expect(json.errors).to.equal(undefined)
  })

  const inRepository = (selections: string, rest = '') =>
    ask(`{ repository(owner: "octocat", name: "Hello-World") { ${selections} } } ${rest}`)

  it('merges what is asked of a field more than once', async () => {
    const { json } = await inRepository(
      'issue(number: 1) { ...A ...B author { url } } issue(number: 1) { title ... on Issue { number } } issue(number: 1) { number }',
      'fragment A on Issue { author { login } labels(first: 1) { totalCount } } fragment B on Issue { ...A labels(first: 1) { nodes { name } } }'
    )
    const { issue } = json.data.repository
    expect(issue).to.have.all.keys('author', 'labels', 'title', 'number')
    expect(issue.author).to.have.all.keys('login', 'url')
    expect(issue.labels).to.have.all.keys('totalCount', 'nodes')
    expect(Object.keys(issue)).to.deep.equal(['author', 'labels', 'title', 'number'])
  })

  it('refuses one key for two fields, or with two arguments', async () => {
    const query = '{ a: viewer { login } a: rateLimit { cost } }'
    expect((await ask(query)).json).to.deep.equal({
      errors: [
        {
          message: "Field 'a' has a field conflict: viewer or rateLimit?",
          locations: [
            { line: 1, column: 3 },
            { line: 1, column: 23 }
          ],
          extensions: { code: 'fieldConflict', fieldName: 'a', conflicts: 'viewer or rateLimit' }
        }
      ]
    })
    const { json } = await inRepository('issue(number: 1) { id } issue(number: 2) { id }')
    expect(json.errors[0].extensions.code).to.equal('fieldConflict')
  })

  it('takes interfaces and unions as conditions of fragments', async () => {
    const { json } =
      await inRepository(`... on Node { id } owner { ... on Actor { login } ... on Organization { name } }
      issueOrPullRequest(number: 1) { ... on Comment { body } ... on Labelable { labels(first: 1) { totalCount } }
        ... on IssueOrPullRequest { __typename } ... on Actor { login } }`)
    expect(json.errors).to.equal(undefined)
    const { id, owner, issueOrPullRequest } = json.data.repository
    expect(id).to.be.a('string')
    expect(owner).to.deep.equal({ login: 'octocat' })
    expect(issueOrPullRequest).to.have.all.keys('body', 'labels', '__typename')
  })

  it('refuses a list without the length of a page, or with too large a one', async () => {
    const refusal = async (selections: string) => (await inRepository(selections)).json
    const missing = 'You must provide a `first` or `last` value to properly paginate the `issues` connection.'
    expect(await refusal('name open: issues(states: OPEN) { nodes { number } }')).to.deep.equal({
      data: { repository: null },
      errors: [
        {
          type: 'MISSING_PAGINATION_BOUNDARIES',
          path: ['repository', 'open'],
          locations: [{ line: 1, column: 60 }],
          message: missing
        }
      ]
    })
    for (const [selections, type, message] of [
      ['issues { ...L }', 'MISSING_PAGINATION_BOUNDARIES', missing],
      ['issues { pageInfo { hasNextPage } }', 'MISSING_PAGINATION_BOUNDARIES', missing],
      [
        'issues(first: 101) { nodes { number } }',
        'EXCESSIVE_PAGINATION',
        'Requesting 101 records on the `issues` connection exceeds the `first` limit of 100 records.'
      ],
      [
        'issues(last: 500) { totalCount }',
        'EXCESSIVE_PAGINATION',
        'Requesting 500 records on the `issues` connection exceeds the `last` limit of 100 records.'
      ],
      [
        'issues(first: -1) { totalCount }',
        'INVALID_PAGINATION',
        '`first` on the `issues` connection cannot be less than zero.'
      ]
    ] as const) {
      const { json } = await inRepository(selections, 'fragment L on IssueConnection { edges { node { id } } }')
      expect(json.data, selections).to.deep.equal({ repository: null })
      expect([json.errors[0].type, json.errors[0].message], selections).to.deep.equal([type, message])
    }
    // Null where the schema lets the list be null.
    const { data } = await refusal('name pullRequest(number: 41) { number reviews { nodes { id } } }')
    expect(data).to.deep.equal({ repository: { name: 'Hello-World', pullRequest: { number: 41, reviews: null } } })
  })

  it('counts without the length of a page', async () => {
    const { json } = await inRepository(
      'issues { totalCount } labelled: issue(number: 1) { labels(first: 0) { nodes { name } } }'
    )
    expect(json.errors).to.equal(undefined)
    expect(json.data.repository.issues.totalCount).to.be.above(1)
    expect(json.data.repository.labelled.labels.nodes).to.deep.equal([])
  })

  it('refuses unknown arguments, and the lack of required ones', async () => {
    for (const [selections, message, code] of [
      [
        'issues(first: 1, nope: 2) { totalCount }',
        "Field 'issues' doesn't accept argument 'nope'",
        'argumentNotAccepted'
      ],
      ['name(first: 1)', "Field 'name' doesn't accept argument 'first'", 'argumentNotAccepted'],
      ['issue { id }', "Field 'issue' is missing required arguments: number", 'missingRequiredArguments'],
      [
        'refs(first: 1) { totalCount }',
        "Field 'refs' is missing required arguments: refPrefix",
        'missingRequiredArguments'
      ]
    ] as const) {
      const { json } = await inRepository(selections)
      expect(json, selections).to.have.all.keys('errors')
      expect([json.errors[0].message, json.errors[0].extensions.code], selections).to.deep.equal([message, code])
    }
    const { json } = await ask('{ repository { id } }')
    expect(json.errors[0].message).to.equal("Field 'repository' is missing required arguments: owner, name")
  })

  it('refuses variables that are not declared, and required ones without a value', async () => {
    const { json } = await inRepository('...R', 'fragment R on Repository { issue(number: $n) { id } }')
    expect(json.errors).to.deep.equal([
      {
        message: 'Variable $n is used by anonymous query but not declared',
        locations: [{ line: 1, column: 105 }],
        extensions: { code: 'variableNotDefined', variableName: 'n' }
      }
    ])
    const query =
      'query Q($n: Int!) { repository(owner: "octocat", name: "Hello-World") { issue(number: $n) { number } } }'
    expect((await ask(query)).json.errors[0].message).to.equal('Variable $n of type Int! was provided invalid value')
    expect((await ask(query, { n: 1 })).json.data.repository.issue).to.deep.equal({ number: 1 })
    const withDefault = query.replace('Int!', 'Int! = 2')
    expect((await ask(withDefault)).json.data.repository.issue).to.deep.equal({ number: 2 })
  })

  it('has one id for an object in REST and in GraphQL: new objects one of the newer form, old ones keep theirs', async () => {
    const repository = sim.github.repository('octocat/Hello-World')
    const issue = repository.addIssue({ title: 'New' })
    const pull = repository.addPull()
    const made = await (await sim.send('POST', `${hello}/issues`, alice, { title: 'Written' })).json()
    const { json } =
      await inRepository(`id issue(number: 1) { id } issueOrPullRequest(number: 41) { ... on Node { id } }
      young: issue(number: ${issue}) { id } written: issue(number: ${made.number}) { id } pullRequest(number: ${pull}) { id databaseId }`)
    const { id, issue: old, issueOrPullRequest: oldPull, young, written, pullRequest } = json.data.repository
    const rest = async (path: string) => await sim.json(hello + path, alice)
    const home = await rest('')
    expect([id, old.id, oldPull.id, young.id, pullRequest.id, pullRequest.databaseId, written.id]).to.deep.equal([
      home.node_id,
      (await rest('/issues/1')).node_id,
      (await rest('/pulls/41')).node_id,
      (await rest(`/issues/${issue}`)).node_id,
      (await rest(`/pulls/${pull}`)).node_id,
      (await rest(`/pulls/${pull}`)).id,
      made.node_id
    ])
    expect((await rest(`/issues/${pull}`)).node_id).to.equal(pullRequest.id)
    expect(Buffer.from(id, 'base64').toString()).to.equal(`010:Repository${home.id}`)
    expect(Buffer.from(old.id, 'base64').toString()).to.match(/^05:Issue\d+$/)
    // [0, repository, issue] in MessagePack.
    const [, bytes] = /^I_(kwDO[\w-]+)$/.exec(young.id) ?? []
    const packed = Buffer.from(bytes ?? '', 'base64url')
    expect([packed.readUInt32BE(3), packed[7], packed.length]).to.deep.equal([home.id, 0xce, 12])
    expect(written.id).to.match(/^I_kwDO/)
    expect(pullRequest.id).to.match(/^PR_kwDO/)
  })

  it('takes an id in both forms', async () => {
    const added = sim.github.addRepository({ fullName: 'octocat/young' })
    const young = await sim.json('/repos/octocat/young', alice)
    expect(young.node_id).to.match(/^R_kgDO/)
    const { id } = await sim.json(hello)
    const packed = Buffer.alloc(7)
    packed.set([0x92, 0, 0xce])
    packed.writeUInt32BE(id, 3)
    const older = Buffer.from(`010:Repository${young.id}`).toString('base64')
    const query = 'query($id: ID!) { node(id: $id) { ... on Repository { nameWithOwner } } }'
    for (const [given, name] of [
      [young.node_id, added.fullName],
      [older, added.fullName],
      [`R_${packed.toString('base64url')}`, 'octocat/Hello-World']
    ])
      expect((await ask(query, { id: given })).json.data.node, given).to.deep.equal({ nameWithOwner: name })
    const mutation = `mutation($id: ID!) { addComment(input: { subjectId: $id, body: "Yes." }) { commentEdge { node { id } } } }`
    const { node_id } = await sim.json(`/repos/octocat/young/issues/1`, alice)
    const { commentEdge } = (await ask(mutation, { id: node_id })).json.data.addComment
    expect(commentEdge.node.id).to.match(/^IC_kwDO/)
    const [comment] = (await sim.json('/repos/octocat/young/issues/1/comments', alice)).slice(-1)
    expect(comment.node_id).to.equal(commentEdge.node.id)
  })

  it('dates the commits of pull requests', async () => {
    const { json } = await inRepository(
      'pullRequest(number: 41) { commits(last: 1) { nodes { commit { oid committedDate } } } }'
    )
    const [{ commit }] = json.data.repository.pullRequest.commits.nodes
    expect(commit.committedDate).to.match(/^\d{4}-\d\d-\d\dT[\d:]{8}Z$/)
  })

  it('knows no biography of an organization', async () => {
    const of = (login: string) =>
      ask(`{ repositoryOwner(login: "${login}") { login ... on User { bio } ... on Organization { bio } } }`)
    expect((await of('octocat')).json.errors).to.equal(undefined)
    expect((await of('octo-org')).json.errors[0].message).to.equal("Field 'bio' doesn't exist on type 'Organization'")
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
