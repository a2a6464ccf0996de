import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { next } from '../support/events.ts'
import { alice, dated, heard, type Member, minute, repo, scene, second, status, until } from './members.ts'

const limits = { recheckMs: [] }
const alone = { secret: undefined, limits }
const json = { 'content-type': 'application/json; charset=utf-8' }
const issue = `${repo}/issues/1`
const ask = (query: string, variables?: object) => ({ method: 'POST', body: JSON.stringify({ query, variables }) })
const url = (path: string) => `https://github.com/${path}`

/** As GitHub makes the ids of what is in a repository: `[0, repository, node]` in MessagePack. */
function idOf(kind: string, repository: number): string {
  const bytes = Buffer.from([0x93, 0, 0xce, 0, 0, 0, 0, 0xce, 0, 0, 0, 7])
  bytes.writeUInt32BE(repository, 3)
  return `${kind}_${bytes.toString('base64url')}`
}

describe('after a mutation', () => {
  const s = scene()
  let title = ''
  beforeEach(() => {
    title = 'before'
  })

  /** What is read from now on under a path says so, for a minute. */
  const tells = (read: string) =>
    s.github.respond(
      (call) => call.method === 'GET' && call.path === read,
      () =>
        new Response(JSON.stringify({ title }), {
          headers: { date: new Date(s.now).toUTCString(), 'cache-control': 'private, max-age=60', ...json }
        })
    )
  const answers = (data: object) =>
    s.github.respondOnce('/graphql', dated(s, JSON.stringify({ data }), { headers: json }))
  const idOfRepository = async (): Promise<number> => (await (await fetch(s.github.url + repo)).json()).id

  /** Mutates, and reads a second later. */
  async function write(a: Member, query: string, data: object, variables?: object): Promise<void> {
    answers(data)
    s.now += second
    title = 'after'
    expect((await a.ask('/graphql', ask(query, variables))).status).to.equal(200)
    s.now += second
  }

  const project = { projectV2: { id: 'PVT_kwDOB-vozM4AVk16', url: url('orgs/octo-org/projects/5') } }
  const cases: [what: string, read: string, query: string, data: object, variables?: object][] = [
    ['a project that is closed', '/orgs/octo-org/projectsV2/5', 'updateProjectV2', { updateProjectV2: project }],
    ['a new project', '/orgs/octo-org/projectsV2', 'createProjectV2', { createProjectV2: project }],
    [
      'an item in a project, of an issue whose repository is named',
      '/orgs/octo-org/projectsV2/5/items',
      'addProjectV2ItemById',
      { addProjectV2ItemById: { item: { content: { url: url('octocat/Hello-World/issues/1') } } } }
    ],
    [
      "an app's comment, whose author's page is all that the answer names",
      `${issue}/comments`,
      'addComment',
      { addComment: { commentEdge: { node: { author: { url: url('apps/robot') } } } } }
    ],
    ['a star', '/users/alice/starred', 'addStar', { addStar: { starrable: { nameWithOwner: 'octo-org/website' } } }]
  ]
  for (const [what, read, name, data] of cases)
    it(`shows ${what}`, async () => {
      const a = await s.member(alone)
      tells(read)
      await a.json(read)
      await write(a, `mutation { ${name}(input: {}) { clientMutationId } }`, data)
      expect((await a.json(read)).title).to.equal('after')
    })

  it('shows in both repositories where gh issue transfer names the old one by an id that nothing has shown', async () => {
    for (const read of [issue, `${repo}/issues`]) {
      title = 'before'
      const a = await s.member(alone)
      tells(read)
      await a.json(read)
      const data = { transferIssue: { issue: { url: url('octo-org/website/issues/9') } } }
      const variables = { input: { issueId: idOf('I', await idOfRepository()) } }
      await write(a, 'mutation($input: T!) { transferIssue(input: $input) { issue { url } } }', data, variables)
      expect((await a.json(read)).title, read).to.equal('after')
    }
  })

  it('shows in each repository, where there are more than are looked for', async () => {
    const a = await s.member(alone)
    tells(issue)
    await a.json(issue)
    const many = Array.from({ length: 30 }, (_, n) => [`a${n}`, { issue: { url: url(`octo-org/r${n}/issues/1`) } }])
    await write(a, 'mutation { closeIssue(input: {}) { issue { url } } }', Object.fromEntries(many))
    expect((await a.json(issue)).title).to.equal('after')
  })

  it('shows to the next process at the same folder, where nothing says what was changed', async () => {
    const cacheDir = mkdtempSync(join(tmpdir(), 'ghmesh-mutation-'))
    try {
      const options = { ...alone, store: undefined, cacheDir }
      const a = await s.member(options)
      tells(issue)
      await a.json(issue)
      const id = idOf('I', await idOfRepository())
      await write(a, 'mutation { closeIssue(input: {}) { issue { id } } }', { closeIssue: { issue: { id } } })
      await a.mesh.stop()
      const later = await s.member(options)
      expect((await later.json(issue)).title).to.equal('after')
      expect(status(await later.ask(issue))).to.equal('ghmesh; hit')
      await later.mesh.stop()
    } finally {
      rmSync(cacheDir, { recursive: true, force: true })
    }
  })

  it('gives no older answer while GitHub limits the token, where nothing says what was changed', async () => {
    const a = await s.member(alone)
    expect((await a.ask(issue)).status).to.equal(200)
    const id = idOf('I', await idOfRepository())
    await write(a, 'mutation { closeIssue(input: {}) { issue { id } } }', { closeIssue: { issue: { id } } })
    s.github.limit(alice)
    expect((await a.ask(issue)).status).not.to.equal(200)
  })

  it('shows at a member that holds another token, by the name of a repository that was named by its id', async () => {
    const [a, b] = await s.two({ limits })
    const reviews = `${repo}/pulls/41/comments`
    tells(reviews)
    await a.json(repo) // says that it is public
    await a.json(reviews)
    await heard(a, b)
    const variables = { input: { pullRequestId: idOf('PR', await idOfRepository()) } }
    const data = { addPullRequestReview: { clientMutationId: null } }
    await write(a, 'mutation($input: A!) { addPullRequestReview(input: $input) { clientMutationId } }', data, variables)
    await heard(a, b)
    expect((await b.json(reviews)).title).to.equal('after')
  })

  it('leaves what is kept, where GitHub refused it for the rate limit', async () => {
    const a = await s.member({ ...alone, graphqlTtlMs: minute })
    const query = ask('{ viewer { login } }')
    await a.ask('/graphql', query)
    s.now += second
    const errors = [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded for user ID 1.' }]
    s.github.respondOnce('/graphql', dated(s, JSON.stringify({ errors }), { headers: json }))
    await a.ask('/graphql', ask('mutation { addStar(input: {}) { clientMutationId } }'))
    s.now += second
    expect(status(await a.ask('/graphql', query))).to.equal('ghmesh; hit')
  })
})

describe('after a mutation, members that hold the same token', () => {
  const s = scene()
  it('have nothing from before it, though it names its repository by an id that they do not know', async () => {
    const token = `ghp_${'a'.repeat(36)}`
    s.github.addToken(token, { login: 'alice' })
    const [a, b] = [await s.member({ token, limits }), await s.member({ token, limits })]
    await s.connect(a, b)
    await until(() => [a, b].every(({ mesh }) => Object.keys(mesh.stats({ group: true }).members).length === 2))
    let title = 'before'
    const reviews = `${repo}/pulls/41/reviews`
    s.github.respond(
      (call) => call.method === 'GET' && call.path === reviews,
      () =>
        new Response(JSON.stringify([{ title }]), {
          headers: { date: new Date(s.now).toUTCString(), 'cache-control': 'private, max-age=60', ...json }
        })
    )
    const { id } = await (await fetch(s.github.url + repo)).json()
    await b.json(reviews)
    await heard(b, a)
    s.now += second
    title = 'after'
    const data = { addPullRequestReview: { clientMutationId: null } }
    s.github.respondOnce('/graphql', dated(s, JSON.stringify({ data }), { headers: json }))
    const variables = { input: { pullRequestId: idOf('PR', id) } }
    const query = 'mutation($input: A!) { addPullRequestReview(input: $input) { clientMutationId } }'
    const purged = next(b.mesh, 'purged', ({ target }) => target === 'octocat/hello-world')
    await a.ask('/graphql', ask(query, variables))
    await purged
    s.now += second
    expect((await b.json(reviews))[0].title).to.equal('after')
  })
})
