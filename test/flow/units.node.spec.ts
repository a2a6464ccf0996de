import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Octokit } from '@octokit/core'
import { paginateRest } from '@octokit/plugin-paginate-rest'
import { expect } from 'chai'
import { memoryStore } from 'ghmesh'
import {
  alice,
  as,
  bob,
  dated,
  failWith,
  hour,
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

const many = 40
const names = Array.from({ length: many }, (_, n) => `octocat/tool-${n}`)

describe('units: never more than plain fetch', () => {
  const s = scene()
  beforeEach(() => {
    for (const fullName of names) s.github.addRepository({ fullName, issues: 3 })
  })
  const readAll = async (member: Member, below = '/labels', init = {}) => {
    for (const name of names) expect((await member.ask(`/repos/${name}${below}`, init)).status).to.equal(200)
  }
  const lookUps = () => s.github.calls.filter(({ path }) => /^\/repos\/[^/]+\/[^/]+$/.test(path))

  // README: "With nobody connected, and no relay"
  for (const [who, options] of [
    ['without a secret', { secret: undefined }],
    ['with one, while nobody is connected', {}]
  ] as const)
    it(`${who}, ${many} repositories that are read once cost one unit each`, async () => {
      const a = await s.member(options)
      await readAll(a)
      // Stopping waits for what is under way.
      await a.mesh.stop()
      expect([s.github.calls.length, s.github.units()]).to.deep.equal([many, many])
    })

  it('another token of the process gets what the first one read by free 304s', async () => {
    const a = await s.member({ secret: undefined })
    await readAll(a)
    await readAll(a, '/labels', as(bob))
    expect([s.github.units('alice'), s.github.units('bob'), lookUps().length]).to.deep.equal([many, 0, 0])
    expect(status(await a.ask(`/repos/${names[0]}/labels`, as(bob)))).to.equal('ghmesh; hit')
  })

  // README: "Pull requests and workflow runs show"
  for (const below of ['pulls', 'pulls/4'])
    it(`/${below} shows who can read its repository, so that nothing is looked up to give it to members`, async () => {
      const name = 'octocat/busy'
      s.github.addRepository({ fullName: name, issues: 3, pulls: 2 })
      const [a, b] = [await s.member(), await s.member({ token: bob })]
      await s.connect(a, b)
      const path = `/repos/${name}/${below}`
      const announced = next(a, 'announced', path)
      await a.ask(path)
      await announced
      expect(status(await b.ask(path))).to.equal('ghmesh; hit; detail=peer')
      // … and a 304 for it shows it again.
      s.now += minute + second
      expect(status(await a.ask(path))).to.match(/fwd-status=304/)
      await a.mesh.stop()
      expect([s.github.units(), lookUps().length]).to.deep.equal([1, 0])
    })

  it('… and that a private one is not for members', async () => {
    const [a, b] = [await s.member(), await s.member({ token: bob })]
    await s.connect(a, b)
    await a.ask(`${secretRepo}/pulls`)
    await a.mesh.stop()
    expect([s.github.units(), lookUps().length]).to.deep.equal([1, 0])
    expect((await b.ask(`${secretRepo}/pulls`, { cache: 'only-if-cached' })).status).to.equal(504)
  })

  it('what was read alone is looked up once a member asks for it, each repository once, and given', async () => {
    const [a, b] = [await s.member(), await s.member({ token: bob })]
    await readAll(a)
    await a.ask(`/repos/${names[0]}/issues`)
    await s.connect(a, b)
    for (const below of ['labels', 'issues'])
      expect(status(await b.ask(`/repos/${names[0]}/${below}`))).to.equal('ghmesh; hit; detail=peer')
    expect(lookUps().map(({ login, path }) => [login, path.toLowerCase()])).to.deep.equal([
      ['alice', `/repos/${names[0]}`]
    ])
    expect([s.github.units('alice'), s.github.units('bob')]).to.deep.equal([many + 2, 0])
  })

  it('many members that ask at once for what was read alone cause one look, and all get it', async () => {
    const a = await s.member()
    await a.ask(`${repo}/labels`)
    const others = [await s.member({ token: bob }), await s.member({ token: bob }), await s.member({ token: bob })]
    await s.connect(a, ...others)
    const answers = await Promise.all(others.map((other) => other.ask(`${repo}/labels`)))
    for (const answer of answers) expect(status(answer)).to.equal('ghmesh; hit; detail=peer')
    expect([s.github.units('alice'), s.github.units('bob')]).to.deep.equal([2, 0])
  })

  it('a member that asks for what was read alone of a private repository gets nothing', async () => {
    const [a, b] = [await s.member(), await s.member({ token: alice })]
    await a.ask(`${secretRepo}/labels`)
    await s.connect(a, b)
    expect((await b.ask(`${secretRepo}/labels`, { cache: 'only-if-cached' })).status).to.equal(504)
    expect(lookUps()).to.have.length(1)
    expect((await b.ask(`${secretRepo}/labels`, { cache: 'only-if-cached' })).status).to.equal(504)
    expect(lookUps()).to.have.length(1)
  })

  it('what turned private before a member asks for it is not given, though it was public when it was read', async () => {
    const [a, b] = [await s.member(), await s.member({ token: bob })]
    await a.ask(repo)
    const announced = next(a, 'announced', `${repo}/labels`)
    await a.ask(`${repo}/labels`)
    await announced
    s.github.repository('octocat/Hello-World').setVisibility('private')
    s.now += minute + second
    expect(status(await a.ask(`${repo}/labels`))).to.match(/fwd-status=304/)
    await s.connect(a, b)
    expect((await b.ask(`${repo}/labels`, { cache: 'only-if-cached' })).status).to.equal(504)
  })

  it('where the look fails the member that asks goes to GitHub itself', async () => {
    const [a, b] = [await s.member(), await s.member({ token: bob })]
    await a.ask(`${repo}/labels`)
    s.github.respond(/^\/repos\/octocat\/hello-world$/i, dated(s, '{}', { status: 502 }))
    await s.connect(a, b)
    expect(status(await b.ask(`${repo}/labels`))).to.match(/fwd-status=200/)
  })

  it('what a token read alone stands in for a day where GitHub fails, for that token', async () => {
    const a = await s.member({ secret: undefined })
    await a.ask(`${repo}/labels`)
    s.now += 23 * hour
    failWith(s, 503)
    expect(status(await a.ask(`${repo}/labels`))).to.match(/detail=stale-server-error/)
    expect((await a.ask(`${repo}/labels`, as(bob))).status).to.equal(503)
    s.now += hour + second
    expect((await a.ask(`${repo}/labels`)).status).to.equal(503)
  })

  it('… but an hour where the repository was shown to be private, after a restart too', async () => {
    const kept = { secret: undefined, store: memoryStore(), cacheDir: mkdtempSync(join(tmpdir(), 'ghmesh-units-')) }
    const a = await s.member(kept)
    await a.ask(secretRepo)
    await a.ask(`${secretRepo}/labels`)
    const again = await s.member(kept)
    s.now += hour - second
    failWith(s, 503)
    for (const one of [a, again]) expect((await one.ask(`${secretRepo}/labels`)).status).to.equal(200)
    s.now += 2 * second
    for (const one of [a, again]) expect((await one.ask(`${secretRepo}/labels`)).status).to.equal(503)
    for (const { mesh } of [a, again]) await mesh.stop()
    rmSync(kept.cacheDir, { recursive: true })
  })

  it('what is public is given to nobody else once it is refused to a token, and nothing is spent to know', async () => {
    const a = await s.member({ secret: undefined })
    await a.ask(repo)
    await a.ask(`${repo}/labels`)
    expect(status(await a.ask(`${repo}/labels`, as(bob)))).to.equal('ghmesh; hit')
    s.github.repository('octocat/Hello-World').setVisibility('private')
    s.now += minute + second
    const [units, looks] = [s.github.units('alice'), lookUps().length]
    expect((await a.ask(`${repo}/labels`, as(bob))).status).to.equal(404)
    const carol = { ...as('sim-token-carol'), cache: 'force-cache' } as const
    await until(async () => (await a.ask(`${repo}/labels`, carol)).status !== 200)
    expect([s.github.units('alice'), lookUps().length]).to.deep.equal([units, looks])
  })

  it('an announcement comes with the first answer after a member has come', async () => {
    const [a, b] = [await s.member(), await s.member({ token: bob })]
    await a.ask(`${repo}/labels`)
    await s.connect(a, b)
    s.now += minute + second
    const received = next(b, 'received', `${repo}/labels`)
    await a.ask(`${repo}/labels`)
    await received
    expect(status(await b.ask(`${repo}/labels`))).to.equal('ghmesh; hit; detail=peer')
  })
})

/** A fetch whose conditions reach GitHub changed, and whose answers come so. */
const through =
  (condition: (sent: string) => string | undefined, answered = (response: Response) => response): typeof fetch =>
  async (input, init) => {
    const headers = new Headers(init?.headers)
    const sent = headers.get('if-none-match')
    headers.delete('if-none-match')
    const asked = sent === null ? undefined : condition(sent)
    if (asked !== undefined) headers.set('if-none-match', asked)
    return answered(await fetch(input, { ...init, headers }))
  }
const withoutEtag = (response: Response) => {
  if (response.status !== 304) return response
  const headers = new Headers(response.headers)
  headers.delete('etag')
  return new Response(null, { status: 304, headers })
}
const withoutLists = [
  ['reads the first of several ETags only', through((sent) => sent.split(',')[0])],
  ['takes several ETags for none', through((sent) => (sent.includes(',') ? undefined : sent))],
  ['does not say which of several ETags it means', through((sent) => sent, withoutEtag)]
] as const

describe('units: objects that viewers see differently', () => {
  const s = scene()
  const objects = names.slice(0, 4).map((name) => `/repos/${name}`)
  const tokens = ['token-one', 'token-two', 'token-three']
  beforeEach(() => {
    for (const fullName of names.slice(0, 4)) s.github.addRepository({ fullName })
    for (const token of tokens) s.github.addToken(token, { login: token })
  })

  const readers = async (member: Member) => {
    for (const path of objects) for (const token of tokens) await member.ask(path, as(token))
  }
  const change = () => {
    s.now += minute + second
    for (const fullName of names.slice(0, 4)) s.github.repository(fullName).update({ description: `at ${s.now}` })
  }

  it('one that has changed is paid once for all tokens that see it alike', async () => {
    const a = await s.member({ secret: undefined })
    await readers(a)
    expect(s.github.units()).to.equal(4)
    for (const round of [2, 3]) {
      change()
      await readers(a)
      expect(s.github.units(), `round ${round}`).to.equal(4 * round)
      for (const path of objects)
        for (const token of tokens) expect((await a.json(path, as(token))).description).to.equal(`at ${s.now}`)
    }
    expect(s.github.units()).to.equal(12)
  })

  it('… by members with a token each', async () => {
    const [a, b] = await s.two({ token: tokens[0] as string })
    const c = await s.member({ token: tokens[1] as string })
    await s.connect(a, c)
    for (let round = 1; round <= 3; round++) {
      const received = [b, c].map((member) => next(member, 'received', objects[0] as string))
      await a.ask(objects[0] as string)
      await Promise.all(received)
      for (const member of [b, c]) await member.ask(objects[0] as string)
      expect(s.github.units(), `round ${round}`).to.equal(round)
      change()
    }
  })

  it('a token that sees it differently still gets its own body, and nothing is paid while nothing changes', async () => {
    const a = await s.member({ secret: undefined })
    for (const path of objects) s.github.setRole('token-three', path.slice('/repos/'.length), 'admin')
    await readers(a)
    for (let round = 0; round < 3; round++) {
      change()
      const before = s.github.units()
      await readers(a)
      expect(s.github.units() - before, 'two kinds of viewers').to.equal(8)
      s.now += minute + second
      await readers(a)
      expect(s.github.units() - before).to.equal(8)
      for (const path of objects)
        for (const token of tokens)
          expect((await a.json(path, as(token))).permissions.admin, token).to.equal(token === 'token-three')
    }
  })

  for (const [what, own] of withoutLists)
    it(`a server that ${what} costs no more than one ETag at a time, and the answers are right`, async () => {
      const a = await s.member({ secret: undefined, fetch: own })
      await readers(a)
      for (let round = 1; round <= 3; round++) {
        change()
        await readers(a)
        expect(s.github.units(), `round ${round}`).to.be.at.most(4 + 12 * round)
        for (const path of objects)
          for (const token of tokens) expect((await a.json(path, as(token))).description).to.equal(`at ${s.now}`)
        s.now += minute + second
        const units = s.github.units()
        await readers(a)
        expect(s.github.units()).to.equal(units)
      }
    })
})

describe('units: a caller’s own If-None-Match', () => {
  const s = scene()
  const alone = { secret: undefined }
  const issue = `${repo}/issues/1`
  const headers = { ...as(alice).headers, accept: 'application/vnd.github+json' }
  const tagOf = (answer: Response) => answer.headers.get('etag') ?? ''
  /** What the sender of this ETag gets a minute later. */
  const later = async (member: Member, path: string, etag: string) => {
    s.now += minute + second
    const before = s.github.units()
    const { status } = await member.ask(path, { headers: { ...headers, 'if-none-match': etag } })
    return [status, s.github.units() - before]
  }
  /** The ETag of an issue that has changed since this member saw it. */
  const newer = async () => {
    await fetch(s.github.url + issue, { headers, method: 'PATCH', body: JSON.stringify({ title: `at ${s.now}` }) })
    return tagOf(await fetch(s.github.url + issue, { headers }))
  }

  it('is answered free of a last page that is full', async () => {
    const a = await s.member(alone)
    const full = `${repo}/issues?per_page=${(await a.json(`${repo}/issues?per_page=100`, { headers })).length}`
    expect(await later(a, full, tagOf(await a.ask(full, { headers })))).to.deep.equal([304, 0])
  })

  it('… where the ETag of what is held cannot be told, after a restart', async () => {
    const store = memoryStore()
    s.github.driftEtags()
    const etag = tagOf(await (await s.member({ ...alone, store })).ask(`${repo}/labels`, { headers }))
    const restarted = await s.member({ ...alone, store })
    expect(await later(restarted, `${repo}/labels`, etag)).to.deep.equal([304, 0])
  })

  it('… where it is newer than what is held, which the next one without it gets for a unit', async () => {
    const a = await s.member(alone)
    await a.ask(issue, { headers })
    const changed = `at ${s.now}`
    const etag = await newer()
    expect(await later(a, issue, etag)).to.deep.equal([304, 0])
    expect(await later(a, issue, `"other", ${etag}`)).to.deep.equal([304, 0])
    const before = s.github.units()
    const { title } = await a.json(issue, { headers })
    expect([title, s.github.units() - before]).to.deep.equal([changed, 1])
  })

  it('that is older than what is held makes no difference: that is confirmed, and given', async () => {
    const a = await s.member(alone)
    const etag = tagOf(await a.ask(issue, { headers }))
    await newer()
    expect(await later(a, issue, etag)).to.deep.equal([200, 1])
    for (const _ of [1, 2]) expect(await later(a, issue, etag)).to.deep.equal([200, 0])
    expect(status(await a.ask(issue, { headers }))).to.equal('ghmesh; hit')
  })

  for (const [what, own] of withoutLists)
    it(`costs one unit more at most, once, at a server that ${what}`, async () => {
      const a = await s.member({ ...alone, fetch: own })
      const etag = tagOf(await a.ask(issue, { headers }))
      await newer()
      await later(a, issue, etag)
      const before = s.github.units()
      for (const _ of [1, 2, 3]) expect((await later(a, issue, etag))[0]).to.equal(200)
      expect(s.github.units() - before).to.be.at.most(1)
    })
})

describe('units: lists that are empty', () => {
  const s = scene()
  const paths = names.map((name) => `/repos/${name}/milestones`)
  beforeEach(() => {
    for (const fullName of names) s.github.addRepository({ fullName, issues: 0 })
    for (const { id } of names.map((name) => s.github.repository(name))) {
      s.github.setBody(`/repositories/${id}/milestones`, [])
      s.github.setBody(`/repositories/${id}/labels`, [])
    }
  })
  const known = async (member: Member) => void (await member.ask('/repos/octocat/Hello-World/languages'))

  // README: "Empty lists cost nothing:"
  // README: "A 304 means that the"
  it('cost nothing, once an answer has shown how the ETags of a token are made', async () => {
    const a = await s.member({ secret: undefined })
    await known(a)
    for (const path of paths) {
      const answer = await a.ask(path)
      expect([answer.status, await answer.text()]).to.deep.equal([200, '[]'])
      expect(answer.headers.get('content-type')).to.equal('application/json; charset=utf-8')
      expect(answer.headers.get('etag')).to.match(/^(?:W\/)?"[\da-f]{64}"$/)
      expect(answer.headers.get('x-ratelimit-remaining')).to.equal('4999')
      expect(status(answer)).to.equal('ghmesh; fwd=uri-miss; fwd-status=304; stored')
    }
    expect([s.github.units(), s.github.calls.length]).to.deep.equal([1, 1 + many])
    for (const path of paths) expect(status(await a.ask(path))).to.equal('ghmesh; hit')
    expect(a.mesh.stats()).to.include({ quotaSpent: 1, revalidated: many, misses: 1 })
  })

  it('have filled since: the list comes, for what it costs anyway', async () => {
    const a = await s.member({ secret: undefined })
    await known(a)
    const [path] = paths as [string]
    await a.ask(path)
    s.now += minute + second
    expect(status(await a.ask(path))).to.match(/fwd=stale; fwd-status=304/)
    s.github.setBody(`/repositories/${s.github.repository(names[0] as string).id}/milestones`, [{ number: 1 }])
    s.now += minute + second
    expect(await a.json(path)).to.deep.equal([{ number: 1 }])
    expect(s.github.units()).to.equal(2)
  })

  it('are told to members like any other answer, and each token sees its own', async () => {
    const [a, b] = await s.two()
    await known(a)
    const received = next(b, 'received', paths[0])
    await a.ask(paths[0] as string)
    await received
    expect(await b.json(paths[0] as string)).to.deep.equal([])
    expect(s.github.units('bob')).to.equal(0)
    const hidden = `${secretRepo}/milestones`
    s.github.setBody(`/repositories/${s.github.repository('octocat/secret-plans').id}/milestones`, [])
    expect((await a.ask(hidden)).status).to.equal(200)
    expect((await a.ask(hidden, as(bob))).status).to.equal(404)
  })

  const guesses = (path: string) =>
    s.github.calls.filter((call) => call.url === path && call.ifNoneMatch !== undefined).length

  it('are not guessed before the scheme was seen to hold for the token, written as it is, nor without one', async () => {
    const a = await s.member({ secret: undefined })
    const [first, second, third, fourth] = paths as [string, string, string, string]
    await a.ask(first)
    await a.ask(second, as(bob))
    await a.ask(third, { headers: { authorization: `token ${alice}` } })
    await a.ask(fourth, { credentials: 'omit' })
    for (const path of [first, second, third, fourth]) expect(guesses(path), path).to.equal(0)
  })

  it('are not guessed while the scheme is in doubt', async () => {
    const a = await s.member({ secret: undefined })
    await known(a)
    s.github.driftEtags()
    await a.ask(`${repo}/labels`)
    await a.ask(paths[0] as string)
    expect(guesses(paths[0] as string)).to.equal(0)
    s.github.driftEtags(false)
  })

  for (const query of ['?page=2', '?page=0', '?per_page=0', '?per_page=x', '?after=Y3Vyc29y', '?before=x', '?since=7'])
    it(`are not guessed of ${query}`, async () => {
      const a = await s.member({ secret: undefined })
      await known(a)
      await a.ask(`${paths[0]}${query}`)
      expect(guesses(`${paths[0]}${query}`)).to.equal(0)
    })

  it('are guessed of a first page that says so', async () => {
    const a = await s.member({ secret: undefined })
    await known(a)
    for (const query of ['?page=1&per_page=100', '?state=closed'])
      expect(status(await a.ask(`${paths[0]}${query}`)), query).to.match(/fwd-status=304/)
  })

  it('are not guessed of what is no list, is in an envelope, or was asked for with reload or no-store', async () => {
    const a = await s.member({ secret: undefined })
    await known(a)
    for (const path of [repo, `${repo}/actions/runs`, `${repo}/events`, `${repo}/contents/README.md`]) {
      await a.ask(path)
      expect(guesses(path), path).to.equal(0)
    }
    for (const cache of ['reload', 'no-store'] as const) {
      const answer = await a.ask(paths[0] as string, { cache })
      expect([answer.status, await answer.text()]).to.deep.equal([200, '[]'])
    }
    expect(guesses(paths[0] as string)).to.equal(0)
  })

  it('a condition of the caller’s own goes as it is', async () => {
    const a = await s.member({ secret: undefined })
    await known(a)
    const own = '"0123456789"'
    await a.ask(paths[0] as string, { headers: { 'if-none-match': own } })
    expect(s.github.calls.at(-1)?.ifNoneMatch).to.equal(own)
    const [, path] = paths as [string, string]
    const { headers } = await a.ask(path)
    const etag = headers.get('etag') as string
    expect((await a.ask(path, { cache: 'no-cache', headers: { 'if-none-match': etag } })).status).to.equal(304)
  })

  it('come to Octokit like any others, which pages through them and gets its own conditions answered', async () => {
    const a = await s.member({ secret: undefined })
    await known(a)
    const octokit = new (Octokit.plugin(paginateRest))({
      baseUrl: s.github.url,
      auth: alice,
      request: { fetch: a.mesh.fetch }
    })
    // It sends its token in its own way, of which an answer has to come first.
    await octokit.request('GET /repos/octocat/Hello-World/labels')
    const units = s.github.units()
    const [owner, repo] = (names[0] as string).split('/') as [string, string]
    expect(await octokit.paginate('GET /repos/{owner}/{repo}/milestones', { owner, repo })).to.deep.equal([])
    const { status, headers, data } = await octokit.request('GET /repos/{owner}/{repo}/milestones', { owner, repo })
    expect([status, data, s.github.units()]).to.deep.equal([200, [], units])
    const condition = { owner, repo, headers: { 'if-none-match': headers.etag as string } }
    const unchanged = await octokit.request('GET /repos/{owner}/{repo}/milestones', condition).catch((error) => error)
    expect(unchanged.status).to.equal(304)
    s.github.setBody(`/repositories/${s.github.repository(names[0] as string).id}/milestones`, [{ number: 1 }])
    s.now += minute + second
    const changed = await octokit.request('GET /repos/{owner}/{repo}/milestones', condition)
    expect([changed.status, changed.data]).to.deep.equal([200, [{ number: 1 }]])
  })

  for (const [what, wrong] of [
    ['names another ETag', (headers: Headers) => headers.set('etag', '"another"')],
    ['names none', (headers: Headers) => headers.delete('etag')],
    ['has links to other pages', (headers: Headers) => headers.set('link', '<https://x.example/?page=2>; rel="next"')]
  ] as const)
    it(`a 304 that ${what} is not believed: GitHub is asked without a condition`, async () => {
      const changed: typeof fetch = async (input, init) => {
        const response = await fetch(input, init)
        if (response.status !== 304) return response
        const headers = new Headers(response.headers)
        wrong(headers)
        return new Response(null, { status: 304, headers })
      }
      const a = await s.member({ secret: undefined, fetch: changed })
      await known(a)
      const answer = await a.ask(paths[0] as string)
      expect([status(answer), await answer.text()]).to.deep.equal([
        'ghmesh; fwd=uri-miss; fwd-status=200; stored',
        '[]'
      ])
      expect(s.github.units()).to.equal(2)
      // It is not tried again and again.
      await a.ask(paths[1] as string)
      expect(guesses(paths[1] as string)).to.equal(0)
    })
})
