import { once } from 'node:events'
import { Agent, createServer, type RequestOptions, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer, text } from 'node:stream/consumers'
import { gunzipSync, gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { createMesh, type Mesh, memoryStore } from 'ghmesh'
import { createHandler } from '../src/proxy/handler.ts'

const refusal = '{"message":"You have exceeded a secondary rate limit"}'

describe('the body of a request through the proxy', () => {
  let github: Server
  let proxy: Server
  let mesh: Mesh
  let received: Buffer[]
  let refuses: boolean
  const portOf = (server: Server) => (server.address() as AddressInfo).port

  beforeEach(async () => {
    received = []
    refuses = false
    github = createServer(async (req, res) => {
      res.setHeader('content-type', 'application/json')
      if (refuses) return res.writeHead(403, { 'retry-after': '30' }).end(refusal)
      received.push(await buffer(req))
      res.end('{"data":{}}')
    }).listen(0, '127.0.0.1')
    await once(github, 'listening')
    const apiUrl = `http://127.0.0.1:${portOf(github)}`
    mesh = await createMesh({
      apiUrl,
      store: memoryStore(),
      networking: false,
      limits: { recheckMs: [], writeGapMs: 0 }
    })
    proxy = createServer().listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    proxy.on('request', createHandler({ mesh, api: new URL(apiUrl) })({ kind: 'port', port: portOf(proxy) }))
  })
  afterEach(async () => {
    for (const server of [proxy, github]) {
      server.closeAllConnections()
      server.close()
    }
    await mesh.stop()
  })

  async function ask(how: RequestOptions, body?: Buffer) {
    const headers = {
      authorization: 'token ghp_abc',
      ...(how.headers as object),
      ...(body && { 'content-length': body.length })
    }
    const sent = request({ host: '127.0.0.1', port: portOf(proxy), ...how, headers }).end(body)
    const [response] = await once(sent, 'response')
    return { status: response.statusCode, text: await text(response), socket: sent.socket }
  }

  for (const remembered of [false, true])
    it(`is read over where GitHub refuses the request${remembered ? ', as it did before' : ' at once'}, and its connection goes on`, async () => {
      refuses = true
      if (remembered) expect((await ask({ path: '/user' })).status).to.equal(403)
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      const upload = { agent, method: 'POST', path: '/repos/o/r/git/blobs' }
      const first = await ask(upload, Buffer.alloc(3_000_000))
      expect(first).to.include({ status: 403, text: refusal })
      const next = await ask({ agent, path: '/ghmesh/stats' })
      expect(next.status).to.equal(200)
      if (remembered) expect(next.socket).to.equal(first.socket)
      agent.destroy()
    })

  it('reaches GitHub as it is, where it is a compressed query of GraphQL, which counts as a write', async () => {
    const page = `http://127.0.0.1:${portOf(github)}/repos/o/r/issues`
    await mesh.fetch(page)
    const body = gzipSync(JSON.stringify({ query: 'mutation { a }' }))
    const graphql = { method: 'POST', path: '/graphql', agent: false as const }
    expect(await ask({ ...graphql, headers: { 'content-encoding': 'gzip' } }, body)).to.include({ status: 200 })
    expect(gunzipSync(received.at(-1) as Buffer).toString()).to.equal('{"query":"mutation { a }"}')
    expect((await mesh.fetch(page)).headers.get('cache-status')).to.contain('fwd=stale')
  })

  it('reaches GitHub as it is, where it begins with a byte order mark', async () => {
    const body = Buffer.from('\uFEFF{"query":"{ viewer { login } }"}')
    await ask({ method: 'POST', path: '/graphql', agent: false }, body)
    expect(received.at(-1)?.equals(body)).to.equal(true)
  })
})
