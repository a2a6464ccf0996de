import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { type GitHub, startGitHub } from '@ghmesh/github-sim'
import { Octokit } from '@octokit/core'
import { paginateRest } from '@octokit/plugin-paginate-rest'
import { expect } from 'chai'
import { createSecret } from 'ghmesh'
import { createCommands } from '../../../test/support/commands.ts'
import { fetchWithAnyBody } from '../src/proxy/body-with-get.ts'
import { refusal } from '../src/proxy/host-check.ts'
import { closeServer, listenOnSocket } from '../src/proxy/listen.ts'
import { prepareSocketPath } from '../src/proxy/socket-path.ts'
import { lockStart } from '../src/proxy/state.ts'
import { targetOf } from '../src/proxy/target.ts'

const alice = 'sim-token-alice'
const bob = 'sim-token-bob'
const hello = '/repos/octocat/Hello-World'

interface Asked {
  method?: string
  headers?: Record<string, string>
  body?: string | Buffer
  token?: string | undefined
}

/** Sends a request to a socket path or a port; resolves once the headers of the answer are here. */
function open(where: string | number, path: string, { method = 'GET', headers = {}, body, token }: Asked = {}) {
  const place = typeof where === 'string' ? { socketPath: where, host: 'api.github.com' } : { port: where }
  const asking = request({
    ...place,
    path,
    method,
    agent: false,
    headers: {
      'user-agent': 'spec',
      ...(typeof where === 'string' && { host: 'api.github.com' }),
      ...(token && { authorization: `token ${token}` }),
      ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
      ...headers
    }
  })
  const answered = new Promise<IncomingMessage>((resolve, reject) => asking.on('response', resolve).on('error', reject))
  asking.end(body)
  return { asking, answered }
}

async function ask(where: string | number, path: string, asked: Asked = {}) {
  const response = await open(where, path, asked).answered
  const body = await buffer(response)
  const { statusCode: status, headers } = response
  return { status, headers: headers as IncomingHttpHeaders & { link?: string }, body, text: body.toString() }
}

const from = ({ headers }: { headers: IncomingHttpHeaders }) => headers['cache-status']

describe('ghmesh proxy', () => {
  const commands = createCommands()
  let github: GitHub
  let socket: string
  let port: number

  const env = (more: Record<string, string | undefined> = {}) => ({
    GITHUB_API_URL: github.url,
    IPFS_ACCELERATE_CACHE_DIR: commands.folder('cache'),
    ...more
  })
  async function start(args: readonly string[], more?: Record<string, string | undefined>) {
    const proxy = commands.ghmesh(['proxy', ...args], env(more))
    await proxy.said(/^listening on .*\n/m)
    return proxy
  }

  /** The same of GitHub itself. */
  const plain = (path: string, headers = {}) => ask(github.port, path, { token: alice, headers })

  before(async () => {
    github = await startGitHub()
    socket = join(commands.folder('run'), 'own', 'proxy.sock')
    const proxy = await start(['--socket', socket, '--port', '0', '--graphql-ttl', '3600', '--verbose'], {
      // Nobody who asks without a token gets this one.
      GH_TOKEN: alice
    })
    const stats = JSON.parse((await ask(socket, '/ghmesh/stats')).text)
    expect(stats.pid).to.equal(proxy.child.pid)
    port = Number(/127\.0\.0\.1:(\d+)/.exec(commands.printed())?.[1])
  })
  beforeEach(() => github.clearCalls())
  after(async () => {
    await commands.end()
    await github.stop()
  })

  describe('answers', () => {
    // README: "The proxy is a cache on a Unix socket"
    it('from the cache, when asked again', async () => {
      const [path, token] = [`${hello}/labels`, alice]
      const first = await ask(socket, path, { token })
      expect([first.status, from(first)]).to.deep.equal([200, 'ghmesh; fwd=uri-miss; fwd-status=200; stored'])
      const again = await ask(port, path, { token })
      expect([again.status, from(again), again.text]).to.deep.equal([200, 'ghmesh; hit', first.text])
      expect(github.count(path)).to.equal(1)
      const checked = await ask(socket, path, { token, headers: { 'cache-control': 'no-cache' } })
      expect(from(checked)).to.match(/fwd=request; fwd-status=304/)
    })

    // README: "Every client uses its own token"
    it('keep tokens apart, and lend none', async () => {
      const path = '/repos/octocat/secret-plans'
      const asked = await Promise.all([alice, bob, undefined].map((token) => ask(socket, path, { token })))
      expect(asked.map(({ status }) => status)).to.deep.equal([200, 404, 404])
      const users = await Promise.all([alice, bob, undefined].map((token) => ask(port, '/user', { token })))
      expect(users.map(({ status, text }) => [status, JSON.parse(text).login])).to.deep.equal([
        [200, 'alice'],
        [200, 'bob'],
        [401, undefined]
      ])
      expect(github.calls.filter(({ login, path }) => login === undefined && path === '/user')).to.have.length(1)
    })

    it('HEAD, and 304 to a condition of the client', async () => {
      const token = alice
      const whole = await ask(socket, `${hello}/topics`, { token })
      const head = await ask(socket, `${hello}/topics`, { token, method: 'HEAD' })
      expect([head.status, from(head), head.text]).to.deep.equal([200, 'ghmesh; hit', ''])
      const headers = { 'if-none-match': whole.headers.etag as string }
      const same = await ask(socket, `${hello}/topics`, { token, headers })
      expect([same.status, same.text, same.headers['content-type']]).to.deep.equal([304, '', undefined])
      expect(github.calls.at(-1)).to.include({ path: `${hello}/topics`, status: 304, units: 0 })
      const other = await ask(port, `${hello}/topics`, { token, headers: { 'if-none-match': '"another"' } })
      expect([other.status, other.text]).to.deep.equal([200, whole.text])
      // Nothing is held that would answer it, so GitHub does.
      const unheld = await ask(port, `${hello}/languages`, { token, headers: { 'if-none-match': '"another"' } })
      expect([unheld.status, from(unheld)]).to.deep.equal([200, 'ghmesh; fwd=request; fwd-status=200; stored'])
    })

    it('takes `only-if-cached` and `no-store` at their word beside a condition of the client', async () => {
      const token = alice
      const said = { 'if-none-match': '"another"' }
      const calls = github.count()
      const onlyIfCached = { ...said, 'cache-control': 'only-if-cached' }
      const absent = await ask(port, `${hello}/contributors`, { token, headers: onlyIfCached })
      expect([absent.status, github.count()]).to.deep.equal([504, calls])
      await ask(port, `${hello}/contributors`, { token, headers: { ...said, 'cache-control': 'no-store' } })
      expect((await ask(port, `${hello}/contributors`, { token, headers: onlyIfCached })).status).to.equal(504)
    })

    it('stream: the first piece is here before the last is sent, and a large body arrives whole', async () => {
      const gate = Promise.withResolvers<void>()
      const large = Buffer.alloc(20 * 1024 * 1024, 'ghmesh ')
      const pieces = new ReadableStream<Uint8Array>({
        async start(controller) {
          controller.enqueue(Buffer.from('first'))
          await gate.promise
          controller.enqueue(Buffer.from('last'))
          controller.close()
        }
      })
      github.respondOnce(/streamed/, () => new Response(pieces))
      github.respondOnce(/large/, () => new Response(large))
      github.respondOnce(/upload/, async (req) => new Response(String((await req.arrayBuffer()).byteLength)))
      // The cache does not answer ranges.
      const response = await open(socket, '/streamed', { headers: { range: 'bytes=0-' } }).answered
      const reading = response[Symbol.asyncIterator]()
      expect(String((await reading.next()).value)).to.equal('first')
      gate.resolve()
      expect(String((await reading.next()).value)).to.equal('last')
      const { body } = await ask(port, `${hello}/large`, { token: alice })
      expect(body.equals(large)).to.equal(true)
      const sent = await ask(socket, '/upload', { method: 'POST', token: alice, body: large })
      expect(sent.text).to.equal(String(large.length))
    })

    it('say so when GitHub cannot be reached, and go on', async () => {
      await github.goDown()
      const { status, text } = await ask(socket, '/emojis', { token: alice })
      await github.goUp()
      expect([status, JSON.parse(text).message]).to.deep.equal([
        502,
        `ghmesh: cannot reach ${new URL(github.url).host}: fetch failed: connect ECONNREFUSED ${new URL(github.url).host}`
      ])
      expect((await ask(socket, '/emojis', { token: alice })).status).to.equal(200)
    })

    it('redirects to other origins: the port hands them on, the socket follows them without the token', async () => {
      const archive = `${hello}/tarball/main`
      github.respond(`${hello}/readme`, Response.redirect(`${github.filesUrl}/cached`, 302), 3)
      for (const [path, headers] of [
        [archive, {}],
        [archive, { range: 'bytes=0-' }],
        [archive, { 'if-none-match': '"x"' }],
        [`${hello}/readme`, {}]
      ] as [string, Record<string, string>][]) {
        github.clearCalls()
        const seen = await Promise.all([ask(port, path, { token: alice, headers }), plain(path, headers)])
        const [mine, theirs] = seen.map(({ status, headers }) => [status, new URL(headers.location ?? '').pathname])
        expect(mine, path).to.deep.equal(theirs)
        expect(github.downloads).to.deep.equal([])
        const followed = await ask(socket, path, { token: alice, headers })
        expect([followed.status, followed.text.slice(0, 18), followed.headers.location]).to.deep.equal([
          200,
          'simulated download',
          undefined
        ])
        expect(github.downloads.map(({ authorization }) => authorization)).to.deep.equal([false])
      }
      const head = await ask(port, archive, { token: alice, method: 'HEAD' })
      expect([head.status, head.headers.location?.startsWith(github.filesUrl), head.text]).to.deep.equal([
        302,
        true,
        ''
      ])
      expect(Object.keys(head.headers)).to.not.include('x-ghmesh-location')
    })

    it('have a reason phrase, from the cache too', async () => {
      for (let n = 0; n < 2; n++) {
        const { statusMessage } = (await open(port, `${hello}/labels?per_page=7`, { token: alice }).answered).resume()
        expect(statusMessage).to.equal('OK')
      }
    })

    it('to GET and HEAD with a body, which fetch refuses to send', async () => {
      const body = JSON.stringify({ state: 'all' })
      for (const where of [socket, port]) {
        const got = await ask(where, `${hello}/labels`, { token: alice, body })
        expect([got.status, got.text]).to.deep.equal([200, (await plain(`${hello}/labels`)).text])
        const head = await ask(where, `${hello}/labels`, { token: alice, body, method: 'HEAD' })
        expect([head.status, head.text]).to.deep.equal([200, ''])
      }
      const big = Buffer.alloc(1024 * 1024, 'x')
      const own = await ask(port, `${hello}/labels`, { token: alice, body: big, headers: { 'if-none-match': '"x"' } })
      expect([own.status, own.text]).to.deep.equal([200, (await plain(`${hello}/labels`)).text])
      await github.goDown()
      const down = await ask(port, `${hello}/labels`, { token: alice, body })
      await github.goUp()
      expect([down.status, JSON.parse(down.text).message]).to.deep.equal([
        502,
        `ghmesh: cannot reach ${new URL(github.url).host}: fetch failed: connect ECONNREFUSED ${new URL(github.url).host}`
      ])
    })

    it('through the socket under the names that got and axios use, and links that they can follow', async () => {
      for (const [host, base] of [
        ['unix', `http://unix:${socket}:`],
        ['[::1]', 'http://[::1]'],
        ['127.0.0.1', 'http://127.0.0.1']
      ] as const) {
        const { status, headers } = await ask(socket, `${hello}/issues?per_page=5`, { token: alice, headers: { host } })
        expect([status, headers.link?.startsWith(`<${base}/repositories/`)], host).to.deep.equal([200, true])
      }
    })

    it('lead through all pages: Octokit by the port, and others by the name that they use', async () => {
      const Client = Octokit.plugin(paginateRest)
      const octokit = new Client({ auth: alice, baseUrl: `http://127.0.0.1:${port}` })
      const issues = () =>
        octokit.paginate('GET /repos/{owner}/{repo}/issues', { owner: 'octocat', repo: 'Hello-World', per_page: 5 })
      const found = await issues()
      const calls = github.calls.length
      expect(calls).to.be.greaterThan(2)
      expect(await issues()).to.deep.equal(found)
      expect(github.calls).to.have.length(calls)
      const links = [ask(socket, `${hello}/issues?per_page=5`, { token: alice })]
      links.push(
        ask(socket, `/api/v3${hello}/issues?per_page=5`, { token: alice, headers: { host: 'api.github.localhost' } })
      )
      const [plain, prefixed] = await Promise.all(links)
      expect(plain?.headers.link).to.match(/^<https:\/\/api\.github\.com\/repositories\/\d+\/issues\?/)
      expect(prefixed?.headers.link).to.match(/^<http:\/\/api\.github\.localhost\/api\/v3\/repositories\//)
    })
  })

  describe('refuses', () => {
    it("other hosts' names, and web pages of other origins", async () => {
      const own = `127.0.0.1:${port}`
      const refused: [number, Record<string, string>][] = [
        [403, { host: 'api.github.com' }],
        [403, { host: `evil.example:${port}` }],
        [403, { host: `127.0.0.1:${port + 1}` }],
        [403, { origin: 'https://evil.example' }],
        [403, { origin: 'null' }],
        [403, { 'sec-fetch-site': 'cross-site' }],
        [403, { 'sec-fetch-site': 'same-site', origin: `http://${own}` }],
        [200, { host: `localhost:${port}`, origin: `http://localhost:${port}`, 'sec-fetch-site': 'same-origin' }],
        [200, { 'sec-fetch-site': 'none' }]
      ]
      for (const [status, headers] of refused) {
        const answer = await ask(port, '/ghmesh/stats', { headers })
        expect(answer.status, JSON.stringify(headers)).to.equal(status)
        expect(answer.headers).to.not.have.any.keys('access-control-allow-origin')
      }
      const elsewhere = await ask(socket, '/meta', { headers: { host: 'evil.example' } })
      expect([elsewhere.status, (await ask(socket, '/meta', { headers: { host: 'localhost' } })).status]).to.deep.equal(
        [421, 200]
      )
      expect(github.count((call) => call.path !== '/meta')).to.equal(0)
    })

    it('more headers than anybody sends, and what is no path', async () => {
      const long = (bytes: number) =>
        `GET /meta HTTP/1.1\r\nHost: api.github.com\r\nX-Long: ${'x'.repeat(bytes)}\r\n\r\n`
      // No more than a socket takes at once: it is all sent before the answer comes.
      const client = connect(socket)
      client.write(long(16 * 1024))
      const [said] = await once(client, 'data')
      expect(String(said)).to.match(/^HTTP\/1\.1 431 /)
      client.destroy()
      // Who still sends when the connection is closed may learn no more than that it is.
      const flood = connect(socket)
      flood.on('error', () => {})
      flood.write(long(1024 * 1024))
      await new Promise((resolve) => flood.once('close', resolve).resume())
      expect(github.count()).to.equal(0)
      const absolute = await ask(socket, 'http://evil.example/meta')
      expect(absolute.status).to.equal(400)
    })
  })

  describe('stands', () => {
    it('clients that stall or leave half-way', async () => {
      const stalled = connect(socket)
      stalled.write('GET /meta HTTP/1.1\r\nHost: api.gi')
      // A write whose answer is lost may have been done: what it changes is asked again, and the licenses are not of it.
      const uploading = request({
        socketPath: socket,
        path: '/repos/acme/app/issues/1',
        method: 'PATCH',
        headers: { host: 'localhost', 'content-length': 100 }
      })
      uploading.on('error', () => {})
      uploading.write('half')
      const hold = github.hold(/licenses/)
      const leaving = open(socket, '/licenses', { token: alice })
      leaving.answered.catch(() => {})
      await hold.arrived
      const staying = ask(socket, '/licenses', { token: alice })
      leaving.asking.destroy()
      uploading.destroy()
      expect((await ask(socket, '/meta', { token: alice })).status).to.equal(200)
      hold.release()
      expect((await staying).status).to.equal(200)
      expect(github.count('/licenses')).to.equal(1)
      stalled.destroy()
    })

    it('500 requests at once, with at most 100 at GitHub', async () => {
      const [full, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      let [now, most] = [0, 0]
      const slow = async () => {
        most = Math.max(most, ++now)
        if (now === 100) full.resolve()
        await gate.promise
        now--
        return Response.json([])
      }
      github.respond(/crowd/, slow, 500)
      const paths = Array.from({ length: 500 }, (_, i) => `${hello}/commits?path=crowd&page=${i + 1}`)
      const all = paths.map((path) => ask(socket, path, { token: alice }))
      await full.promise
      expect((await ask(socket, '/ghmesh/stats')).status).to.equal(200)
      gate.resolve()
      expect(new Set((await Promise.all(all)).map(({ status }) => status))).to.deep.equal(new Set([200]))
      expect(most).to.equal(100)
    })

    it('10,000 requests at once: all are answered, and what they have in common is fetched once [long]', async () => {
      const hold = github.hold(/throng/)
      const paths = Array.from({ length: 100 }, (_, i) => `${hello}/commits?path=throng&page=${i + 1}`)
      const all = Array.from({ length: 10_000 }, (_, i) => ask(port, paths[i % 100] as string, { token: alice }))
      await hold.arrived
      hold.release()
      const answers = await Promise.all(all)
      expect([...new Set(answers.map(({ status, text }) => (status === 200 ? 200 : text)))]).to.deep.equal([200])
      expect(github.count(/throng/)).to.equal(100)
    })
  })

  describe('a silent GitHub: others do not wait behind clients that gave up', () => {
    let silent: GitHub
    let place: string
    const query = (n: number) => ({ method: 'POST', body: `{"query":"{ silent${n} }"}` })
    const crowds: [string, (n: number) => ReturnType<typeof open>][] = [
      ['on REST', (n) => open(place, `${hello}/commits?path=silent&page=${n}`, { token: alice })],
      ['on ranges', (n) => open(place, `${hello}/silent?page=${n}`, { token: alice, headers: { range: 'bytes=0-' } })],
      ['on GraphQL', (n) => open(place, '/graphql', { token: alice, ...query(n) })]
    ]

    before(async () => {
      // It counts a call until it has answered, also where nobody is there to hear it.
      silent = await startGitHub({ secondaryLimits: false })
      place = join(commands.folder('s'), 's')
      await start(['--socket', place, '--graphql-ttl', '3600'], { GITHUB_API_URL: silent.url })
    })
    after(() => silent.stop())

    for (const [kind, come] of crowds) {
      it(kind, async () => {
        const hold = silent.hold(({ url, method }) => /silent/.test(url) || method === 'POST')
        const leaving = Array.from({ length: 150 }, (_, n) => come(n + 1))
        for (const { answered } of leaving) answered.catch(() => {})
        while (hold.waiting < 100) await new Promise((resolve) => setImmediate(resolve))
        for (const { asking } of leaving) asking.destroy()
        expect((await ask(place, `${hello}/commits?path=${kind.at(-1)}`, { token: bob })).status).to.equal(200)
        hold.release()
      })
    }
  })

  describe('GraphQL', () => {
    const query =
      'query Names($owner: String!) { repository(owner: $owner, name: "Hello-World") { name, issues(first: 1) { totalCount } } }'
    const graphql = (body: object, token = alice, headers = {}) =>
      ask(socket, '/graphql', {
        method: 'POST',
        token,
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers }
      })
    const variables = { owner: 'octocat' }

    it('keeps answers to queries, for each viewer, whatever the white space', async () => {
      const first = await graphql({ query, variables })
      expect(JSON.parse(first.text).data.repository.name).to.equal('Hello-World')
      const spaced = await graphql({ variables, query: `# why\n${query.replaceAll(' ', ' \n ').replace(',', '')}` })
      expect([from(spaced), spaced.text]).to.deep.equal(['ghmesh; hit', first.text])
      expect(github.count('/graphql')).to.equal(1)
      await graphql({ query, variables }, bob)
      await graphql({ query, variables: { owner: 'octo-org' } })
      expect(github.count('/graphql')).to.equal(3)
      // That one had an error in it.
      await graphql({ query, variables: { owner: 'octo-org' } })
      expect(github.count('/graphql')).to.equal(4)
    })

    it('asks again for a client that says so, and keeps the answer where it may', async () => {
      const described = { query: '{ repository(owner: "octocat", name: "Hello-World") { description } }' }
      const describe = async (cacheControl?: string) => {
        const answer = await graphql(described, alice, cacheControl && { 'cache-control': cacheControl })
        return [JSON.parse(answer.text).data.repository.description, from(answer)]
      }
      const [before] = await describe()
      const forwarded = 'ghmesh; fwd=request; fwd-status=200'
      github.repository('octocat/Hello-World').update({ description: 'changed' })
      expect(await describe('no-store')).to.deep.equal(['changed', forwarded])
      expect(await describe()).to.deep.equal([before, 'ghmesh; hit'])
      expect(await describe('no-cache')).to.deep.equal(['changed', `${forwarded}; stored`])
      expect(await describe()).to.deep.equal(['changed', 'ghmesh; hit'])
    })

    it('asks once for those who come together', async () => {
      const together = { query: '{ viewer { login } }' }
      const hold = github.hold('/graphql')
      const asked = [graphql(together), graphql(together)]
      await hold.arrived
      const third = graphql(together, bob)
      // The second is there when something that was sent after it is answered.
      await ask(socket, '/ghmesh/stats')
      hold.release()
      const texts = (await Promise.all([...asked, third])).map(({ text }) => JSON.parse(text).data.viewer.login)
      expect(texts).to.deep.equal(['alice', 'alice', 'bob'])
      expect(github.count('/graphql')).to.equal(2)
    })

    it('passes mutations on, and forgets what was asked before', async () => {
      const id = { query: '{ repository(owner: "octocat", name: "Hello-World") { id } }' }
      const { repository } = JSON.parse((await graphql(id)).text).data
      const input = { repositoryId: repository.id, title: 'By mutation' }
      const mutation = {
        query: 'mutation M($input: I!) { createIssue(input: $input) { issue { number } } }',
        variables: { input }
      }
      const before = JSON.parse((await graphql({ query, variables })).text).data.repository.issues.totalCount
      const made = await Promise.all([graphql(mutation), graphql(mutation)])
      expect(made.map((one) => [one.status, from(one)])).to.deep.equal([
        [200, undefined],
        [200, undefined]
      ])
      const after = JSON.parse((await graphql({ query, variables })).text).data.repository.issues.totalCount
      expect(after).to.equal(before + 2)
    })
  })

  it('with --agents keeps GraphQL, and says when little of its limit is left', async () => {
    const place = join(commands.folder('s'), 's')
    const proxy = await start(['--agents', '--socket', place])
    const query = { method: 'POST', token: bob, body: '{"query":"{ viewer { login } }"}' }
    github.setRemaining(bob, 400)
    await ask(place, `${hello}/labels`, { token: bob })
    await proxy.said(/^\d+ of \d+ left of the rate limit "core" until \S+; /m)
    await ask(place, '/graphql', query)
    expect(from(await ask(place, '/graphql', query))).to.equal('ghmesh; hit')
    proxy.child.kill('SIGTERM')
    await proxy.ended
    github.setRemaining(bob, 5000)
  })

  describe('--rewrite-urls', () => {
    let rewritten: number
    let place: string
    const own = () => `http://localhost:${rewritten}`
    const asked = (path: string, more: Asked = {}) => ask(rewritten, path, { token: alice, ...more })

    before(async () => {
      place = join(commands.folder('s'), 's')
      const proxy = await start(['--socket', place, '--port', '0', '--rewrite-urls'])
      rewritten = Number(/127\.0\.0\.1:(\d+)/.exec(proxy.printed())?.[1])
    })

    it('URLs in bodies lead to the port, which takes them, and conditions stay free', async () => {
      for (let n = 0; n < 2; n++) {
        const { body, text, headers } = await asked(hello)
        const truth = (await plain(hello)).text
        expect(text).to.equal(JSON.stringify(JSON.parse(truth)).replaceAll(`"${github.url}/`, `"${own()}/`))
        expect(Number(headers['content-length'])).to.equal(body.length)
        const { labels_url, url } = JSON.parse(text)
        expect(labels_url).to.equal(`${own()}${hello}/labels{/name}`)
        expect((await asked(url.slice(own().length))).status).to.equal(200)
        github.clearCalls()
        const etag = headers.etag as string
        const same = await asked(hello, { headers: { 'if-none-match': etag } })
        expect([same.status, same.text, github.units('alice')]).to.deep.equal([304, '', 0])
      }
    })

    it('of what is written, refused, too large to be kept, or asked for by another name', async () => {
      const made = await asked(`${hello}/issues`, { method: 'POST', body: '{"title":"x"}' })
      expect([made.status, JSON.parse(made.text).url.startsWith(`${own()}/repos/`)]).to.deep.equal([201, true])
      const many = JSON.stringify(Array.from({ length: 400_000 }, (_, id) => ({ id, url: `${github.url}/user/${id}` })))
      github.respondOnce(/many/, new Response(many, { headers: { 'content-type': 'application/json; charset=utf-8' } }))
      const large = await asked(`${hello}/many`)
      expect(large.text === many.replaceAll(github.url, own())).to.equal(true)
      const named = await asked(hello, { headers: { host: `127.0.0.1:${rewritten}` } })
      expect(JSON.parse(named.text).url).to.equal(`http://127.0.0.1:${rewritten}${hello}`)
      const head = await asked(hello, { method: 'HEAD' })
      expect([head.status, head.text]).to.deep.equal([200, ''])
    })

    it('through the socket by the name that was asked; never in files as they are, or without the option', async () => {
      const file = JSON.stringify({ url: `${github.url}/user` })
      github.repository('octocat/Hello-World').setFile('data.json', file)
      const path = `${hello}/contents/data.json`
      const raw = await asked(path, { headers: { accept: 'application/vnd.github.raw+json' } })
      expect(raw.text).to.equal(file)
      expect(JSON.parse((await ask(place, hello, { token: alice })).text).url).to.equal(
        `https://api.github.com${hello}`
      )
      expect(JSON.parse((await ask(port, hello, { token: alice })).text).url).to.equal(`${github.url}${hello}`)
    })
  })

  describe('figures', () => {
    // README: "The proxy is a cache on a Unix socket"
    it('as JSON, and for Prometheus', async () => {
      const { headers, text } = await ask(port, '/ghmesh/metrics')
      expect(headers['content-type']).to.match(/^text\/plain; version=0\.0\.4/)
      for (const line of text.trim().split('\n'))
        expect(line).to.match(/^(# (HELP|TYPE) ghmesh_\w+ .+|ghmesh_\w+(\{\w+="[^"]*"\})? \d+(\.\d+)?)$/)
      const figure = (name: string) =>
        Number(
          text
            .split('\n')
            .find((line) => line.startsWith(`${name} `))
            ?.split(' ')[1]
        )
      const { stats, version, peers, uptimeSeconds } = JSON.parse((await ask(socket, '/ghmesh/stats')).text)
      expect(figure('ghmesh_requests_total{mode="hit"}')).to.equal(stats.hits).and.be.greaterThan(0)
      expect(figure('ghmesh_api_calls_total')).to.equal(stats.apiCallsMade)
      expect(figure('ghmesh_cache_entries')).to.equal(stats.entries)
      expect(figure('ghmesh_quota_remaining{resource="core"}')).to.be.at.most(5000)
      expect(figure(`ghmesh_build_info{version="${version}"}`)).to.equal(1)
      expect([peers, uptimeSeconds >= 0]).to.deep.equal([[], true])
      expect((await ask(socket, '/ghmesh/else')).status).to.equal(404)
    })
  })

  // After those that count calls: what a write changed is asked for again in the background, seconds later.
  describe('writes', () => {
    it('are passed on, and what they changed is asked for again', async () => {
      const path = `${hello}/issues?per_page=1`
      const before = await ask(socket, path, { token: alice })
      const body = JSON.stringify({ title: 'Made through the proxy' })
      const made = await ask(socket, `${hello}/issues`, { method: 'POST', token: alice, body })
      expect([made.status, from(made)]).to.deep.equal([201, undefined])
      expect(made.headers.location).to.match(/^https:\/\/api\.github\.com\/repos\//)
      const after = await ask(socket, path, { token: alice })
      expect(JSON.parse(after.text)[0].number).to.equal(JSON.parse(made.text).number)
      expect(after.text).to.not.equal(before.text)
    })

    it('may be answered without a body', async () => {
      const token = alice
      const body = '{"body":"to be deleted"}'
      const { text } = await ask(socket, `${hello}/issues/1/comments`, { method: 'POST', token, body })
      const path = `${hello}/issues/comments/${JSON.parse(text).id}`
      const gone = await ask(socket, path, { method: 'DELETE', token })
      expect([gone.status, gone.text]).to.deep.equal([204, ''])
      expect((await ask(socket, path, { token })).status).to.equal(404)
    })
  })

  describe('its socket', () => {
    it('is for its owner alone', () => {
      expect((statSync(socket).mode & 0o777).toString(8)).to.equal('600')
      expect((statSync(join(socket, '..')).mode & 0o777).toString(8)).to.equal('700')
      expect((statSync(`${socket}.json`).mode & 0o777).toString(8)).to.equal('600')
    })

    it('has one holder, which a second start names', async () => {
      const { pid } = JSON.parse(readFileSync(`${socket}.json`, 'utf8'))
      const { code, stdout, stderr } = await commands.ghmesh(['proxy', '--socket', socket], env()).ended
      expect([code, stdout]).to.deep.equal([1, ''])
      expect(stderr).to.match(
        new RegExp(
          `^ghmesh: ${socket} is in use by ghmesh proxy, process ${pid}, since \\d{4}-\\S+Z; use that one, stop it, or choose another path with --socket\n$`
        )
      )
      expect((await ask(socket, '/ghmesh/stats')).status).to.equal(200)
      const file = join(commands.folder('files'), 'file')
      writeFileSync(file, 'mine')
      const other = await commands.ghmesh(['proxy', '--socket', file], env()).ended
      expect([other.code, readFileSync(file, 'utf8')]).to.deep.equal([1, 'mine'])
      const below = await commands.ghmesh(['proxy', '--socket', join(file, 'x', 's')], env()).ended
      expect([below.code, below.stderr]).to.deep.equal([
        1,
        `ghmesh: cannot use the folder of ${file}/x/s: ENOTDIR; choose another with --socket\n`
      ])
      const long = await commands.ghmesh(['proxy', '--socket', `/tmp/${'x'.repeat(100)}`], env()).ended
      expect([long.code, long.stderr]).to.deep.equal([
        2,
        `ghmesh: the path of a socket can have at most 103 bytes; use a shorter --socket than /tmp/${'x'.repeat(100)}\n`
      ])
    })

    it('and a port that is in use: says how to choose another', async () => {
      const taken = createServer().listen(0, '127.0.0.1')
      await once(taken, 'listening')
      const { port } = taken.address() as AddressInfo
      const place = join(commands.folder('s'), 's')
      const { code, stderr } = await commands
        .ghmesh(['proxy', '--socket', place, '--port', String(port)], env())
        .ended.finally(() => taken.close())
      expect([code, stderr]).to.deep.equal([
        1,
        `ghmesh: cannot listen on port ${port}: it is in use; choose another with --port, or 0 for any free one\n`
      ])
    })

    it('is not in a folder that this user cannot use', async () => {
      const closed = commands.folder('closed')
      const isRoot = process.getuid?.() === 0
      // Nothing is closed to root, so it becomes nobody for a moment.
      if (isRoot) process.seteuid?.(65_534)
      else chmodSync(closed, 0)
      const said = await prepareSocketPath(join(closed, 's')).then(
        () => '',
        ({ message }) => message
      )
      if (isRoot) process.seteuid?.(0)
      else chmodSync(closed, 0o700)
      expect(said).to.equal(`cannot use the folder of ${closed}/s: permission denied; choose another with --socket`)
    })

    it('is replaced when stale, and removed at the end; the default one is private', async () => {
      const killed = await start([])
      const own = join(commands.home, 'cache/ghmesh/run/proxy.sock')
      killed.child.kill('SIGKILL')
      await killed.ended
      expect(existsSync(own)).to.equal(true)
      writeFileSync(`${own}.lock`, String(killed.child.pid))
      const [one, two] = [commands.ghmesh(['proxy'], env()), commands.ghmesh(['proxy'], env())]
      await Promise.race(
        [one.said(/^listening/m), two.said(/^listening/m)].map((said, i) =>
          said.catch(() => [two, one][i]?.said(/^listening/m))
        )
      )
      const lost = await Promise.race([one.ended, two.ended])
      expect(lost.code).to.equal(1)
      expect(lost.stderr).to.match(/is starting on|is in use by ghmesh proxy/)
      expect((await ask(own, '/ghmesh/stats')).status).to.equal(200)
      for (const { child } of [one, two]) child.kill('SIGTERM')
      expect(new Set((await Promise.all([one.ended, two.ended])).map(({ code }) => code))).to.deep.equal(
        new Set([0, 1])
      )
      expect(readdirSync(join(own, '..'))).to.deep.equal([])
      expect((statSync(join(own, '..')).mode & 0o777).toString(8)).to.equal('700')
    })
  })

  it('that has ended is in no registry any more', async () => {
    const registered = github.nextCall(({ method, path }) => method === 'POST' && path.endsWith('/comments'))
    const proxy = await start(['--socket', join(commands.folder('s'), 's')], {
      GH_TOKEN: alice,
      CACHE_P2P_SHARED_SECRET: createSecret(),
      GITHUB_REPOSITORY: 'octocat/Hello-World',
      GHMESH_MDNS: '0',
      IPFS_ACCELERATE_P2P_FORCE_LOCALHOST: '1',
      CACHE_LISTEN_PORT: '0'
    })
    expect((await registered).status).to.equal(201)
    proxy.child.kill('SIGTERM')
    expect((await proxy.ended).code).to.equal(0)
    const removed = github.calls.filter(({ method }) => method === 'DELETE')
    expect(removed.map(({ status }) => status)).to.deep.equal([204])
  })

  it('goes on when nobody reads what it says any more', async () => {
    const place = join(commands.folder('s'), 's')
    const proxy = await start(['--socket', place, '--verbose'])
    proxy.child.stderr?.destroy()
    for (let n = 0; n < 3; n++) expect((await ask(place, '/meta', { token: alice })).status).to.equal(200)
    proxy.child.kill('SIGTERM')
    expect((await proxy.ended).code).to.equal(0)
  })

  it('is not kept from starting by an old lock whose process id somebody else has now', async () => {
    const place = join(commands.folder('s'), 's')
    const lock = `${place}.lock`
    writeFileSync(lock, String(process.pid))
    const refused = await commands.ghmesh(['proxy', '--socket', place], env()).ended
    expect([refused.code, refused.stderr]).to.deep.equal([
      1,
      `ghmesh: another ghmesh proxy is starting on ${place} (process ${process.pid}, according to ${lock})\n`
    ])
    utimesSync(lock, 0, 0)
    const proxy = await start(['--socket', place])
    expect(existsSync(lock)).to.equal(false)
    proxy.child.kill('SIGTERM')
    await proxy.ended
    // In a container a process has the same id again.
    writeFileSync(lock, String(process.pid))
    ;(await lockStart(place))()
    expect(existsSync(lock)).to.equal(false)
  })

  describe('and gh', () => {
    let bin: string
    let configDir: string
    const config = () => readFileSync(join(configDir, 'config.yml'), 'utf8')
    const ghEnv = () => ({ PATH: `${bin}:${process.env.PATH}`, GH_CONFIG_DIR: configDir, GH_TOKEN: alice })

    before(() => {
      bin = commands.folder('bin')
      // As much of gh as matters here; the real one has its turn in `npm run test:network`.
      writeFileSync(
        join(bin, 'gh'),
        `#!${process.execPath}
const { readFileSync, writeFileSync } = require('node:fs')
const { request } = require('node:http')
const file = process.env.GH_CONFIG_DIR + '/config.yml'
const [command, what, , value] = process.argv.slice(2)
const read = () => { try { return readFileSync(file, 'utf8').trim() } catch { return '' } }
if (command === 'config' && what === 'get') {
  if (read() === process.env.HANGS_UP) process.kill(process.ppid, 'SIGHUP')
  console.log(read())
}
else if (command === 'config') writeFileSync(file, value)
else if (command === 'exit') process.exitCode = Number(what)
else if (command === 'wait') {
  process.on('SIGINT', () => process.exit(7)).on('SIGTERM', () => process.exit(8))
  console.log('gh waits')
  setInterval(() => {}, 1000)
} else request({ socketPath: read(), path: what, headers: { host: 'api.github.com', authorization: 'token ' + process.env.GH_TOKEN, 'user-agent': 'gh' } },
  (response) => response.pipe(process.stdout)).end()
`
      )
      chmodSync(join(bin, 'gh'), 0o755)
      configDir = commands.folder('config')
      mkdirSync(configDir, { recursive: true })
    })
    beforeEach(() => writeFileSync(join(configDir, 'config.yml'), '/former.sock'))

    it('--gh: gh uses it while it runs, and then what it used before', async () => {
      const place = join(commands.folder('s'), 's')
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
        const proxy = await start(['--gh', '--socket', place], ghEnv())
        expect(config()).to.equal(place)
        proxy.child.kill(signal)
        const { code, stderr } = await proxy.ended
        expect([code, stderr, config(), existsSync(place)], signal).to.deep.equal([0, '', '/former.sock', false])
      }
    })

    it('--gh: gh has what it used before, although the terminal hangs up again meanwhile', async () => {
      const place = join(commands.folder('s'), 's')
      const proxy = await start(['--gh', '--socket', place], { ...ghEnv(), HANGS_UP: place })
      proxy.child.kill('SIGHUP')
      const { code } = await proxy.ended
      expect([code, config(), existsSync(place)]).to.deep.equal([0, '/former.sock', false])
    })

    it('--gh: after kill -9, the next start puts it right, here or on another socket', async () => {
      const place = join(commands.folder('s'), 's')
      const kill = async () => {
        const proxy = await start(['--gh', '--socket', place], ghEnv())
        proxy.child.kill('SIGKILL')
        await proxy.ended
        expect(config()).to.equal(place)
      }
      const ends = async (args: string[], meanwhile: string) => {
        const proxy = await start(args, ghEnv())
        expect(config()).to.equal(meanwhile)
        const taken = await commands.ghmesh(['proxy', '--gh', '--socket', `${place}2`], env(ghEnv())).ended
        if (args.includes('--gh'))
          expect([taken.code, taken.stderr]).to.deep.equal([
            1,
            `ghmesh: gh already goes through ${meanwhile} (${/\((.*)\)/.exec(taken.stderr)?.[1]})\n`
          ])
        proxy.child.kill('SIGTERM')
        await proxy.ended
        expect(config()).to.equal('/former.sock')
      }
      await kill()
      await ends(['--gh', '--socket', place], place)
      await kill()
      await ends(['--gh', '--socket', `${place}3`], `${place}3`)
      await kill()
      const proxy = await start(['--socket', place], ghEnv())
      expect(config()).to.equal('/former.sock')
      writeFileSync(join(configDir, 'config.yml'), '/changed.sock')
      proxy.child.kill('SIGTERM')
      await proxy.ended
      expect(config()).to.equal('/changed.sock')
    })

    it('after kill -9 and without gh, a proxy starts all the same, and what gh had before is not forgotten', async () => {
      const place = join(commands.folder('s'), 's')
      const killed = await start(['--gh', '--socket', place], ghEnv())
      killed.child.kill('SIGKILL')
      await killed.ended
      const without = await start(['--socket', place], { ...ghEnv(), PATH: commands.folder('empty') })
      without.child.kill('SIGTERM')
      const { code, stderr } = await without.ended
      expect([code, config()]).to.deep.equal([0, place])
      expect(stderr).to.match(/^ghmesh: gh may still use \S+ after a crash: the command gh was not found; .*\n/)
      const last = await start(['--socket', place], ghEnv())
      expect(config()).to.equal('/former.sock')
      last.child.kill('SIGTERM')
      await last.ended
      expect(existsSync(`${place}.json`)).to.equal(false)
    })

    // README: "`ghmesh gh` exits as gh does."
    it('ghmesh gh: one command through the mesh, its exit code, and nothing left behind', async () => {
      writeFileSync(join(configDir, 'hosts.yml'), 'github.com: {}')
      const run = (...args: string[]) => commands.ghmesh(['gh', '--', ...args], env(ghEnv()))
      const [user, exits] = await Promise.all([run('api', '/user').ended, run('exit', '3').ended])
      expect([user.code, JSON.parse(user.stdout).login]).to.deep.equal([0, 'alice'])
      expect([exits.code, exits.stdout, exits.stderr]).to.deep.equal([3, '', ''])
      const signalled = (['SIGINT', 'SIGTERM'] as const).map(async (signal) => {
        const waiting = run('wait')
        await waiting.said(/gh waits/)
        waiting.child.kill(signal)
        return (await waiting.ended).code
      })
      expect(await Promise.all(signalled)).to.deep.equal([7, 8])
      expect(config()).to.equal('/former.sock')
      expect(readdirSync(join(commands.home, 'cache/ghmesh/run'))).to.deep.equal([])
      // What is about gh itself is done to its own configuration.
      expect((await run('config', 'set', 'http_unix_socket', '/mine').ended).code).to.equal(0)
      expect(config()).to.equal('/mine')
    })

    it('ghmesh gh: also where the cache folder is too long for a socket, or cannot be written', async () => {
      const TMPDIR = commands.folder('tmp')
      // Of a command that was killed somewhere, a day ago.
      const left = join(TMPDIR, 'ghmesh-gh-000000-999999999-x')
      mkdirSync(join(left, 'y'), { recursive: true })
      utimesSync(left, 0, 0)
      const file = join(commands.folder('f'), 'file')
      writeFileSync(file, '')
      for (const XDG_CACHE_HOME of [join(commands.home, 'x'.repeat(100)), file]) {
        const more = { ...ghEnv(), TMPDIR, XDG_CACHE_HOME }
        const user = await commands.ghmesh(['gh', '--', 'api', '/user'], env(more)).ended
        expect([user.code, user.stderr], XDG_CACHE_HOME).to.deep.equal([0, ''])
        const waiting = commands.ghmesh(['gh', '--', 'wait'], env(more))
        await waiting.said(/gh waits/)
        const [folder] = readdirSync(TMPDIR)
        expect((statSync(join(TMPDIR, folder as string)).mode & 0o777).toString(8)).to.equal('700')
        waiting.child.kill('SIGTERM')
        await waiting.ended
        expect(readdirSync(TMPDIR)).to.deep.equal([])
      }
    })

    it('without gh: one line and 127', async () => {
      const none = { ...ghEnv(), PATH: commands.folder('empty') }
      const place = join(commands.folder('s'), 's')
      const ended = await Promise.all(
        [
          ['gh', '--', 'api', '/user'],
          ['gh', '--', 'version'],
          ['proxy', '--gh', '--socket', place]
        ].map((args) => commands.ghmesh(args, env(none)).ended)
      )
      for (const { code, stdout, stderr } of ended) {
        expect([code, stdout, stderr]).to.deep.equal([
          127,
          '',
          'ghmesh: the command gh was not found; see https://cli.github.com\n'
        ])
      }
      expect(existsSync(`${place}.lock`)).to.equal(false)
    })
  })

  it('wrong usage: exit code 2; help has examples', async () => {
    const [flag, number, proxyHelp, ghHelp] = await Promise.all(
      [
        ['proxy', '--frobnicate'],
        ['proxy', '--port', 'x'],
        ['proxy', '--help'],
        ['gh', '--help']
      ].map((args) => commands.ghmesh(args).ended)
    )
    expect([flag?.code, number?.code]).to.deep.equal([2, 2])
    expect(flag?.stderr).to.equal("ghmesh: unknown option '--frobnicate'; see ghmesh proxy --help\n")
    for (const help of [proxyHelp, ghHelp])
      expect([help?.code, /Example[\s\S]*\$ ghmesh /.test(help?.stdout ?? '')]).to.deep.equal([0, true])
  })

  describe('by itself', () => {
    it('a body with GET arrives, and its answer comes back as it is', async () => {
      const server = createServer(async (req, res) => {
        const said = await buffer(req)
        const { method, url, headers } = req
        res.setHeader('set-cookie', ['a=1', 'b=2']).writeHead(200, 'Fine')
        res.end(JSON.stringify([method, url, headers['content-length'], headers.accept, said.toString()]))
      })
      await once(server.listen(0, '127.0.0.1'), 'listening')
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a?b=c`
      const headers = { accept: 'x/y', 'content-length': '4' }
      const answer = await fetchWithAnyBody(url, { headers, body: 'body' })
      expect([answer.status, answer.statusText, answer.headers.getSetCookie()]).to.deep.equal([
        200,
        'Fine',
        ['a=1', 'b=2']
      ])
      expect(await answer.json()).to.deep.equal(['GET', '/a?b=c', '4', 'x/y', 'body'])
      const left = new AbortController()
      const stuck = fetchWithAnyBody(url, { body: new ReadableStream(), signal: left.signal, method: 'get' })
      left.abort(new Error('enough'))
      expect(await stuck.catch((error: Error) => error.message)).to.equal('enough')
      server.close()
      server.closeAllConnections()
    })

    it('port 80 is the one that clients leave out', () => {
      const atPort80 = (host: string, origin?: string) =>
        refusal({ host, origin }, { kind: 'port', port: 80 }, new URL('https://api.github.com'))
      expect(atPort80('localhost:80') ?? atPort80('127.0.0.1', 'http://127.0.0.1')).to.equal(undefined)
      expect(atPort80('evil.example')?.status).to.equal(403)
    })

    it('an upload may take as long as it moves', async () => {
      const place = join(commands.folder('s'), 's')
      const server = await listenOnSocket(place, () => {})
      expect([server.requestTimeout, server.timeout > 0, server.headersTimeout > 0]).to.deep.equal([0, true, true])
      await closeServer(server)
    })

    it('every path is below the API, also of GitHub Enterprise Server', () => {
      const gitHub = new URL('https://api.github.com')
      const server = new URL('https://ghe.example/api/v3')
      const to = (path: string, host: string, api: URL) => targetOf(path, host, api)?.url.href
      expect([
        to('/user?x=/../y', 'api.github.com', gitHub),
        to('//evil.example/../../x', 'localhost', gitHub),
        to('/graphql', '127.0.0.1:4', gitHub),
        to('/upload', 'uploads.github.com', gitHub),
        to('/api/v3/user', 'api.github.localhost', gitHub),
        to('/api/v3/user', 'ghe.example', server),
        to('/user', '127.0.0.1:4', server),
        to('/../../login', '127.0.0.1:4', server),
        to('/graphql', '127.0.0.1:4', server),
        to('/api/graphql', 'ghe.example', server),
        to('/api/uploads/x', 'ghe.example', server),
        to('http://evil.example/', 'localhost', gitHub),
        to('*', 'localhost', gitHub)
      ]).to.deep.equal([
        'https://api.github.com/user?x=/../y',
        'https://api.github.com/x',
        'https://api.github.com/graphql',
        'https://uploads.github.com/upload',
        'https://api.github.com/user',
        'https://ghe.example/api/v3/user',
        'https://ghe.example/api/v3/user',
        'https://ghe.example/api/v3/login',
        'https://ghe.example/api/graphql',
        'https://ghe.example/api/graphql',
        'https://ghe.example/api/uploads/x',
        undefined,
        undefined
      ])
      const refused = (host: string, api: URL) => refusal({ host }, { kind: 'socket', path: '/s' }, api)?.status
      expect([
        refused('uploads.github.com', gitHub),
        refused('uploads.github.com', server),
        refused('ghe.example', server)
      ]).to.deep.equal([undefined, 421, undefined])
    })
  })

  // Mocha runs suites in suites last, in order.
  describe('all of them', () => {
    it('never printed a token, nor a query', () => {
      const printed = commands.printed()
      expect(printed).to.match(/GET \/repos\/octocat\/Hello-World\/labels 200 ghmesh; hit\n/)
      for (const hidden of [alice, bob, 'per_page']) expect(printed).to.not.contain(hidden)
    })
  })
})
