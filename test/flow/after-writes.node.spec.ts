import { expect } from 'chai'
import {
  alice,
  as,
  asPage,
  bob,
  dated,
  heard,
  type Member,
  minute,
  next,
  repo,
  scene,
  second,
  secretRepo,
  shared,
  status,
  until
} from './members.ts'

const limits = { recheckMs: [] }
const alone = { secret: undefined }
const json = { 'content-type': 'application/json; charset=utf-8' }
const cached = (s: { now: number }, body: () => object) => () =>
  new Response(JSON.stringify(body()), {
    headers: { date: new Date(s.now).toUTCString(), 'cache-control': 'private, max-age=60, s-maxage=60', ...json }
  })
const issue = `${repo}/issues/1`
const issues = `${repo}/issues`
const patch = { method: 'PATCH', body: JSON.stringify({ title: 'New' }) }
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('what members learn of a write', () => {
  const s = scene()
  // README: "Writes through a member make stale"
  it('members learn neither the id of a secret gist nor the name of a private repository by a write', async () => {
    const [a, b] = await s.two({ limits })
    const told: string[] = []
    b.mesh.addEventListener('purged', ({ detail }) => told.push(detail.target))
    const gist = '/gists/aa5a315d61ae9438b18d'
    s.github.respond((call) => call.path === gist, dated(s, '{}', { status: 200, headers: json }))
    await a.ask(gist, { method: 'PATCH', body: '{}' })
    await a.ask(`${secretRepo}/issues`, { method: 'POST', body: JSON.stringify({ title: 'x' }) })
    await heard(a, b)
    expect(told.filter((target) => target.endsWith(gist) || /secret-plans/.test(target))).to.deep.equal([])
  })
})

describe('a write to a repository that this member never read', () => {
  const s = scene()

  // README: "Where this member does not know whether a repository is public,"
  it('is told to members after a look whether it is public, once', async () => {
    const [a, b] = await s.two({ limits })
    await b.ask(issue)
    for (let n = 0; n < 2; n++) {
      s.now += second
      const purged = next(b, 'purged')
      await a.ask(issue, patch)
      await purged
    }
    const looks = s.github.calls.filter(({ login, method }) => login === 'alice' && method === 'GET')
    expect(looks.map(({ path }) => path.toLowerCase())).to.deep.equal([repo.toLowerCase()])
  })
})

describe('what this member itself made private', () => {
  const s = scene()
  const turns = {
    'a PATCH': (a: Member) => a.ask(repo, { method: 'PATCH', body: JSON.stringify({ visibility: 'private' }) }),
    'a mutation': (a: Member) => {
      s.github.repository('octocat/Hello-World').setVisibility('private')
      const data = { updateRepository: { repository: { nameWithOwner: 'octocat/Hello-World' } } }
      s.github.respondOnce('/graphql', dated(s, JSON.stringify({ data }), { headers: json }))
      const input = '{ repositoryId: "R_kgDOABPIVQ", visibility: PRIVATE }'
      const query = `mutation { updateRepository(input: ${input}) { repository { nameWithOwner } } }`
      return a.ask('/graphql', { method: 'POST', body: JSON.stringify({ query }) })
    }
  }
  for (const [how, turnPrivate] of Object.entries(turns))
    it(`by ${how} is told to nobody from then on`, async () => {
      const [a, b] = await s.two({ limits })
      await shared(a, b, issues)
      s.now += second
      await turnPrivate(a)
      s.now += second
      await a.ask(issues, { method: 'POST', body: JSON.stringify({ title: 'secret plan' }) })
      s.now += second
      expect((await a.json(issues))[0].title).to.equal('secret plan')
      await heard(a, b)
      expect((await (await b.peek(issues))?.text()) ?? '').not.to.include('secret plan')
    })
})

describe('where clocks are off, a write', () => {
  const s = scene()
  for (const [ahead, behind] of [
    [2 * second, 0],
    [2 * second, 2 * second]
  ] as const)
    it(`an answer from 0.9 s before another member's write is stale, with clocks +${ahead} and -${behind} ms`, async () => {
      const a = await s.member({ limits, now: () => s.now + ahead })
      const b = await s.member({ limits, now: () => s.now - behind })
      await s.connect(a, b)
      await shared(a, b, issue)
      s.now += 900
      await b.ask(issue, patch)
      await heard(b, a)
      s.now += second
      expect((await b.json(issue)).title, 'the writer').to.equal('New')
      expect((await a.json(issue)).title, 'the other').to.equal('New')
    })
})

describe('a write that GitHub did, whose answer was lost,', () => {
  const s = scene()
  for (const how of ['network', '502', 'abort'] as const)
    it(`shows (${how})`, async () => {
      const control = new AbortController()
      const a = await s.member({
        limits,
        fetch: async (input, init) => {
          const done = await fetch(input, init)
          if (init?.method !== 'PATCH') return done
          if (how === 'network') throw new TypeError('fetch failed')
          if (how === '502') return new Response('<html>Unicorn!</html>', { status: 502 })
          control.abort()
          throw control.signal.reason
        }
      })
      await a.json(issue)
      s.now += second
      await a.ask(issue, { ...patch, signal: control.signal }).catch(() => {})
      s.now += second
      expect((await a.json(issue)).title).to.equal('New')
    })
})

describe('a write that a stranger gave up', () => {
  const s = scene()
  // A client of a proxy's port, with no token or with one that it made up, hangs up before GitHub has said no.
  for (const [what, headers] of [
    ['without a token', undefined],
    ['with one that it made up', { authorization: 'token ghp_madeUp' }]
  ] as const)
    for (const path of [`${repo}/git/refs`, '/user/repos'])
      it(`makes nothing stale, here or at members (${path}, ${what})`, async () => {
        const [a, b] = await s.two({ limits })
        await a.ask(issues, { credentials: 'omit' })
        await shared(a, b, issues)
        const control = new AbortController()
        const body = new ReadableStream({ pull: () => control.abort(new Error('gone')) }, { highWaterMark: 0 })
        const upload = {
          method: 'POST',
          body,
          duplex: 'half',
          credentials: 'omit',
          signal: control.signal,
          ...(headers && { headers })
        }
        const left = await a.ask(path, upload as RequestInit).catch((error) => error)
        expect(left).to.be.an('error').with.property('message', 'gone')
        await heard(a, b)
        for (const one of [a, b]) expect(status(await one.ask(issues))).to.match(/hit/)
      })
})

describe('a mutation', () => {
  const s = scene()
  const mutation = (node: string) =>
    `mutation($id: ID!) { addComment(input: { subjectId: $id, body: "New" }) { commentEdge { node { ${node} } } } }`
  const comments = `${issue}/comments`
  const bodies = {
    Request: (body: string, url: string): [RequestInfo, RequestInit?] => [new Request(url, { method: 'POST', body })],
    Blob: (body: string, url: string) => [url, { method: 'POST', body: new Blob([body]) }],
    ArrayBuffer: (body: string, url: string) => [url, { method: 'POST', body: new TextEncoder().encode(body).buffer }],
    stream: (body: string, url: string) => [
      url,
      { method: 'POST', body: new Blob([body]).stream(), duplex: 'half' } as RequestInit
    ]
  } satisfies Record<string, (body: string, url: string) => unknown[]>
  for (const [kind, make] of Object.entries(bodies))
    it(`one that is sent as ${kind} makes REST answers stale`, async () => {
      const a = await s.member({ limits })
      const before = (await a.json(comments)).length
      const { node_id: id } = await (await fetch(s.github.url + issue)).json()
      s.now += second
      const body = JSON.stringify({ query: mutation('url'), variables: { id } })
      await a.mesh.fetch(...(make(body, `${s.github.url}/graphql`) as Parameters<typeof fetch>))
      s.now += second
      expect((await a.json(comments)).length).to.equal(before + 1)
    })

  it('one that names its repository by an old node id only, as octocat/Hello-World has, makes REST answers stale', async () => {
    const a = await s.member({ ...alone, limits })
    const before = (await a.json(comments)).length
    const { node_id: id } = await (await fetch(s.github.url + issue)).json()
    s.now += second
    await a.ask('/graphql', { method: 'POST', body: JSON.stringify({ query: mutation('id'), variables: { id } }) })
    s.now += second
    expect((await a.json(comments)).length).to.equal(before + 1)
  })

  it('gh issue close, which names its repository by a new node id only, makes REST answers stale', async () => {
    const a = await s.member({ ...alone, limits })
    const { id } = await (await fetch(s.github.url + repo)).json()
    let state = 'open'
    s.github.respond(
      issue,
      cached(s, () => ({ state }))
    )
    await a.json(issue)
    s.now += second
    const u32 = (n: number) => [0xce, n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]
    const node = `I_${Buffer.from([0x93, 0, ...u32(id), ...u32(12345678)]).toString('base64url')}`
    const answer = JSON.stringify({ data: { closeIssue: { issue: { id: node } } } })
    s.github.respondOnce('/graphql', dated(s, answer, { headers: json }))
    state = 'closed'
    const query = 'mutation IssueClose($input:CloseIssueInput!){closeIssue(input:$input){issue{id}}}'
    await a.ask('/graphql', {
      method: 'POST',
      body: JSON.stringify({ query, variables: { input: { issueId: node } } })
    })
    s.now += second
    expect((await a.json(issue)).state).to.equal('closed')
  })
})

describe('a write shows elsewhere:', () => {
  const s = scene()
  const website = '/repos/octo-org/website'
  const cases: [string, string, string][] = [
    // In the repository.
    ['PATCH', issue, `${repo}/milestones/1`],
    ['PATCH', issue, `${repo}/milestones/1/labels`],
    ['PATCH', `${issues}/2`, `${issue}/sub_issues`],
    ['PATCH', `${issues}/2`, `${issue}/parent`],
    ['PATCH', `${issues}/2`, `${issue}/dependencies/blocked_by`],
    ['PATCH', issue, `${issue}/issue-field-values`],
    ['POST', `${repo}/pulls`, issue],
    ['PATCH', `${repo}/pulls/41`, `${repo}/commits/7fd1a60b01f91b314f59955a4e4d4e80d8edf11d/pulls`],
    // Not even the written URL itself.
    ['PATCH', '/teams/1', '/teams/1'],
    ['PUT', '/teams/1/memberships/bob', '/teams/1/members'],
    ['PATCH', '/enterprises/acme/actions/permissions', '/enterprises/acme/actions/permissions'],
    ['PATCH', '/app/hook/config', '/app/hook/config'],
    // In repositories that no path names.
    ['POST', '/orgs/octo-org/rulesets', `${website}/rulesets`],
    ['PATCH', '/user/memberships/orgs/octo-org', website],
    ['PATCH', '/user/repository_invitations/1', website],
    // In a repository that the path names.
    ['PUT', '/user/starred/octocat/Hello-World', repo],
    ['PUT', '/user/starred/octocat/Hello-World', `${repo}/stargazers`],
    ['PUT', '/orgs/octo-org/teams/devs/repos/octo-org/website', `${website}/teams`],
    // Beside it.
    ['PUT', `${repo}/notifications`, '/notifications'],
    ['PUT', '/notifications', `${repo}/notifications`],
    ['PATCH', '/notifications/threads/1', `${repo}/notifications`],
    ['PUT', `${repo}/subscription`, '/user/subscriptions'],
    ['PUT', '/user/starred/octocat/Hello-World', '/users/alice/starred'],
    ['PUT', '/user/following/bob', '/users/bob'],
    ['PUT', '/user/following/bob', '/users/alice/following'],
    ['PATCH', '/user', '/users/alice'],
    ['PUT', '/gists/1/star', '/gists/starred'],
    ['POST', '/gists', '/users/alice/gists'],
    ['PUT', '/orgs/octo-org/memberships/bob', '/orgs/octo-org/members'],
    ['PUT', '/orgs/octo-org/teams/devs/memberships/bob', '/orgs/octo-org/teams/devs/members'],
    ['POST', '/user/repos', '/users/alice/repos'],
    ['POST', '/orgs/octo-org/repos', '/user/repos'],
    ['DELETE', website, '/orgs/octo-org/repos'],
    ['PATCH', website, '/user/repos'],
    ['POST', `${repo}/forks`, '/user/repos'],
    ['POST', `${repo}/codespaces`, '/user/codespaces'],
    ['DELETE', '/user/codespaces/x', `${repo}/codespaces`],
    ['PATCH', `${issues}/2`, '/issues'],
    ['PUT', `${repo}/pulls/41/merge`, '/issues'],
    ['DELETE', `${issue}/labels/bug`, '/user/issues'],
    ['PATCH', `${website}/labels/bug`, '/orgs/octo-org/issues'],
    ['PUT', `${website}/topics`, '/orgs/octo-org/repos'],
    ['PUT', `${repo}/contents/README.md`, '/user/repos'],
    ['POST', issues, '/users/octocat/repos']
  ]
  for (const [method, write, read] of cases)
    it(`${method} ${write} shows in ${read}`, async () => {
      const a = await s.member({ limits })
      let title = 'before'
      s.github.respond(
        (call) => call.method === 'GET' && call.path === read,
        cached(s, () => ({ title }))
      )
      s.github.respond(
        (call) => call.method === method && call.path === write,
        dated(s, '{}', { status: 200, headers: json })
      )
      expect((await a.json(read)).title).to.equal('before')
      s.now += second
      title = 'after'
      expect((await a.ask(write, { method, body: '{}' })).status).to.equal(200)
      s.now += second
      expect((await a.json(read)).title).to.equal('after')
    })

  // GitHub's answers to these of its documented mutations name a repository, in the fields that `gh` asks for.
  const hello = { nameWithOwner: 'octocat/Hello-World' }
  const mutations: [string, object, string][] = [
    ['closeIssue', { issue: { url: 'https://github.com/octocat/Hello-World/issues/1' } }, '/issues'],
    ['closeIssue', { issue: { url: 'https://github.com/octo-org/website/issues/1' } }, '/orgs/octo-org/issues'],
    ['addStar', { starrable: hello }, '/user/starred'],
    ['updateSubscription', { subscribable: hello }, '/user/subscriptions'],
    ['archiveRepository', { repository: hello }, '/user/repos'],
    ['createRepository', { repository: { url: 'https://github.com/octo-org/new' } }, '/orgs/octo-org/repos'],
    // The old name of another repository may be given away so.
    ['createRepository', { repository: { url: 'https://github.com/octo-org/new' } }, `${website}/issues`]
  ]
  for (const [name, answer, read] of mutations)
    it(`the mutation ${name} shows in ${read}`, async () => {
      const a = await s.member({ limits })
      let title = 'before'
      s.github.respond(
        (call) => call.method === 'GET' && call.path === read,
        cached(s, () => ({ title }))
      )
      s.github.respondOnce('/graphql', dated(s, JSON.stringify({ data: { [name]: answer } }), { headers: json }))
      expect((await a.json(read)).title).to.equal('before')
      s.now += second
      title = 'after'
      const query = `mutation { ${name}(input: {}) { clientMutationId } }`
      expect((await a.ask('/graphql', { method: 'POST', body: JSON.stringify({ query }) })).status).to.equal(200)
      s.now += second
      expect((await a.json(read)).title).to.equal('after')
    })

  it('answers of GraphQL that are kept are not from before a write to /teams', async () => {
    const a = await s.member({ ...alone, graphqlTtlMs: minute, limits })
    const query = { method: 'POST', body: JSON.stringify({ query: '{ viewer { login } }' }) }
    await a.ask('/graphql', query)
    s.now += second
    s.github.respond((call) => call.method === 'PUT', dated(s, '{}', { status: 200, headers: json }))
    await a.ask('/teams/1/memberships/bob', { method: 'PUT', body: '{}' })
    s.now += second
    expect(status(await a.ask('/graphql', query))).not.to.match(/hit/)
  })
})

describe('uploads', () => {
  for (const [apiUrl, uploads] of [
    ['https://api.github.com', 'https://uploads.github.com'],
    ['https://ghes.example/api/v3', 'https://ghes.example/api/uploads']
  ] as const) {
    const s = scene()
    for (const isLost of [false, true])
      it(`an asset sent to ${uploads} shows in its release${isLost ? ', also where the answer was lost' : ''}`, async () => {
        let assets = 0
        const a = await s.member({
          limits,
          apiUrl,
          fetch: async (_input, init) => {
            if (init?.method === 'POST') assets++
            if (init?.method === 'POST' && isLost) throw new TypeError('fetch failed')
            return cached(s, () => ({ assets }))()
          }
        })
        const release = async () => (await (await a.mesh.fetch(`${apiUrl}${repo}/releases/1`)).json()).assets
        expect(await release()).to.equal(0)
        s.now += second
        const url = `${uploads}${repo}/releases/1/assets?name=a.zip`
        await a.mesh.fetch(url, { method: 'POST', body: 'x', ...as(alice) }).catch(() => {})
        s.now += second
        expect(await release()).to.equal(1)
      })
  }
})

describe('looks after writes', () => {
  const s = scene({ secondaryLimits: {} })
  const put = { method: 'PUT', body: '{}' }

  it('do not bring a secondary limit upon a token that writes twenty files', async () => {
    const a = await s.member({ ...alone, limits: { recheckMs: [10, 30] } })
    for (let n = 1; n <= 40; n++) await a.ask(`${issues}/${n}`)
    s.now += 2 * minute
    s.github.respond((call) => call.method === 'PUT', dated(s, '{}', { status: 200, headers: json }))
    for (let n = 0; n < 20; n++) {
      s.now += second
      expect((await a.ask(`${repo}/contents/f${n}`, put)).status, `write ${n}`).to.equal(200)
      await wait(200)
    }
    expect((await a.ask('/user')).status).to.equal(200)
  })

  it('cost a member alone nothing that plain fetch would not cost', async () => {
    const a = await s.member({ ...alone, limits: { recheckMs: [10] } })
    await a.json(issues)
    s.now += second
    await a.ask(issues, { method: 'POST', body: JSON.stringify({ title: 'New' }) })
    const spent = s.github.units()
    await wait(200)
    expect(s.github.units() - spent).to.equal(0)
  })

  it('ask nothing with a token that never asked for it', async () => {
    const a = await s.member({ ...alone, limits: { recheckMs: [10] } })
    for (const path of ['/collaborators', '/subscription']) await a.ask(repo + path, as(alice))
    s.github.respond(({ method }) => method === 'PUT', dated(s, null, { status: 204 }))
    await a.ask(`${repo}/subscription`, { ...put, ...as(bob) })
    await wait(300)
    expect(s.github.count(({ method, login }) => method === 'GET' && login === 'bob')).to.equal(0)
  })
})

describe('names of repositories', () => {
  const s = scene()
  it('an old name that this member gave to another repository is that one', async () => {
    const a = await s.member({ limits })
    const { id } = await a.json(repo)
    await a.ask(repo, { method: 'PATCH', body: JSON.stringify({ name: 'Renamed' }) })
    s.now += second
    expect((await a.json(repo)).id, 'redirected').to.equal(id)
    s.now += second
    s.github.respond(
      (call) => call.method === 'POST' && call.path === '/user/repos',
      () => {
        s.github.addRepository({ fullName: 'octocat/Hello-World', issues: 1 })
        return dated(s, '{}', { status: 201, headers: json })()
      }
    )
    await a.ask('/user/repos', { method: 'POST', body: JSON.stringify({ name: 'Hello-World' }) })
    s.now += second
    expect((await (await fetch(s.github.url + repo)).json()).id, 'GitHub').not.to.equal(id)
    expect((await a.json(repo)).id).not.to.equal(id)
  })
  it('a write by name shows in what was asked by id, also ten minutes after the id was last shown', async () => {
    const a = await s.member({ limits })
    const { id } = await a.json(repo)
    s.now += 11 * minute
    const byId = `/repositories/${id}/issues/1`
    await a.json(byId)
    s.now += second
    await a.ask(issue, patch)
    s.now += second
    expect((await a.json(byId)).title).to.equal('New')
  })
})

describe('after an own write', () => {
  const s = scene()
  it('an older answer is not given where GitHub limits the token', async () => {
    const a = await s.member({ ...alone, limits })
    const { title } = await a.json(issue)
    s.now += second
    await a.ask(issue, patch)
    s.now += second
    s.github.limit(alice)
    expect(await (await a.ask(issue)).text()).not.to.include(title)
  })
  it('a page whose clock was ahead until members told it the time gives nothing from before the write', async () => {
    const b = await s.member({ token: bob })
    await b.ask('/emojis') // shows it GitHub's clock
    const a = await s.member({ limits, now: () => s.now + 4 * second, fetch: asPage })
    await a.json(issue)
    s.now += second
    await s.connect(b, a)
    await until(() => a.mesh.stats({ group: true }).members['member 0'])
    await a.ask(issue, patch)
    s.now += second
    expect((await a.json(issue)).title).to.equal('New')
  })
})
