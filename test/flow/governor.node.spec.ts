import { Octokit } from '@octokit/core'
import { expect } from 'chai'
import {
  alice,
  as,
  bob,
  counter,
  failWith,
  type Member,
  minute,
  repo,
  scene,
  second,
  shared,
  status,
  until
} from './members.ts'

const issue = (n: number) => `${repo}/issues/${n}`

describe('governor: what GitHub says of a token is obeyed', () => {
  const s = scene()
  let a: Member
  beforeEach(async () => {
    a = await s.member({ secret: undefined })
  })
  const write = (n = 1, init = {}) => a.ask(issue(n), { method: 'PATCH', body: '{"title":"x"}', ...init })

  // README: "While GitHub refuses a token"
  for (const [what, limit, waitMs] of [
    ['a secondary limit', { kind: 'secondary', retryAfterSeconds: 120 }, 120 * second],
    ['a primary limit', { kind: 'primary' }, 60 * minute]
  ] as const)
    it(`${what}: nothing of that token is sent until it is over, and each caller gets GitHub's own refusal`, async () => {
      if (what === 'a primary limit') s.github.setRemaining(alice, 0)
      else s.github.limit(alice, limit)
      const first = await a.ask(issue(1))
      const said = await first.text()
      expect(first.status).to.equal(403)
      const calls = s.github.calls.length
      s.now += second
      for (const response of [await a.ask(issue(2)), await write(), await a.ask('/user'), await write(2)]) {
        expect([response.status, await response.text(), response.url.startsWith(s.github.url)]).to.deep.equal([
          403,
          said,
          true
        ])
        expect(status(response)).to.equal('ghmesh; detail=rate-limit')
        expect(response.headers.get('content-type')).to.equal(first.headers.get('content-type'))
        expect(response.headers.get('x-ratelimit-reset')).to.equal(first.headers.get('x-ratelimit-reset'))
        if (what === 'a secondary limit') expect(response.headers.get('retry-after')).to.equal('119')
      }
      expect(s.github.calls).to.have.length(calls)
      expect(a.mesh.stats().heldBack).to.deep.equal({ limited: 4 })
      expect(a.mesh.stats()).to.include({ apiCallsSaved: 0, quotaSaved: 0 })
      expect((await a.ask(issue(3), as(bob))).status, 'another token').to.equal(200)
      s.github.unlimit(alice)
      s.now += waitMs
      expect((await a.ask(issue(2))).status).to.equal(200)
    })

  // README: "Rate limits are obeyed,"
  it('a write’s refusal is obeyed by reads, and so is that of what is passed on', async () => {
    s.github.limit(alice, { kind: 'secondary', retryAfterSeconds: 60 })
    expect((await write()).status).to.equal(403)
    expect(status(await a.ask(issue(1)))).to.equal('ghmesh; detail=rate-limit')
    s.now += minute + second
    expect((await a.ask(`${repo}/tarball`)).status).to.equal(403)
    const calls = s.github.calls.length
    expect(status(await a.ask(issue(1)))).to.equal('ghmesh; detail=rate-limit')
    expect(s.github.calls).to.have.length(calls)
  })

  it('/rate_limit is asked all the same, for it costs nothing', async () => {
    s.github.limit(alice, { kind: 'secondary', retryAfterSeconds: 60 })
    await a.ask(issue(1))
    const calls = s.github.calls.length
    await a.ask('/rate_limit')
    expect(s.github.calls).to.have.length(calls + 1)
  })

  it('a limit of searches stops searches, not other reads', async () => {
    const headers = {
      'x-ratelimit-limit': '30',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(s.now / 1000 + 60),
      'x-ratelimit-resource': 'search'
    }
    s.github.respondOnce(/^\/search/, new Response('{"message":"API rate limit exceeded"}', { status: 403, headers }))
    await a.ask('/search/issues?q=a')
    expect(status(await a.ask('/search/issues?q=b'))).to.equal('ghmesh; detail=rate-limit')
    expect((await a.ask(issue(1))).status).to.equal(200)
  })

  const graphql = (query: string, init: RequestInit = {}) =>
    a.ask('/graphql', { method: 'POST', body: JSON.stringify({ query }), ...init })
  for (const [what, kept] of [
    ['that is passed on', undefined],
    ['that is kept', { graphqlTtlMs: 20 * second }]
  ] as const) {
    // GitHub says so with 200: "Rate limits and query limits for the GraphQL API"
    it(`a limit of GraphQL ${what} stops GraphQL, not REST, and each caller gets GitHub's own refusal`, async () => {
      a = await s.member({ secret: undefined, ...kept })
      s.github.setRemaining(alice, 0, 'graphql')
      const first = await graphql('{ viewer { login } }')
      const said = await first.text()
      expect([first.status, JSON.parse(said).errors[0].type]).to.deep.equal([200, 'RATE_LIMIT'])
      const calls = s.github.calls.length
      for (const query of ['{ viewer { id } }', 'mutation { nothing }', '{ viewer { login } }']) {
        const response = await graphql(query)
        expect([response.status, await response.text()]).to.deep.equal([200, said])
        expect(status(response)).to.equal('ghmesh; detail=rate-limit')
      }
      expect(s.github.calls).to.have.length(calls)
      expect(a.mesh.stats().heldBack).to.deep.equal({ limited: 3 })
      expect((await a.ask(issue(1))).status).to.equal(200)
      s.github.unlimit(alice)
      s.now += 60 * minute
      expect((await (await graphql('{ viewer { login } }')).json()).data.viewer.login).to.equal('alice')
    })

    it(`a burst of GraphQL ${what} that GitHub refuses with 200 stops everything of that token for a minute`, async () => {
      a = await s.member({ secret: undefined, ...kept })
      const headers = { 'content-type': 'application/json' }
      const body = '{"data":null,"errors":[{"message":"You have exceeded a secondary rate limit."}]}'
      s.github.respondOnce('/graphql', new Response(body, { headers }))
      await graphql('{ viewer { login } }')
      for (const response of [await a.ask(issue(1)), await graphql('{ viewer { id } }')])
        expect(status(response)).to.equal('ghmesh; detail=rate-limit')
      s.now += minute
      expect((await a.ask(issue(1))).status).to.equal(200)
    })

    it(`what a response of GraphQL ${what} quotes of a refusal holds nothing back`, async () => {
      a = await s.member({ secret: undefined, ...kept })
      const title = '{"errors":[{"type":"RATE_LIMIT","message":"API rate limit already exceeded"}]}'
      s.github.repository('octocat/Hello-World').addIssue({ title })
      for (const n of [1, 2]) {
        const query = `{ repository(owner: "octocat", name: "Hello-World") { issues(first: 1${n}) { nodes { title } } } }`
        expect(await (await graphql(query)).text()).to.contain('RATE_LIMIT')
      }
      expect(a.mesh.stats().heldBack).to.deep.equal({})
    })
  }

  it('Octokit sees the refusal as GitHub’s, though nothing was sent', async () => {
    s.github.limit(alice, { kind: 'secondary', retryAfterSeconds: 60 })
    const octokit = new Octokit({ baseUrl: s.github.url, auth: alice, request: { fetch: a.mesh.fetch } })
    const ask = (number: number) =>
      octokit.request('GET /repos/octocat/Hello-World/issues/{number}', { number }).catch((error) => error)
    const [first, second] = [await ask(1), await ask(2)]
    expect([second.status, second.message]).to.deep.equal([first.status, first.message])
    expect(second.response.headers['retry-after']).to.equal('60')
    expect(s.github.calls).to.have.length(1)
  })

  it('an ordinary 403 holds nothing back', async () => {
    s.github.respondOnce(issue(1), new Response('{"message":"Must have admin rights"}', { status: 403 }))
    expect((await a.ask(issue(1))).status).to.equal(403)
    expect((await a.ask(issue(1))).status).to.equal(200)
  })

  // README: "After that it starts with"
  it('after a limit it starts slowly: one, then two, then three of those that came at once', async () => {
    s.github.limit(alice, { kind: 'secondary', retryAfterSeconds: 60 })
    await a.ask(issue(1))
    s.github.unlimit(alice)
    s.now += minute + second
    const held = Array.from({ length: 6 }, (_, n) => s.github.hold(issue(n + 1)))
    const before = s.github.calls.length
    const answers = Array.from({ length: 6 }, (_, n) => a.ask(issue(n + 1)))
    await held[0]?.arrived
    const sent = () => s.github.calls.slice(before).map(({ path }) => Number(path.split('/').at(-1)))
    // Whatever else would be sent has been sent by the time another token's call is answered.
    const othersAreSent = () => a.ask(`${repo}/labels`, { ...as(bob), cache: 'no-store' })
    await othersAreSent()
    expect(sent().filter(Boolean)).to.deep.equal([1])
    held[0]?.release()
    await Promise.all([held[1]?.arrived, held[2]?.arrived])
    await othersAreSent()
    expect(sent().filter(Boolean)).to.deep.equal([1, 2, 3])
    held[1]?.release()
    await Promise.all([held[3]?.arrived, held[4]?.arrived])
    await othersAreSent()
    expect(sent().filter(Boolean)).to.deep.equal([1, 2, 3, 4, 5])
    for (const one of held) one.release()
    for (const answer of answers) expect((await answer).status).to.equal(200)
    expect(a.mesh.stats().heldBack['slow-start']).to.equal(5)
  })

  it('one that is limited again sends nothing that waited behind it', async () => {
    s.github.limit(alice, { kind: 'secondary', retryAfterSeconds: 60 })
    await a.ask(issue(1))
    s.now += minute + second
    const before = s.github.calls.length
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => a.ask(issue(n + 1))))
    for (const answer of answers) expect(answer.status).to.equal(403)
    expect(s.github.calls).to.have.length(before + 1)
  })

  it('a caller that gives up leaves the line, and does not hold up the next', async () => {
    s.github.limit(alice, { kind: 'secondary', retryAfterSeconds: 60 })
    await a.ask(issue(1))
    s.github.unlimit(alice)
    s.now += minute + second
    const held = s.github.hold(issue(1))
    const first = a.ask(issue(1))
    await held.arrived
    const control = new AbortController()
    const given = write(2, { signal: control.signal }).catch((error: Error) => error.message)
    const third = a.ask(issue(3))
    control.abort(new Error('enough'))
    expect(await given).to.equal('enough')
    held.release()
    expect([(await first).status, (await third).status]).to.deep.equal([200, 200])
    expect(s.github.calls.filter(({ method }) => method === 'PATCH')).to.deep.equal([])
  })

  it('one that GitHub does not answer holds up the others for a bounded time only', async () => {
    a = await s.member({ secret: undefined, limits: { slowStartMs: 1 } })
    s.github.limit(alice, { kind: 'secondary', retryAfterSeconds: 60 })
    await a.ask(issue(1))
    s.github.unlimit(alice)
    s.now += minute + second
    const held = s.github.hold(issue(1))
    const first = a.ask(issue(1))
    await held.arrived
    expect((await a.ask(issue(2))).status).to.equal(200)
    held.release()
    await first
  })

  describe('writes', () => {
    const writes = () => s.github.calls.filter(({ method }) => method !== 'GET').map(({ url }) => url)
    const spaced = (options = {}) => s.member({ secret: undefined, limits: { writeGapMs: 60 * minute }, ...options })
    beforeEach(async () => {
      a = await spaced()
    })

    it('the first goes at once, the next of that token waits, those of others and reads do not', async () => {
      await write(1)
      const control = new AbortController()
      const second = write(2, { signal: control.signal }).catch((error: Error) => error.message)
      await write(3, { headers: { authorization: `token ${bob}` } })
      expect((await a.ask(issue(1))).status).to.equal(200)
      expect(writes()).to.deep.equal([issue(1), issue(3)])
      control.abort(new Error('enough'))
      expect(await second).to.equal('enough')
      expect(a.mesh.stats().heldBack).to.deep.equal({ write: 1 })
      s.now += 60 * minute
      await write(4)
      expect(writes()).to.deep.equal([issue(1), issue(3), issue(4)])
    })

    // README: "Writes of a token begin"
    it('a second apart by default, in the order in which they came', async () => {
      a = await s.member({ secret: undefined, limits: { writeGapMs: 300 } }) // long enough that they cannot overtake each other on their way
      const done = await Promise.all([1, 2, 3, 4].map((n) => write(n).then(({ status }) => status)))
      expect(done).to.deep.equal([200, 200, 200, 200])
      expect(writes()).to.deep.equal([1, 2, 3, 4].map(issue))
      expect(a.mesh.stats().heldBack).to.deep.equal({ write: 3 })
    })

    it('GraphQL queries are reads, and mutations are writes', async () => {
      const graphql = (query: string, init = {}) =>
        a.ask('/graphql', { method: 'POST', body: JSON.stringify({ query }), ...init })
      await graphql('query { viewer { login } }')
      await graphql('{ viewer { login } } # mutation { x }')
      await graphql('query Mutation($q: String = "mutation {") { viewer { login } }')
      expect(a.mesh.stats().heldBack).to.deep.equal({})
      const mutation = 'fragment F on Issue { id }\nmutation M { createIssue(input: {}) { issue { ...F } } }'
      await graphql(mutation)
      const control = new AbortController()
      const waiting = graphql(mutation, { signal: control.signal }).catch((error: Error) => error.message)
      await until(() => a.mesh.stats().heldBack.write === 1)
      control.abort(new Error('enough'))
      expect(await waiting).to.equal('enough')
    })
  })

  describe('below the reserve', () => {
    const lookUps = () => s.github.calls.filter(({ path }) => /^\/repos\/octocat\/hello-world$/i.test(path))

    it('background work stops first, and callers do not notice', async () => {
      const [b, c] = await s.two()
      const stored = counter(b, 'stored')
      s.github.setRemaining(alice, 501)
      expect((await b.ask(issue(1))).status).to.equal(200) // 500 are left: a tenth of 5000
      await until(() => (b.mesh.stats().heldBack.reserve ?? 0) === 1)
      expect((await b.ask(issue(2))).status).to.equal(200)
      expect([lookUps().length, stored.count]).to.deep.equal([0, 2])
      expect((await c.ask(issue(1), { cache: 'only-if-cached' })).status).to.equal(504)
      // An hour later there is a new quota.
      s.now += 60 * minute + second
      s.github.unlimit(alice)
      await b.ask(issue(3))
      await until(() => lookUps().length === 1)
    })

    it('a repository that is held is looked up again, for that is free, and what it shows is told', async () => {
      const [b, c] = await s.two()
      await shared(b, c, issue(1))
      s.github.setRemaining(alice, 400)
      s.now += minute + second
      await shared(b, c, issue(2))
      expect(lookUps().map(({ units }) => units)).to.deep.equal([1, 0])
    })

    // README: "Where less than"
    it('reservePercent says how much; 0 for none', async () => {
      const careful = await s.member({ reservePercent: 90 })
      const careless = await s.member({ reservePercent: 0, token: bob })
      await s.connect(careful, careless)
      s.github.setRemaining(alice, 4400)
      s.github.setRemaining(bob, 10)
      await careful.ask(issue(1))
      await until(() => careful.mesh.stats().heldBack.reserve === 1)
      await careless.ask(issue(2))
      await until(() => lookUps().some(({ login }) => login === 'bob'))
      expect(lookUps().map(({ login }) => login)).to.deep.equal(['bob'])
    })

    it('looks after a write wait for nobody, and are left out', async () => {
      a = await s.member({ secret: undefined, limits: { recheckMs: [300] } })
      await a.ask(issue(1))
      s.github.setRemaining(alice, 100)
      await write(1)
      s.now += second
      await a.ask(issue(1)) // what is read after a write is looked at once more
      const before = s.github.calls.length
      await until(() => a.mesh.stats().heldBack.reserve === 1)
      expect(s.github.calls).to.have.length(before)
    })
  })

  describe('the peer registry', () => {
    const registered = (options = {}) =>
      s.member({ discovery: undefined, mdns: false, repository: 'octocat/Hello-World', ...options })
    const posts = () => s.github.calls.filter(({ method }) => method === 'POST')

    it('is not read or written below the reserve', async () => {
      s.github.setRemaining(alice, 400)
      await a.ask(issue(1))
      const b = await registered({ token: alice })
      await b.ask(issue(2)) // says how much is left
      const calls = s.github.calls.length
      b.mesh.addEventListener('warning', () => {})
      const again = await registered({ token: alice, limits: { dialMs: 1 } })
      await again.ask(issue(3))
      await until(() => (again.mesh.stats().heldBack.reserve ?? 0) > 1)
      expect(posts()).to.deep.equal([])
      expect(s.github.calls.length).to.be.greaterThan(calls)
    })

    it('writes in one line with the callers', async () => {
      const written = s.github.nextCall(({ method }) => method === 'POST')
      const b = await registered({ limits: { writeGapMs: 60 * minute } })
      await written
      const control = new AbortController()
      const own = b
        .ask(issue(1), { method: 'PATCH', body: '{}', signal: control.signal })
        .catch((error: Error) => error.message)
      await until(() => (b.mesh.stats().heldBack.write ?? 0) >= 1)
      control.abort(new Error('enough'))
      expect(await own).to.equal('enough')
      expect(s.github.calls.filter(({ method }) => method === 'PATCH')).to.deep.equal([])
      expect(posts()).to.have.length(1)
    })
  })

  it('an error of GitHub’s that is no limit holds nothing back', async () => {
    failWith(s, 503)
    for (let n = 0; n < 3; n++) expect((await a.ask(issue(1))).status).to.equal(503)
    expect(s.github.calls).to.have.length(3)
  })
})
