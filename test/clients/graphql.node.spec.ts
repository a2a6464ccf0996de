import { join } from 'node:path'
import process from 'node:process'
import { expect } from 'chai'
import { type Member, scene, second, until } from '../flow/members.ts'
import { createCommands } from '../support/commands.ts'
import { longToken as token } from '../token-scan/tokens.ts'
import { type GraphqlClient, graphqlClients } from './graphql-clients.ts'
import { token as alice, clients, drive, has, startProxy, startWorld } from './world.ts'

const issues = `query Issues($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) { id name issues(first: 1) { totalCount } }
}`
const hello = { owner: 'octocat', name: 'Hello-World' }
const createIssue = `mutation Create($input: CreateIssueInput!) {
  createIssue(input: $input) { issue { number title } }
}`

for (const [name, make] of Object.entries(graphqlClients))
  describe(`${name} with the fetch of a mesh`, () => {
    const s = scene()
    const calls = () => s.github.calls.filter(({ path }) => path === '/graphql').length
    let plain: GraphqlClient
    let a: GraphqlClient
    let b: GraphqlClient

    before(function () {
      if (!has('node')) this.skip()
    })
    beforeEach(async () => {
      s.github.addToken(token, { login: 'alice' })
      const members: Member[] = []
      for (let n = 0; n < 2; n++) members.push(await s.member({ token, graphqlTtlMs: 20 * second }))
      const [first, other] = members as [Member, Member]
      await s.connect(first, other)
      await until(() => members.every(({ mesh }) => Object.keys(mesh.stats({ group: true }).members).length === 2))
      const at = (fetch: typeof globalThis.fetch) => make({ url: s.github.url, token, fetch })
      ;[plain, a, b] = [await at(fetch), await at(first.mesh.fetch), await at(other.mesh.fetch)]
    })

    // README: "`GHMESH_GRAPHQL_TTL`"
    it('a query costs one call, however often and at whichever member that holds the token', async () => {
      const expected = await plain.query(issues, hello)
      expect(expected.errors).to.deep.equal([])
      expect(expected.data.repository.name).to.equal('Hello-World')
      s.github.clearCalls()
      for (const client of [a, a, b, b, a]) expect(await client.query(issues, hello)).to.deep.equal(expected)
      expect(calls()).to.equal(1)
      await a.query(issues, { owner: 'octocat', name: 'empty-repo' })
      expect(calls(), 'with other variables').to.equal(2)
      s.now += 21 * second
      expect(await b.query(issues, hello)).to.deep.equal(expected)
      expect(calls()).to.equal(3)
    })

    it('after a mutation the next query asks again, at every member', async () => {
      const count = async (client: GraphqlClient) => {
        const { data } = await client.query(issues, hello)
        return data.repository.issues.totalCount as number
      }
      const { data } = await a.query(issues, hello)
      const before = await count(b)
      const input = { repositoryId: data.repository.id, title: `by ${name}` }
      const made = await a.mutate(createIssue, { input })
      expect([made.data.createIssue.issue.title, made.errors]).to.deep.equal([`by ${name}`, []])
      expect(await count(a)).to.equal(before + 1)
      await until(async () => (await count(b)) === before + 1)
    })

    it('errors come as GitHub sends them, with 200, and are not kept', async () => {
      const missing = { owner: 'octocat', name: 'nothing' }
      const expected = await plain.query(issues, missing)
      expect(expected.errors).to.deep.equal(["Could not resolve to a Repository with the name 'octocat/nothing'."])
      s.github.clearCalls()
      for (const client of [a, a, b]) expect(await client.query(issues, missing)).to.deep.equal(expected)
      expect(calls()).to.equal(3)
    })
  })

describe('@actions/github with GITHUB_API_URL', () => {
  const commands = createCommands()
  after(() => commands.end())

  it('sees through the proxy what it sees without it, and costs one call', async function () {
    if (!has('node')) return this.skip()
    await using github = await startWorld()
    const proxy = await startProxy(commands, github, ['--graphql-ttl', '20'])
    const run = (base: string) =>
      drive(process.execPath, [join(import.meta.dirname, 'drivers/actions.mjs'), join(clients, 'node')], {
        base,
        token: alice
      })
    const plainly = await run(github.url)
    expect(plainly).to.have.property('baseUrl', github.url)
    github.clearCalls()
    const both = [await run(proxy.base), await run(proxy.base)]
    for (const through of both) expect(through).to.deep.equal({ ...(plainly as object), baseUrl: proxy.base })
    for (const path of ['/graphql', '/repos/octocat/hello-world/issues'])
      expect(
        github.calls.filter((call) => call.path.toLowerCase() === path),
        path
      ).to.have.length(1)
    await proxy.stop()
  })
})
