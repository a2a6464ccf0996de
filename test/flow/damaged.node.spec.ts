import { createServer, type Server } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { memoryStore } from 'ghmesh'
import { holdingRecord } from '../../packages/core/src/cache/record.ts'
import { alice, dated, type Member, repo, scene, second, status } from './members.ts'

const whole = JSON.stringify({ number: 1, body: 'x'.repeat(3000) })
const half = whole.slice(0, 1500)
const zipped = gzipSync(whole)

/** What a broken proxy or a dying connection leaves of an answer: head, body, and then the connection ends. */
const wrecks: Record<string, { head: string; body: Uint8Array | string; isError: boolean }> = {
  'shorter than its Content-Length': { head: `content-length: ${whole.length}`, body: half, isError: true },
  'chunks without the last one': {
    head: 'transfer-encoding: chunked',
    body: `${half.length.toString(16)}\r\n${half}\r\n`,
    isError: true
  },
  'half of what was compressed': {
    head: `content-encoding: gzip\r\ncontent-length: ${zipped.length >> 1}`,
    body: zipped.subarray(0, zipped.length >> 1),
    isError: false
  },
  'no length at all': { head: 'connection: close', body: half, isError: false }
}

describe('damaged answers', () => {
  const s = scene()
  let server: Server | undefined
  afterEach(() => server?.close())

  /** A server that answers with this and closes; and what it was asked. */
  async function wreckedServer({ head, body }: (typeof wrecks)[string]) {
    const asked: string[] = []
    server = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', (request) => {
        asked.push(String(request))
        const etag = `etag: "${'a'.repeat(64)}"\r\ncache-control: private, max-age=60`
        socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\n${etag}\r\n${head}\r\n\r\n`)
        socket.end(body)
      })
    })
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    return { url: `http://127.0.0.1:${port}`, asked }
  }
  const outcome = (answer: Promise<Response>) =>
    answer.then((response) => response.text()).catch((error: Error) => error.constructor.name)

  for (const [what, wreck] of Object.entries(wrecks)) {
    // README: "When in doubt,"
    it(`${what}: as plain fetch has it, and it is not kept`, async () => {
      const { url, asked } = await wreckedServer(wreck)
      const path = `${url}/repos/octocat/hello-world/issues/1`
      const plain = await outcome(fetch(path))
      expect(plain === 'TypeError').to.equal(wreck.isError)
      const a = await s.member({ apiUrl: url })
      asked.length = 0
      for (let n = 0; n < 2; n++) expect(await outcome(a.mesh.fetch(path))).to.equal(plain)
      expect(asked.filter((request) => request.includes('issues/1'))).to.have.length(2)
      expect(asked.join().toLowerCase()).to.not.include('if-none-match')
      expect(await a.mesh.peek(path)).to.equal(undefined)
    })
  }

  const issue = `${repo}/issues/1`
  const damaged = (etag = `"${'b'.repeat(64)}"`) =>
    dated(s, half, { headers: { 'content-type': 'application/json', 'cache-control': 'private, max-age=60', etag } })
  const conditions = (member: Member) => member.sent.map(({ headers }) => headers.get('if-none-match'))

  it('JSON that does not parse is handed on, and the next one gets GitHub’s answer', async () => {
    const a = await s.member()
    s.github.respondOnce(issue, damaged()())
    const first = await a.ask(issue)
    expect([await first.text(), status(first)]).to.deep.equal([half, 'ghmesh; fwd=uri-miss; fwd-status=200'])
    expect((await a.json(issue)).number).to.equal(1)
    expect(conditions(a).every((condition) => condition === null)).to.equal(true)
  })

  it('a file whose id is not its own is not kept', async () => {
    const a = await s.member()
    const readme = `${repo}/contents/README.md`
    const init = { headers: { accept: 'application/vnd.github.raw+json' } }
    const { sha } = await a.json(readme)
    const headers = { 'content-type': 'application/vnd.github.raw+json', 'cache-control': 'private, max-age=60' }
    s.github.respondOnce(readme, dated(s, '# Hel', { headers: { ...headers, etag: `"${sha}"` } })())
    expect(await (await a.ask(readme, init)).text()).to.equal('# Hel')
    expect(await (await a.ask(readme, init)).text()).to.match(/^# Hello-World/)
  })

  it('one that an earlier version stored is not renewed by a 304', async () => {
    const store = memoryStore()
    const first = await s.member({ store })
    await first.ask(issue)
    for await (const { key, meta } of store.list()) {
      const [entry] = (meta as { entries?: { url: string; hash: string }[] }).entries ?? []
      if (!entry?.url.endsWith('issues/1')) continue
      const record = { ...entry, body: new TextEncoder().encode(half), local: true }
      await store.put(key, holdingRecord({ key, entries: [record as never] }))
    }
    s.now += 61 * second
    const again = await s.member({ store, token: alice })
    expect((await again.json(issue)).number).to.equal(1)
    expect(conditions(again)[0]).to.equal(null)
  })
})
