import { Octokit } from '@octokit/core'
import { expect } from 'chai'
import type { MeshOptions } from 'ghmesh'
import { longToken } from '../token-scan/tokens.ts'
import { as, bob, dated, type Member, next, repo, scene, second, status, until } from './members.ts'

const query =
  '{ repository(owner: "octocat", name: "Hello-World") { id name description issues(first: 1) { totalCount } } }'

describe('GraphQL', () => {
  const s = scene()
  const kept = { graphqlTtlMs: 20 * second }
  const calls = () => s.github.calls.filter(({ path }) => path === '/graphql').length
  const ask = (member: Member, body: object, init: RequestInit = {}) =>
    member.mesh.fetch(`${s.github.url}/graphql`, {
      method: 'POST',
      body: JSON.stringify(body),
      ...init,
      headers: { 'content-type': 'application/json', ...init.headers }
    })
  const count = async (member: Member, init?: RequestInit) =>
    (await (await ask(member, { query }, init)).json()).data.repository.issues.totalCount as number
  const mutation = async (member: Member, title: string) => {
    const { data } = await (await ask(member, { query }, { cache: 'no-cache' })).json()
    return {
      query: 'mutation M($input: CreateIssueInput!) { createIssue(input: $input) { issue { number url } } }',
      variables: { input: { repositoryId: data.repository.id, title } }
    }
  }
  /** Members with one token, connected. */
  async function fleet(size: number, options: MeshOptions = kept): Promise<Member[]> {
    s.github.addToken(longToken, { login: 'alice' })
    const members: Member[] = []
    for (let i = 0; i < size; i++) {
      const member = await s.member({ token: longToken, ...options })
      for (const one of members) await s.connect(one, member)
      members.push(member)
    }
    await until(
      () => members.every(({ mesh }) => Object.keys(mesh.stats({ group: true }).members).length === size),
      'everybody has heard of everybody'
    )
    return members
  }

  it('is passed on where the option does not say otherwise', async () => {
    const a = await s.member()
    for (let n = 1; n <= 2; n++) {
      expect(status(await ask(a, { query }))).to.equal(null)
      expect(calls()).to.equal(n)
    }
  })

  // README: "`GHMESH_GRAPHQL_TTL`"
  it('is kept as long as the option says, however it is written, for the token that asked', async () => {
    const a = await s.member(kept)
    const first = await ask(a, { query })
    expect(status(first)).to.match(/fwd=uri-miss; fwd-status=200/)
    expect(first.url).to.equal(`${s.github.url}/graphql`)
    const again = await ask(a, { query: `# why\n${query.replaceAll(' ', ' \n ')}` })
    expect(status(again)).to.equal('ghmesh; hit')
    expect(await again.text()).to.equal(await first.text())
    expect(again.headers.get('content-type')).to.equal(first.headers.get('content-type'))
    expect(calls()).to.equal(1)
    expect(status(await ask(a, { query }, as(bob)))).to.match(/fwd=uri-miss/)
    expect(status(await ask(a, { query }, { credentials: 'omit' }))).to.equal(null)
    s.now += 21 * second
    await ask(a, { query })
    expect(calls()).to.equal(4)
    expect(a.mesh.stats()).to.include({ hits: 1, misses: 3, requests: 4 })
    expect(a.mesh.stats().spent).to.deep.equal({ graphql: 4 })
    s.github.respond(
      '/graphql',
      dated(s, '{"data":{"rateLimit":{"cost":7}}}', { headers: { 'content-type': 'application/json' } }),
      1
    )
    await ask(a, { query: '{ rateLimit { cost } }' })
    expect(a.mesh.stats().spent).to.deep.equal({ graphql: 11 })
    expect(a.mesh.stats().quota.graphql).to.include({ limit: 5000 })
  })

  it('is asked again for who says so', async () => {
    const a = await s.member(kept)
    const before = await count(a)
    s.github.repository('octocat/Hello-World').addIssue({ title: 'elsewhere' })
    s.now += second
    expect(await count(a)).to.equal(before)
    expect(await count(a, { cache: 'no-store' })).to.equal(before + 1)
    expect(await count(a)).to.equal(before)
    expect(await count(a, { cache: 'no-cache' })).to.equal(before + 1)
    expect(await count(a)).to.equal(before + 1)
  })

  it('is not kept with errors, nor on other words than 200', async () => {
    const a = await s.member(kept)
    const missing = { query: '{ repository(owner: "octocat", name: "nothing") { id } }' }
    for (let n = 1; n <= 2; n++) {
      expect((await (await ask(a, missing)).json()).errors).to.have.length(1)
      expect(calls()).to.equal(n)
    }
    s.github.respond('/graphql', dated(s, '{"message":"no"}', { status: 502 }), 1)
    expect((await ask(a, { query })).status).to.equal(502)
    expect((await ask(a, { query })).status).to.equal(200)
  })

  it('is not kept while GitHub finds out whether a pull request can be merged', async () => {
    const a = await s.member(kept)
    const repository = s.github.repository('octocat/Hello-World')
    const number = repository.addPull({ mergeable: null })
    const asked = `{ repository(owner: "octocat", name: "Hello-World") { pullRequest(number: ${number}) { mergeable } } }`
    const mergeable = async () =>
      (await (await ask(a, { query: asked })).json()).data.repository.pullRequest.mergeable as string
    expect(await mergeable()).to.equal('UNKNOWN')
    repository.editPull(number, { mergeable: true })
    expect(await mergeable()).to.equal('MERGEABLE')
    repository.editPull(number, { mergeable: false })
    expect(await mergeable()).to.equal('MERGEABLE')
  })

  it('is never from before a mutation or another write, wherever that was made, and REST shows it too', async () => {
    const [a, b] = (await fleet(2)) as [Member, Member]
    const issues = `${repo}/issues`
    const written = await mutation(a, 'by GraphQL')
    const before = await count(a)
    expect(await count(b)).to.equal(before)
    await b.ask(issues)
    const purged = next(b, 'purged')
    expect((await ask(a, written)).status).to.equal(200)
    expect(await count(a)).to.equal(before + 1)
    await purged
    await until(async () => (await count(b)) === before + 1)
    expect((await b.json(issues))[0].title).to.equal('by GraphQL')

    const again = next(a, 'purged')
    await b.ask(issues, { method: 'POST', body: JSON.stringify({ title: 'by REST' }) })
    expect(await count(b)).to.equal(before + 2)
    await again
    await until(async () => (await count(a)) === before + 2)
  })

  it('is not from before a write even where GitHub fails', async () => {
    const a = await s.member(kept)
    await count(a)
    s.github.respond('/graphql', dated(s, 'Unicorn!', { status: 502 }))
    s.now += 21 * second
    expect(status(await ask(a, { query }))).to.match(/detail=stale/)
    await a.ask(`${repo}/issues`, { method: 'POST', body: JSON.stringify({ title: 'new' }) })
    s.github.respond('/graphql', dated(s, 'Unicorn!', { status: 502 }))
    expect((await ask(a, { query })).status).to.equal(502)
  })

  it('is asked once by all who hold the token, at the same time and later', async () => {
    const members = await fleet(5)
    const answers = await Promise.all(members.map(async (member) => (await ask(member, { query })).text()))
    expect(new Set(answers).size).to.equal(1)
    expect(calls()).to.equal(1)
    s.now += 21 * second
    await Promise.all(members.map((member) => ask(member, { query })))
    expect(calls()).to.equal(2)
    expect(status(await ask(members[0] as Member, { query }, as(bob)))).to.match(/fwd=uri-miss/)
  })

  it("comes to Octokit's own client as from GitHub, and once", async () => {
    const a = await s.member(kept)
    const { graphql: client } = new Octokit({
      auth: longToken,
      baseUrl: s.github.url,
      request: { fetch: a.mesh.fetch }
    })
    s.github.addToken(longToken, { login: 'alice' })
    const viewers = await Promise.all([1, 2].map(() => client<object>('query Who { viewer { login } }')))
    expect(viewers).to.deep.equal([{ viewer: { login: 'alice' } }, { viewer: { login: 'alice' } }])
    expect(await client('query Who {\n viewer {\n login } }')).to.deep.equal({ viewer: { login: 'alice' } })
    expect(calls()).to.equal(1)
    const failed = await client('{ repository(owner: "a", name: "b") { id } }').catch((error: Error) => error.name)
    expect(failed).to.equal('GraphqlResponseError')
  })
})
