import { expect } from 'chai'
import fc from 'fast-check'
import { cacheStatus, type MeshOptions } from 'ghmesh'
import { longToken as shared } from '../token-scan/tokens.ts'
import {
  as,
  dated,
  heard,
  type Member,
  minute,
  next,
  repo,
  scene,
  second,
  secretRepo,
  status,
  until
} from './members.ts'

const other = `ghp_${'0Ther'.repeat(8)}`

const user = { login: 'alice', permissions: { 'octocat/secret-plans': 'push' as const } }

describe('members that hold the same token', () => {
  const s = scene()
  beforeEach(() => {
    s.github.addToken(shared, user)
    s.github.addToken(other, { login: 'bob' })
  })
  const calls = (path: string) => s.github.calls.filter((call) => call.path === path)

  /** Members with these tokens, all connected, that have heard of each other. */
  async function fleet(tokens: string[], options: MeshOptions = {}): Promise<Member[]> {
    const members: Member[] = []
    for (const token of tokens) {
      const member = await s.member({ token, ...options })
      for (const one of members) await s.connect(one, member)
      members.push(member)
    }
    await until(
      () => members.every(({ mesh }) => Object.keys(mesh.stats({ group: true }).members).length === members.length),
      'everybody has heard of everybody'
    )
    return members
  }

  it('share every page of an organisation’s repositories, by whichever link', async () => {
    const members = await fleet([shared, shared, shared])
    for (const name of ['second', 'third', 'fourth']) s.github.addRepository({ fullName: `octo-org/${name}` })
    const found: string[][] = []
    for (const { mesh } of members) {
      const names: string[] = []
      for (let url: string | undefined = `${s.github.url}/orgs/octo-org/repos?per_page=1`; url; ) {
        const page: Response = await mesh.fetch(url)
        names.push(...(await page.json()).map(({ name }: { name: string }) => name))
        url = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1]
      }
      found.push(names)
    }
    expect(found[0]).to.have.length.above(3)
    for (const names of found) expect(names).to.deep.equal(found[0])
    expect(s.github.calls).to.have.length(found[0]?.length ?? 0)
  })

  const own = {
    'the user': '/user',
    notifications: '/notifications',
    'a search': '/search/issues?q=repo:octocat/hello-world',
    releases: `${repo}/releases`,
    'a private repository': secretRepo,
    'its issues': `${secretRepo}/issues`,
    'a repository with permissions': repo
  }
  // README: "Members that hold the same token"
  for (const [what, path] of Object.entries(own))
    it(`share ${what}: GitHub is asked once, and others get nothing of it`, async () => {
      const [a, b, c] = (await fleet([shared, shared, other])) as [Member, Member, Member]
      const first = await (await a.ask(path)).text()
      const before = calls(path).length
      const second = await b.ask(path)
      expect(second.status).to.equal(200)
      expect(await second.text()).to.equal(first)
      expect(status(second)).to.match(/^ghmesh; hit.*detail=peer/)
      expect(calls(path).length).to.equal(before)
      for (const mode of ['only-if-cached', 'force-cache'] as const) {
        const theirs = await c.ask(path, { cache: mode })
        expect(status(theirs), mode).to.not.match(/hit/)
      }
    })

  for (const [what, path] of [
    ['a repository with permissions', repo],
    ['a profile', '/users/octocat'],
    ['releases', `${repo}/releases`]
  ] as const)
    it(`share ${what} that an announcement has brought, and another token asks for itself`, async () => {
      const [a, b, c] = (await fleet([shared, shared, other])) as [Member, Member, Member]
      await a.ask(repo)
      const received = [b, c].map((member) => next(member, 'received', path))
      const first = await (await a.ask(path, { cache: 'reload' })).text()
      await Promise.all(received)
      const before = calls(path).length
      const second = await b.ask(path)
      expect(await second.text()).to.equal(first)
      expect(status(second)).to.match(/^ghmesh; hit.*detail=peer/)
      expect(calls(path).length).to.equal(before)
      await c.ask(path)
      expect(calls(path).length).to.equal(before + 1)
    })

  it('ask GitHub once for all where they ask at once, and once more when it is stale', async () => {
    const members = await fleet(Array(6).fill(shared))
    for (const path of ['/user', `${secretRepo}/issues`]) {
      const answers = await Promise.all(members.map(({ ask }) => ask(path)))
      expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([200]))
      expect(calls(path).map(({ status }) => status)).to.deep.equal([200])
    }
    s.now += 61 * second
    for (const answer of await Promise.all(members.map(({ ask }) => ask('/user')))) expect(answer.status).to.equal(200)
    expect(calls('/user').map(({ status }) => status)).to.deep.equal([200, 304])
  })

  // README: "Of private repositories (unless the group shares those), gists and the user's own pages"
  for (const [what, path, body] of [
    ['in a private repository', `${secretRepo}/issues/1`, { title: 'New' }],
    ['to what is the user’s own', '/user', { name: 'New' }]
  ] as const)
    it(`hear of a write ${what}, and nobody else does`, async () => {
      const [a, b, c] = (await fleet([shared, shared, other], { limits: { recheckMs: [] } })) as [
        Member,
        Member,
        Member
      ]
      s.github.respond(
        ({ method, path }) => method === 'PATCH' && path === '/user',
        () => new Response('{}', { headers: { date: new Date(s.now).toUTCString() } })
      )
      for (const member of [a, b]) await member.ask(path)
      s.now += second
      const told: string[] = []
      c.mesh.addEventListener('purged', ({ detail }) => told.push(detail.target))
      const heard = next(b, 'purged')
      await a.ask(path, { method: 'PATCH', body: JSON.stringify(body) })
      expect(await heard).to.include({ peerId: a.mesh.peerId })
      s.now += second
      expect(status(await b.ask(path))).to.include('fwd=stale')
      await a.mesh.set('after the write', true)
      await until(async () => (await c.mesh.get('after the write')) === true)
      expect(told).to.deep.equal([])
      // Nor who comes later.
      const d = await s.member({ token: other })
      d.mesh.addEventListener('purged', ({ detail }) => told.push(detail.target))
      for (const member of [a, b, c]) await s.connect(member, d)
      await until(() => Object.keys(d.mesh.stats({ group: true }).members).length === 4)
      await d.ask(`${repo}/labels`)
      expect(told).to.deep.equal([])
    })

  it('hear of a mutation of GraphQL’s that names no repository: kept answers to queries are from before it', async () => {
    const [a, b] = (await fleet([shared, shared], { graphqlTtlMs: minute })) as [Member, Member]
    const graphql = (query: string) => ({ method: 'POST', body: JSON.stringify({ query }) })
    const query = graphql('{ viewer { login } }')
    await b.ask('/graphql', query)
    s.now += second
    expect(status(await b.ask('/graphql', query))).to.match(/^ghmesh; hit/)
    const heard = next(b, 'purged')
    s.github.respondOnce('/graphql', dated(s, '{"data":{"changeUserStatus":{"clientMutationId":null}}}'))
    await a.ask('/graphql', graphql('mutation { changeUserStatus(input: {}) { clientMutationId } }'))
    await heard
    s.now += second
    expect(status(await b.ask('/graphql', query))).to.match(/fwd-status=200/)
  })

  it('share whatever spelling the token is sent in, and however late it is first used', async () => {
    const [a, b] = (await fleet([undefined, undefined] as unknown as string[])) as [Member, Member]
    await a.ask('/user', as(shared))
    await until(async () => {
      const answer = await b.ask('/user', {
        cache: 'only-if-cached',
        headers: { authorization: `Basic ${btoa(`x:${shared}`)}` }
      })
      return answer.status === 200
    }, 'the other one knows the token')
    expect(calls('/user')).to.have.length(1)
    expect((await b.ask('/user', { cache: 'only-if-cached', ...as(other) })).status).to.equal(504)
    expect((await b.ask('/user', { cache: 'only-if-cached' })).status).to.equal(504)
  })

  // README: "This needs a token in GitHub’s own format"
  // README: "`GHMESH_SHARE_SAME_TOKEN`"
  it('do not where one of them does not want it, nor with what may be a password', async () => {
    const a = await s.member({ token: shared, shareSameToken: false })
    const b = await s.member({ token: shared })
    await s.connect(a, b)
    for (const [one, two] of [
      [a, b],
      [b, a]
    ] as const) {
      const path = one === a ? '/user' : '/notifications'
      await one.ask(path)
      expect((await two.ask(path, { cache: 'only-if-cached' })).status).to.equal(504)
    }
    const password = `Basic ${btoa('alice:sim-token-alice')}`
    const basic = { headers: { authorization: password } }
    await b.ask('/user', basic)
    const c = await s.member({ token: undefined })
    await s.connect(b, c)
    expect((await c.ask('/user', { cache: 'only-if-cached', ...basic })).status).to.equal(504)
  })

  it('take nothing on trust with `verify`: a free 304 comes first', async () => {
    const [a, b] = (await fleet([shared, shared], { trust: 'verify' })) as [Member, Member]
    await a.ask('/user')
    expect((await b.ask('/user', { cache: 'only-if-cached' })).status).to.equal(504)
    expect(status(await b.ask('/user'))).to.match(/fwd-status=304/)
    expect(s.github.units()).to.equal(1)
  })

  it('give nothing any more of a token that GitHub does not know', async () => {
    const [a, b] = (await fleet([shared, shared])) as [Member, Member]
    // So that the other one is not told of it as the home of a lease: it would have it by its own right then.
    await a.ask('/user', { cache: 'reload' })
    await a.ask(`${secretRepo}/issues`, { cache: 'reload' })
    s.github.revokeToken(shared)
    expect((await a.ask('/user', { cache: 'no-cache' })).status).to.equal(401)
    for (const path of ['/user', `${secretRepo}/issues`]) {
      expect((await b.ask(path, { cache: 'only-if-cached' })).status, path).to.equal(504)
      expect((await a.ask(path, { cache: 'only-if-cached' })).status, path).to.equal(504)
    }
    // The one that was not told learns it by its own answer, and has not kept what it can serve.
    expect((await b.ask('/user')).status).to.equal(401)
    // GitHub knows it again: so do they.
    s.github.addToken(shared, user)
    s.now += second
    expect((await a.ask('/user')).status).to.equal(200)
    await until(async () => (await b.ask('/user', { cache: 'no-cache' })).status === 200)
    s.now += second
    await a.ask('/notifications')
    await until(async () => (await b.ask('/notifications', { cache: 'only-if-cached' })).status === 200)
  })

  it('do not keep for a token what GitHub refuses to it, even if others still have it', async () => {
    const [a, b] = (await fleet([shared, shared])) as [Member, Member]
    const path = `${secretRepo}/issues`
    await a.ask(path)
    expect(status(await b.ask(path))).to.match(/detail=peer/)
    s.github.setRole(shared, 'octocat/secret-plans', 'none')
    expect((await b.ask(path, { cache: 'no-cache' })).status).to.equal(404)
    s.now += minute
    expect((await b.ask(path, { cache: 'only-if-cached' })).status).to.equal(504)
    expect((await b.ask(path, { cache: 'force-cache' })).status).to.equal(404)
  })

  it('ask with a new token for themselves', async () => {
    const rotated = `ghp_${'r0Ta'.repeat(9)}`
    s.github.addToken(rotated, user)
    const [a, b] = (await fleet([shared, rotated])) as [Member, Member]
    await a.ask('/user')
    expect((await b.ask('/user', { cache: 'only-if-cached' })).status).to.equal(504)
    expect(status(await b.ask('/user'))).to.match(/fwd-status=200/)
  })

  it('have an answer for an hour without a look of their own token, and no longer', async () => {
    const [a, b] = (await fleet([shared, shared])) as [Member, Member]
    const path = `${secretRepo}/issues`
    await a.ask(path)
    await b.ask(path)
    s.now += 59 * minute
    expect((await b.ask(path, { cache: 'only-if-cached' })).status).to.equal(200)
    s.now += 2 * minute
    expect((await b.ask(path, { cache: 'only-if-cached' })).status).to.equal(504)
  })

  it('begin again one by one after a limit, and not all together', async () => {
    const members = await fleet([shared, shared, shared])
    const [a] = members as [Member]
    const stranger = await s.member({ token: other })
    await s.connect(a, stranger)
    s.github.limit(shared, { kind: 'secondary', retryAfterSeconds: 120 })
    expect((await a.ask('/user')).status).to.equal(403)
    for (const one of members)
      await until(async () => status(await one.ask('/notifications')) === 'ghmesh; detail=rate-limit', 'all know')
    expect((await stranger.ask('/user')).status).to.equal(200)

    s.github.unlimit(shared)
    s.now += 120 * second
    // In the order of their peer ids, a second after each other.
    const order = [...members].sort((x, y) => ((x.mesh.peerId as string) < (y.mesh.peerId as string) ? -1 : 1))
    const refused = async () => {
      const answers = await Promise.all(
        order.map(({ ask }, i) => ask(`${repo}/labels?per_page=${i + 1}`, { cache: 'no-store' }))
      )
      return answers.map(({ status }) => status)
    }
    expect(await refused()).to.deep.equal([200, 403, 403])
    s.now += second
    expect(await refused()).to.deep.equal([200, 200, 403])
    s.now += second
    expect(await refused()).to.deep.equal([200, 200, 200])
  })

  const left = ({ mesh }: Member) => mesh.stats().quota.core?.remaining

  // README: "All members that hold a token know"
  it('know what is left of a limit before they have asked GitHub themselves', async () => {
    const [a, b, c] = (await fleet([shared, shared, other])) as [Member, Member, Member]
    s.github.setRemaining(shared, 501)
    await a.ask('/user')
    expect(left(a)).to.equal(500)
    await until(() => left(b) === 500, 'b knows')
    expect(left(c)).to.equal(undefined)
    expect(calls('/user')).to.have.length(1)
    // What nobody waits for stops there too, at the first thing of a public repository that it takes from nobody.
    await b.ask(`${repo}/issues/1`)
    await until(() => b.mesh.stats().heldBack.reserve === 1, 'b keeps the rest for what somebody waits for')
  })

  it('tell each other one thing for each tenth of a limit, however many calls that were', async () => {
    const [a, b] = (await fleet([shared, shared])) as [Member, Member]
    const told: (number | undefined)[] = []
    s.github.setRemaining(shared, 4503)
    for (let call = 0; call < 6; call++) {
      await a.ask(`/user?n=${call}`, { cache: 'no-store' })
      if (call === 2) await until(() => left(b) === 4500)
      told.push(left(b))
    }
    // From 4500 on, which is 9 tenths, until 4000.
    expect(told).to.deep.equal([undefined, undefined, 4500, 4500, 4500, 4500])
    expect(left(a)).to.equal(4497)
    s.github.setRemaining(shared, 4001)
    await a.ask('/user', { cache: 'no-store' })
    await until(() => left(b) === 4000)
    // What b hears from GitHub counts from then on.
    await b.ask('/notifications', { cache: 'no-store' })
    expect(left(b)).to.equal(3999)
  })

  it('forget what is left when the hour is over', async () => {
    const [a, b] = (await fleet([shared, shared])) as [Member, Member]
    s.github.setRemaining(shared, 5)
    await a.ask('/user')
    await until(() => left(b) === 4)
    s.now += 60 * minute + second
    s.github.unlimit(shared)
    await b.ask(`${repo}/issues/1`)
    await until(() => s.github.calls.some(({ path }) => path === repo.toLowerCase() || path === repo), 'b looks')
    expect(b.mesh.stats().heldBack.reserve).to.equal(undefined)
  })

  it('obey no limit for longer than GitHub’s limits last', async () => {
    const [a, b] = (await fleet([shared, shared])) as [Member, Member]
    s.github.limit(shared, { kind: 'secondary', retryAfterSeconds: 7 * 24 * 3600 })
    expect((await a.ask('/user')).status).to.equal(403)
    await until(async () => status(await b.ask('/notifications')) === 'ghmesh; detail=rate-limit', 'b knows')
    s.github.unlimit(shared)
    s.now += 63 * minute
    expect((await b.ask('/notifications')).status).to.equal(200)
  })

  it('never share a credential, not even with those that hold the same token', async () => {
    const [a, b] = (await fleet([shared, shared])) as [Member, Member]
    s.github.setBody(`${secretRepo}/issues/1`, { body: `ghp_${'c1On'.repeat(9)}` })
    await a.ask(`${secretRepo}/issues/1`)
    expect((await b.ask(`${secretRepo}/issues/1`, { cache: 'only-if-cached' })).status).to.equal(504)
  })

  it('do not ask each other what is too long for a question', async () => {
    const [a, b] = (await fleet([shared, shared])) as [Member, Member]
    const accept = `application/json${', text/x'.repeat(100)}`
    for (let n = 0; n < 25; n++) expect((await a.ask(`/user?n=${n}`, { headers: { accept } })).status).to.equal(200)
    await heard(a, b)
    expect(b.mesh.stats().rejected).to.deep.equal({})
    await a.ask('/user', { cache: 'reload' })
    expect((await b.ask('/user', { cache: 'only-if-cached' })).status).to.equal(200)
  })

  it('share nothing that the option `share` keeps on the machine', async () => {
    const [a, b] = (await fleet([shared, shared], { share: ({ url }) => !url.includes('/user') })) as [Member, Member]
    await a.ask('/user')
    await a.ask('/notifications')
    expect((await b.ask('/user', { cache: 'only-if-cached' })).status).to.equal(504)
    expect((await b.ask('/notifications', { cache: 'only-if-cached' })).status).to.equal(200)
  })

  // README: "One of them asks GitHub for all, and each gets"
  it('each gets byte for byte what it would get alone, in whatever order and mode they ask', async function () {
    this.timeout(120_000)
    const paths = [
      '/user',
      '/notifications',
      repo,
      secretRepo,
      `${secretRepo}/issues`,
      `${repo}/issues`,
      `${repo}/releases`,
      '/users/alice'
    ]
    const tokens = [shared, other, undefined]
    const step = fc.record({
      member: fc.nat(2),
      token: fc.constantFrom(...tokens),
      path: fc.constantFrom(...paths),
      mode: fc.constantFrom('default', 'default', 'no-cache', 'force-cache', 'only-if-cached' as const),
      laterMs: fc.constantFrom(0, 0, 0, 61_000, 3_700_000)
    })
    const told = async (response: Response) => ({ status: response.status, text: await response.text() })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const members = await fleet([shared, shared, other])
        for (const { member, token, path, mode, laterMs } of steps) {
          s.now += laterMs
          const init = token === undefined ? { credentials: 'omit' as const } : as(token)
          const got = await told(await (members[member] as Member).ask(path, { ...init, cache: mode }))
          if (mode === 'only-if-cached' && got.status === 504) continue
          const headers = { ...(token !== undefined && as(token).headers), accept: 'application/vnd.github+json' }
          expect(got, `${token} ${path}`).to.deep.equal(await told(await fetch(s.github.url + path, { headers })))
        }
        await Promise.all(members.map(({ mesh }) => mesh.stop()))
      }),
      { numRuns: 20 }
    )
  })

  it('no answer crosses from one token to another, of REST or GraphQL, in whatever order and however many at once', async function () {
    this.timeout(120_000)
    const queries = ['{ viewer { login } }', '{ repository(owner: "octocat", name: "secret-plans") { name } }']
    const ownPages = ['/user', '/notifications', '/user/repos']
    const ofViewer = [...ownPages, '/graphql']
    const paths = [...ownPages, repo, secretRepo, `${secretRepo}/issues`]
    const question = fc.record({
      member: fc.nat(3),
      token: fc.constantFrom(shared, other),
      route: fc.oneof(
        fc.constantFrom(...paths),
        fc.constantFrom(...queries).map((query) => ({ query }))
      ),
      cache: fc.constantFrom('default', 'default', 'force-cache', 'no-cache' as const)
    })
    const initOf = (token: string, route: string | object) => ({
      ...(typeof route === 'object' && { method: 'POST', body: JSON.stringify(route) }),
      headers: { ...as(token).headers, accept: 'application/vnd.github+json', 'content-type': 'application/json' }
    })
    const pathOf = (route: string | object) => (typeof route === 'object' ? '/graphql' : route)
    const told = async (response: Response) => ({ status: response.status, text: await response.text() })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(question, { minLength: 1, maxLength: 5 }), { maxLength: 5 }),
        async (rounds) => {
          // Two hold one token, two the other, and each may be asked with either.
          const members = await fleet([shared, shared, other, other], { graphqlTtlMs: 20 * second })
          for (const round of rounds)
            await Promise.all(
              round.map(async ({ member, token, route, cache }) => {
                const init = initOf(token, route)
                const response = await (members[member] as Member).ask(pathOf(route), { ...init, cache })
                // What another token sees is not even found under the same key.
                if (ofViewer.includes(pathOf(route))) expect(cacheStatus(response)?.forward).to.not.equal('vary-miss')
                const got = await told(response)
                const expected = await told(await fetch(s.github.url + pathOf(route), init))
                expect(got, `${token} ${JSON.stringify(route)}`).to.deep.equal(expected)
              })
            )
          await Promise.all(members.map(({ mesh }) => mesh.stop()))
        }
      ),
      { numRuns: 60 }
    )
  })
})
