import { expect } from 'chai'
import { alice, bob, hello, secret, withGitHub } from './helpers.ts'

/** The fields that gh 2.23 asks for, in the order of `gh pr view`. */
const pullFields = `id url number title state body author { login ... on User { id name } } isDraft maintainerCanModify mergeable
  additions deletions commits { totalCount } baseRefName headRefName headRepository { id name } isCrossRepository
  headRepositoryOwner { id login ... on User { name } }
  reviewRequests(first: 100) { nodes { requestedReviewer { __typename ... on User { login } ... on Team { slug } } } }
  reviews(first: 100) { nodes { id author { login } authorAssociation submittedAt body state commit { oid }
    reactionGroups { content users { totalCount } } } pageInfo { hasNextPage endCursor } totalCount }
  assignees(first: 100) { nodes { id login name } totalCount } labels(first: 100) { nodes { id name } totalCount }
  projectCards(first: 100) { nodes { project { name } column { name } } totalCount }
  milestone { number title description dueOn }
  comments(last: 1) { nodes { id author { login } authorAssociation body createdAt includesCreatedEdit isMinimized
    minimizedReason reactionGroups { content users { totalCount } } url viewerDidAuthor } totalCount }
  reactionGroups { content users { totalCount } } createdAt`

const checks = `commits(last: 1) { nodes { commit { statusCheckRollup { contexts(first: 100) { nodes { __typename
  ... on StatusContext { context state targetUrl createdAt }
  ... on CheckRun { name checkSuite { workflowRun { workflow { name } } } status conclusion startedAt completedAt detailsUrl
    isRequired(pullRequestId: $id) } } pageInfo { hasNextPage endCursor } } } } } }`

describe('one issue or pull request in GraphQL', () => {
  const sim = withGitHub()
  const repository = () => sim.github.repository('octocat/Hello-World')
  async function ask(query: string, variables: object = {}, as = alice) {
    const response = await sim.send('POST', '/graphql', as, { query, variables })
    // biome-ignore lint/suspicious/noExplicitAny: specs read any field
    return (await response.json()) as any
  }
  const found = async (number: number, fields: string) => {
    const query = `query($n: Int!) { repository(owner: "octocat", name: "Hello-World") {
      found: issueOrPullRequest(number: $n) { __typename ... on Issue { id } ... on PullRequest { ${fields} } } } }`
    const { data, errors } = await ask(query, { n: number })
    expect(errors).to.equal(undefined)
    return data.repository.found
  }

  it('shows what gh pr view asks for', async () => {
    const number = repository().addPull({
      title: 'Faster',
      user: 'mona',
      reviews: [{ user: 'bob', state: 'APPROVED' }]
    })
    repository().addComment(number, { body: 'the first' })
    repository().addComment(number, { body: 'the second', user: 'alice' })
    const pull = await found(number, pullFields)
    expect(pull).to.deep.include({ __typename: 'PullRequest', number, title: 'Faster', state: 'OPEN', milestone: null })
    expect(pull.reviews.nodes.map(({ state, author }: never) => [state, author])).to.deep.equal([
      ['APPROVED', { login: 'bob' }]
    ])
    expect(pull.reviews.nodes[0].commit).to.deep.equal({ oid: repository().headOf(number) })
    expect(pull.comments.totalCount).to.equal(2)
    expect(pull.comments.nodes).to.have.length(1)
    expect(pull.comments.nodes[0]).to.include({
      body: 'the second',
      viewerDidAuthor: true,
      authorAssociation: 'CONTRIBUTOR'
    })
    expect(pull.comments.nodes[0].url).to.match(/\/octocat\/Hello-World\/pull\/\d+#issuecomment-\d+$/)
    const { data } = await ask(
      `{ repository(owner: "octocat", name: "Hello-World") { pullRequest(number: ${number}) { ${pullFields} } } }`
    )
    expect({ __typename: 'PullRequest', ...data.repository.pullRequest }).to.deep.equal(pull)
  })

  it('lists the checks of a pull request by its id, as gh pr checks does, for those who see it', async () => {
    const number = repository().addPull()
    const { id } = await found(number, 'id')
    const query = `query($id: ID!) { node(id: $id) { ... on PullRequest { ${checks} } } }`
    expect((await ask(query, { id })).data.node.commits.nodes[0].commit.statusCheckRollup).to.equal(null)
    sim.github.setBody(`${hello}/commits/${repository().headOf(number)}/check-runs`, {
      total_count: 1,
      check_runs: [
        { name: 'build', status: 'completed', conclusion: 'success', details_url: 'https://ci.example.com/1' }
      ]
    })
    const { data } = await ask(query, { id })
    expect(data.node.commits.nodes[0].commit.statusCheckRollup.contexts.nodes).to.deep.equal([
      {
        __typename: 'CheckRun',
        name: 'build',
        checkSuite: { workflowRun: { workflow: { name: 'CI' } } },
        status: 'COMPLETED',
        conclusion: 'SUCCESS',
        startedAt: null,
        completedAt: null,
        detailsUrl: 'https://ci.example.com/1',
        isRequired: false
      }
    ])
    const hidden = (await sim.json(`${secret}/issues`, alice))[0].node_id
    expect((await ask('query($id: ID!) { node(id: $id) { id } }', { id: hidden })).data.node).to.deep.equal({
      id: hidden
    })
    const refused = await ask('query($id: ID!) { node(id: $id) { id } }', { id: hidden }, bob)
    expect([refused.data, refused.errors[0].type]).to.deep.equal([{ node: null }, 'NOT_FOUND'])
  })

  it('can be made and commented on, in GraphQL, and shows in REST', async () => {
    const make = `mutation($input: CreatePullRequestInput!) { createPullRequest(input: $input) { pullRequest { id url number } } }`
    const { data: read } = await ask('{ repository(owner: "octocat", name: "Hello-World") { id } }')
    const input = {
      repositoryId: read.repository.id,
      baseRefName: 'main',
      headRefName: 'topic',
      title: 'New',
      body: 'text',
      draft: true
    }
    const { pullRequest: made } = (await ask(make, { input })).data.createPullRequest
    expect(await sim.json(`${hello}/pulls/${made.number}`)).to.deep.include({ title: 'New', body: 'text', draft: true })
    expect((await sim.json(`${hello}/pulls/${made.number}`)).head.ref).to.equal('topic')
    const comment =
      'mutation($input: AddCommentInput!) { addComment(input: $input) { commentEdge { node { url body } } } }'
    const said = await ask(comment, { input: { subjectId: made.id, body: 'hello' } })
    expect(said.data.addComment.commentEdge.node).to.include({ body: 'hello' })
    expect(
      (await sim.json(`${hello}/issues/${made.number}/comments`)).map(({ body }: { body: string }) => body)
    ).to.deep.equal(['hello'])
    // Those who may only read cannot make one from a branch of the repository.
    expect((await ask(make, { input }, bob)).errors[0].type).to.equal('FORBIDDEN')
    for (const [query, wrong] of [
      [make, { repositoryId: 'none' }],
      [comment, { subjectId: 'none' }]
    ] as const)
      expect((await ask(query, { input: wrong })).errors[0].type).to.equal('NOT_FOUND')
  })
})
