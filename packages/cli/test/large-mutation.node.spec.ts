import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { type GitHub, startGitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'
import { createMesh, type Mesh, memoryStore } from 'ghmesh'
import { createForward } from '../src/proxy/forward.ts'

describe('a mutation through the proxy', () => {
  const headers = { authorization: 'token sim-token-alice' }
  let now = Date.now()
  let github: GitHub
  let mesh: Mesh
  before(async () => {
    github = await startGitHub({ secondaryLimits: false, now: () => now })
    mesh = await createMesh({
      apiUrl: github.url,
      store: memoryStore(),
      networking: false,
      now: () => now,
      limits: { recheckMs: [], writeGapMs: 0 }
    })
  })
  after(async () => {
    await mesh.stop()
    await github.stop()
  })

  /** Sends it, with its length, through the proxy's own part for it. */
  async function mutate(body: string): Promise<unknown> {
    const url = new URL('/graphql', github.url)
    const forward = createForward({ mesh, api: new URL(github.url), passed() {} })
    const server = createServer((req, res) => {
      const target = { url, graphql: true, clientBase: undefined }
      void forward(req, res, target, { signal: new AbortController().signal, follows: true })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const how = { host: '127.0.0.1', port, path: '/graphql', method: 'POST', agent: false }
    const sent = request({ ...how, headers: { ...headers, 'content-length': Buffer.byteLength(body) } }).end(body)
    try {
      return await new Promise((resolve) => sent.on('response', (response) => resolve(json(response))))
    } finally {
      server.close()
    }
  }

  for (const [what, length] of [
    ['an ordinary one', 10],
    ['one too large to be looked at', 300_000]
  ] as const)
    it(`makes what it changed stale: ${what}`, async () => {
      const issue = `${github.url}/repos/octocat/Hello-World/issues/1`
      const read = async (url: string) => (await mesh.fetch(url, { headers })).json()
      const before = (await read(`${issue}/comments`)).length
      const { node_id: id } = await read(issue)
      now += 1000
      const query = `mutation($id: ID!) { addComment(input: { subjectId: $id, body: "New" }) { commentEdge { node { url } } } }`
      const answer = await mutate(JSON.stringify({ query, variables: { id, contents: 'x'.repeat(length) } }))
      expect(answer).to.not.have.property('errors')
      now += 1000
      expect((await read(`${issue}/comments`)).length).to.equal(before + 1)
    })
})
