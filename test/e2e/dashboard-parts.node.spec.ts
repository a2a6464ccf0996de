import { expect } from 'chai'
import * as fc from 'fast-check'
import type { Peer, Relay } from 'ghmesh'
import { type Answer, after } from '../../examples/dashboard/src/github/answer.ts'
import type { Issue } from '../../examples/dashboard/src/github/answers.ts'
import { summarise } from '../../examples/dashboard/src/github/checks.ts'
import { createFeed } from '../../examples/dashboard/src/github/feed.ts'
import { failureOf, type Problem, problemOf } from '../../examples/dashboard/src/github/problem.ts'
import { latestReleaseOf, pullRequestsOf } from '../../examples/dashboard/src/github/queries.ts'
import { refresh } from '../../examples/dashboard/src/github/refresh.ts'
import { createSender } from '../../examples/dashboard/src/github/sender.ts'
import { type SourceKind, sourceOf } from '../../examples/dashboard/src/github/source.ts'
import { listenToKeys } from '../../examples/dashboard/src/keys.ts'
import { graphOf } from '../../examples/dashboard/src/mesh/graph-model.ts'
import { isLocalRelay } from '../../examples/dashboard/src/mesh/local-relay.ts'
import { addTraffic, noTraffic } from '../../examples/dashboard/src/mesh/traffic.ts'
import { grouped } from '../../examples/dashboard/src/panels/issue-groups.ts'
import { relative } from '../../examples/dashboard/src/panels/relative.ts'
import { releaseAnswers } from '../../examples/dashboard/src/panels/release-answers.ts'
import { emptyWords, totalOf } from '../../examples/dashboard/src/panels/standing.ts'
import { repositoriesIn } from '../../examples/dashboard/src/start/repositories.ts'
import { meshNotices } from '../../examples/dashboard/src/states/mesh-notices.ts'
import { githubNotices } from '../../examples/dashboard/src/states/notices.ts'
import { nextWords, refreshWords } from '../../examples/dashboard/src/states/refresh-words.ts'

describe('the parts of the dashboard', () => {
  it('reads from where an answer came', () => {
    const source = (status: string, age = '0') =>
      sourceOf({ headers: new Headers({ 'cache-status': status, age }) }, 100_000)
    expect(source('ghmesh; hit', '40')).to.deep.equal({ kind: 'own', askedAt: 60_000 })
    expect(source('ghmesh; hit; detail=peer').kind).to.equal('member')
    for (const status of ['fwd=uri-miss; fwd-status=200; stored', 'fwd=stale; fwd-status=304; stored; collapsed']) {
      expect(source(`ghmesh; ${status}`).kind).to.equal('github')
    }
    expect(source('ghmesh; fwd=stale; fwd-status=502; detail=stale-server-error')).to.include({
      kind: 'stale',
      reason: 'server-error'
    })
  })

  it('tells problems apart', async () => {
    const problem = (status: number, headers = {}, body?: string) =>
      problemOf(new Response(body ?? null, { status, headers }), 1000)
    expect(await problem(401)).to.deep.equal({ kind: 'token' })
    expect(await problem(404)).to.deep.equal({ kind: 'not-found' })
    expect(await problem(403)).to.deep.equal({ kind: 'forbidden' })
    expect(await problem(503)).to.deep.equal({ kind: 'server', status: 503 })
    const used = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '77' }
    expect(await problem(403, used)).to.deep.equal({ kind: 'rate-limit', resetAt: 77_000 })
    expect(await problem(429, { 'retry-after': '9' })).to.deep.equal({ kind: 'rate-limit', resetAt: 10_000 })
    const secondary = JSON.stringify({ message: 'You have exceeded a secondary rate limit.' })
    expect(await problem(403, {}, secondary)).to.deep.equal({ kind: 'rate-limit' })
    for (const body of ['{"message":"Resource not accessible by personal access token"}', 'null', '<html>'])
      expect(await problem(403, {}, body), body).to.deep.equal({ kind: 'forbidden' })
    expect(await problem(429)).to.deep.equal({ kind: 'rate-limit' })
  })

  it('sums up checks', () => {
    const check = (status: string, conclusion: 'success' | 'failure' | null) => ({ name: 'check', status, conclusion })
    const [passed, failed, running] = [
      check('completed', 'success'),
      check('completed', 'failure'),
      check('queued', null)
    ]
    expect(summarise([passed, failed, running])).to.deep.equal({ state: 'failed', count: 1, total: 3 })
    expect(summarise([passed, running])).to.deep.equal({ state: 'running', count: 1, total: 2 })
    expect(summarise([passed])).to.deep.equal({ state: 'passed', count: 1, total: 1 })
    expect(summarise([])).to.deep.equal({ state: 'none', count: 0, total: 0 })
  })

  it('says that there is nothing only where it knows', () => {
    const source = { kind: 'github', askedAt: 0 } as const
    const none: Answer = { data: [], source }
    const more: Answer = { ...none, isMore: true }
    const limited: Answer = { problem: { kind: 'rate-limit' }, failingSince: 0 }
    const hidden: Answer = { problem: { kind: 'not-found' } }
    const words = (...answers: (Answer | undefined)[]) => emptyWords('No open issues.', answers)
    expect(words(none, none)).to.equal('No open issues.')
    expect(words(none, undefined), 'one is on its way').to.equal(undefined)
    expect(words(none, more)).to.match(/GitHub has more/)
    expect(words(none, limited)).to.match(/^None in 1 of 2 repositories\. The others: .*rate limit/)
    expect(words(limited)).to.match(/^Not available yet/)
    expect(words(hidden)).to.match(/^Not shown/)
    expect(totalOf(3, [none, hidden])).to.equal('3')
    for (const other of [more, limited, undefined]) expect(totalOf(3, [none, other])).to.equal('at least 3')
  })

  it('does not say of a repository that it has no release before it knows that there is one', () => {
    const source = { kind: 'github', askedAt: 0 } as const
    const none: Answer = { data: [], source }
    const words = (pulls: Answer | undefined, release: Answer = none) => {
      const answers = new Map([[latestReleaseOf('a/b').path, release]])
      if (pulls) answers.set(pullRequestsOf('a/b').path, pulls)
      return emptyWords('No releases yet.', releaseAnswers({ answers, repositories: ['a/b'] }))
    }
    expect(words(none)).to.equal('No releases yet.')
    expect(words(undefined)).to.equal(undefined)
    expect(words({ problem: { kind: 'not-found' } })).to.match(/^Not shown/)
    expect(words({ problem: { kind: 'rate-limit' }, failingSince: 0 })).to.match(/^Not available yet/)
    expect(words(undefined, { problem: { kind: 'network' }, failingSince: 0 })).to.match(/^Not available yet/)
  })

  it('keeps what it showed until GitHub answers, and says since when GitHub has not', () => {
    const askedAt = fc.nat(1000)
    const source = fc.record({ kind: fc.constantFrom<SourceKind>('own', 'member', 'github'), askedAt })
    const failures = ['rate-limit', 'token', 'network', 'waiting', 'forbidden', 'not-found'] as const
    const problem = fc.constantFrom(...failures).map((kind): Problem => ({ kind }))
    const found = fc.oneof(
      fc.record({ data: fc.array(fc.nat()), source }),
      fc.record({ problem }),
      fc.record({
        data: fc.array(fc.nat()),
        source: source.map((own) => ({ ...own, kind: 'stale' as const, reason: 'network' as const }))
      })
    )
    fc.assert(
      fc.property(fc.array(found, { minLength: 1, maxLength: 8 }), (all) => {
        let shown: Answer | undefined
        for (const [index, next] of all.entries()) {
          const before = shown
          const now = 2000 + index
          shown = after<unknown>(before, next, now)
          const failed = 'problem' in next ? failureOf(next.problem) : next.source.kind === 'stale' && 'network'
          if (failed) {
            if (shown.failingSince !== (before?.failingSince ?? now)) return false
            if (before?.data && !shown.data) return false
            if (shown.source && shown.source.kind !== 'stale') return false
          } else if ('source' in next && next.source.kind === 'github' && shown.failingSince !== undefined) return false
          else if ('data' in next && shown.data !== next.data) return false
        }
        return true
      })
    )
  })

  it('says how a round went and when the next one is', () => {
    const at = new Date(2026, 3, 1, 10, 30).getTime()
    const round = { asked: 8, failed: 0, waiting: 0, next: { at, isSlow: false } }
    const words = (changed: object, repositories = 0) => nextWords({ ...round, ...changed }, repositories, false, at)
    expect(words({})).to.equal('Next refresh at 10:30.')
    expect(words({ failed: 8, succeededAt: at - 60_000 })).to.equal(
      'All of 8 requests failed. Everything was last up to date at 10:29. Next refresh at 10:30.'
    )
    const quota = { limit: 60, remaining: 26, resetAt: at + 600_000 }
    expect(words({ waiting: 4, next: { at, isSlow: true }, quota }, 1)).to.equal(
      '1 repository is not loaded yet. Next refresh at 10:30. 26 of 60 requests are left until 10:40. With a token, GitHub allows 5,000 an hour.'
    )
    expect(refreshWords(round)).to.equal('Refreshed')
    expect(refreshWords({ ...round, failed: 3 })).to.equal('Partly refreshed')
    expect(refreshWords({ ...round, failed: 6, waiting: 2 })).to.equal('Refresh failed')
  })

  it('adds up traffic by minute, for half an hour', () => {
    const total = { own: 1, members: 2, github: 3, stale: 0 }
    const first = addTraffic(noTraffic, total, 90_000)
    expect(first.minutes).to.have.length(30)
    expect(first.minutes.at(-1)).to.deep.equal({ at: 60_000, ...total })
    expect(addTraffic(first, total, 95_000), 'nothing new').to.equal(first)
    const later = addTraffic(first, { ...total, own: 5 }, 180_000).minutes
    expect(later).to.have.length(30)
    expect(later.slice(-3).map(({ own, members }) => [own, members])).to.deep.equal([
      [1, 2],
      [0, 0],
      [4, 0]
    ])
  })

  it('has a bar for each minute also after the clock was set back', () => {
    const minuteMs = 60_000
    const total = { own: 0, members: 0, github: 1, stale: 0 }
    let traffic = addTraffic(noTraffic, total, 180 * minuteMs)
    for (const minute of [1, 2, 3])
      traffic = addTraffic(traffic, { ...total, github: 1 + minute * 10 }, minute * minuteMs)
    expect(traffic.minutes).to.have.length(30)
    expect(traffic.minutes.slice(-4).map(({ at, github }) => [at / minuteMs, github])).to.deep.equal([
      [0, 0],
      [1, 10],
      [2, 10],
      [3, 10]
    ])
    const soon = addTraffic(traffic, { ...total, github: 36 }, 3 * minuteMs - 1)
    expect(soon.minutes.at(-1), 'set right by a moment').to.include({ at: 3 * minuteMs, github: 15 })
  })

  it('draws eight members by name, more of them in groups, and lists them all', () => {
    const relay: Relay = { id: 'relay', address: '/relay', state: 'reserved' }
    const peer = (id: string): Peer => ({ id, name: `browser-${id}`, path: 'relayed', transport: 'webrtc', rttMs: 0.4 })
    const peers = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(peer)
    const graph = graphOf(peers, [relay])
    expect(graph.nodes).to.have.length(9)
    expect(graph.drawn).to.deep.equal(graph.nodes)
    expect(graph.nodes.at(-1)).to.include({ kind: 'browser', path: 'relayed', standing: 'through the relay, 1 ms' })
    expect(graphOf([], [{ ...relay, state: 'away' }]).nodes[0]).to.include({ path: 'away', standing: 'away' })
    expect(graphOf(peers.toReversed(), [relay]), 'in whatever order they came').to.deep.equal(graph)

    const servers = ['x', 'y'].map((id): Peer => ({ id, name: id, path: 'direct', transport: 'tcp' }))
    const many = graphOf([...peers, ...servers, { ...peer('z'), path: 'direct' }], [relay])
    expect(many.nodes).to.have.length(12)
    expect(many.drawn.map(({ name, path }) => [name, path])).to.deep.equal([
      ['Relay', 'direct'],
      ['1 browser', 'direct'],
      ['8 browsers', 'relayed'],
      ['2 Node members', 'direct']
    ])
  })

  it('lets private addresses be dialled for relays that are private or not encrypted, and no others', () => {
    const local = ['/ip4/127.0.0.1/tcp/1/ws', '/ip4/192.168.1.9/tcp/1/tls/ws', '/dns4/relay.example.org/tcp/80/ws']
    const open = [
      '/dns4/relay.example.org/tcp/443/wss',
      '/dns4/relay.example.org/tcp/443/tls/ws',
      '/ip4/203.0.113.9/tcp/1'
    ]
    for (const address of local) expect(isLocalRelay(`${address}/p2p/id`), address).to.equal(true)
    for (const address of open) expect(isLocalRelay(`${address}/p2p/id`), address).to.equal(false)
  })

  it('finds repositories in what people enter', () => {
    const text =
      'octocat/Hello-World, https://github.com/octo-org/website/pulls?q=1 OCTOCAT/hello-world nonsense a/b.git'
    expect(repositoriesIn(text)).to.deep.equal(['OCTOCAT/hello-world', 'octo-org/website', 'a/b'])
  })

  it('takes dots for no repository, which would ask for another part of the API', () => {
    expect(repositoriesIn('../user ./a a/.. a/. org:.. user:. ..git/a a/..git')).to.deep.equal(['..git/a'])
    const names = ['.github/.github', 'a/...', 'a/b.c', 'org:a.b']
    expect(repositoriesIn(names.join(' '))).to.deep.equal(names)
  })

  it('says "yesterday" of yesterday only', () => {
    const at = (day: number, hour: number, minute: number) => new Date(2026, 10, day, hour, minute).getTime()
    for (const [words, then, now] of [
      ['1 day ago', at(23, 23, 30), at(25, 0, 30)],
      ['yesterday', at(24, 0, 10), at(25, 23, 50)],
      ['2 days ago', at(23, 0, 10), at(25, 0, 30)],
      ['23 hr. ago', at(24, 1, 0), at(25, 0, 30)],
      ['tomorrow', at(26, 12, 0), at(25, 1, 0)],
      ['just now', at(25, 0, 30), at(25, 0, 30)]
    ] as const) {
      expect(relative(then, now)).to.equal(words)
    }
  })

  it('names no time for the end of a limit that GitHub cannot have named', () => {
    const now = Date.UTC(2026, 10, 30, 12)
    const text = (resetAt: number) => {
      const answers = new Map<string, Answer>([['/user', { problem: { kind: 'rate-limit', resetAt } }]])
      return githubNotices({ isOnline: true, hasToken: false, answers, quota: undefined, now })[0]?.text
    }
    expect(text(now + 90_000)).to.match(/^Requests work again at \d\d:\d\d, in 2 min\./)
    for (const hours of [-2, 3])
      expect(text(now + hours * 3_600_000)).to.include('Requests work again within the hour.')
  })

  it('does again for a key that is held down what moves, and nothing else', () => {
    const done: string[] = []
    const found: string[] = []
    const querySelectorAll = (selectors: string) => {
      found.push(selectors)
      return []
    }
    const document = Object.assign(new EventTarget(), { activeElement: null, querySelectorAll })
    listenToKeys(document as unknown as Document, {
      search: () => done.push('search'),
      refresh: () => done.push('refresh'),
      help: () => done.push('help')
    })
    const press = (key: string, repeat: boolean) =>
      document.dispatchEvent(Object.assign(new Event('keydown'), { key, repeat }))
    for (const key of ['r', '?', '/', 'j']) for (const repeat of [false, true, true]) press(key, repeat)
    expect(done).to.deep.equal(['refresh', 'help', 'search'])
    expect(found, 'moves').to.have.length(3)
  })

  describe('after the clock was set back by hours', () => {
    const apiUrl = 'https://api.github.com'
    const hour = 3_600_000

    it('asks for details, groups and the viewer again', async () => {
      let now = Date.UTC(2026, 10, 30, 12)
      let asked: string[] = []
      const repository = { issues: { totalCount: 0 }, pullRequests: { totalCount: 0, nodes: [] } }
      const bodies: Record<string, unknown> = {
        '/graphql': { data: { repository } },
        '/user': { login: 'alice' },
        '/orgs/octo/repos': [{ full_name: 'octo/b', archived: false }],
        '/repos/octo/b/actions/runs': { workflow_runs: [] }
      }
      const fetch = async (url: unknown) => {
        const { pathname } = new URL(String(url))
        asked.push(pathname)
        return Response.json(bodies[pathname] ?? [])
      }
      const feed = createFeed({ fetch, peek: async () => undefined }, apiUrl, { now: () => now, hasToken: () => true })
      const round = () => refresh(feed, ['org:octo'], { now: () => now })
      await round()
      asked = []
      now -= 3 * hour
      await round()
      expect(asked).to.include.members(['/graphql', '/user', '/orgs/octo/repos'])
    })

    it('sends a token again that was refused before', async () => {
      let now = Date.UTC(2026, 10, 30, 12)
      const fetch = async (_: unknown, init?: RequestInit) =>
        new Response(null, { status: init?.credentials === 'omit' ? 200 : 401 })
      const sender = createSender({ fetch, apiUrl, now: () => now, onTrusted() {} })
      await sender.send(`${apiUrl}/user`, () => 'default')
      expect(sender.isTokenRefused()).to.equal(true)
      now -= 3 * hour
      expect(sender.isTokenRefused()).to.equal(false)
    })
  })

  it('groups issues by label, those without one last', () => {
    const issue = (number: number, ...names: string[]) => ({
      repository: 'a/b',
      item: { number, labels: names.map((name) => ({ name, color: '' })) } as Issue
    })
    const groups = grouped([issue(1), issue(2, 'bug'), issue(3, 'bug', 'help')])
    expect(groups.map(({ name, issues }) => [name, ...issues.map(({ item }) => item.number)])).to.deep.equal([
      ['bug', 2, 3],
      ['help', 3],
      ['Without a label', 1]
    ])
  })

  it('says what a relay needs', () => {
    const relay: Relay = { id: 'id', address: '/ip4/127.0.0.1/tcp/1/ws/p2p/id', state: 'away' }
    const standing = {
      relays: [relay],
      members: 0,
      hasSecret: true,
      isWeakSecret: false,
      runningForMs: 60_000,
      isSecurePage: true
    }
    const titles = (changed: object) => meshNotices({ ...standing, ...changed }).map(({ title }) => title)
    const text = (changed: object) => meshNotices({ ...standing, ...changed })[0]?.text
    expect(text({})).to.include('wss')
    const encrypted = { ...relay, address: '/ip4/192.168.0.9/tcp/443/wss/p2p/id' }
    expect(text({ relays: [encrypted] }))
      .to.include('Check that it runs')
      .and.not.match(/wss\)|allow/)
    const remote = { ...relay, address: '/dns4/relay.example.org/tcp/443/wss/p2p/id' }
    for (const [one, localNetwork, isSaid] of [
      [relay, 'prompt', true],
      [relay, 'granted', false],
      [encrypted, 'prompt', true],
      [encrypted, 'denied', true],
      [encrypted, 'granted', false],
      [remote, 'prompt', false],
      // Its name may be that of a machine in the local network.
      [remote, 'denied', true]
    ] as const) {
      const said = text({ relays: [one], localNetwork })
      expect(said?.includes('only if you allow it'), `${one.address} ${localNetwork}`).to.equal(isSaid)
      expect(said, 'a browser that asks lets it connect').to.include('Check that it runs')
    }
    expect(titles({ runningForMs: 100 })).to.deep.equal([])
    expect(titles({ hasSecret: false })).to.deep.equal([])
    expect(titles({ relays: [] })).to.deep.equal(['No relay, so no members'])
    expect(titles({ relays: [{ ...relay, refused: 'place', state: 'connected' }] })).to.deep.equal([
      'The relay is full'
    ])
    expect(titles({ relays: [{ ...relay, state: 'reserved' }] })).to.deep.equal(['No members yet'])
    expect(titles({ relays: [{ ...relay, state: 'reserved' }], members: 1 })).to.deep.equal([])
    expect(titles({ relays: [{ ...relay, state: 'reserved' }], members: 1, isWeakSecret: true })).to.deep.equal([
      'The secret of this group is weak'
    ])
  })

  it('never says that somebody works alone while members are connected', () => {
    const relay: Relay = { id: 'id', address: '/dns4/r.example.org/tcp/443/wss/p2p/id', state: 'away' }
    const text = (changed: object) =>
      meshNotices({
        ...{ relays: [relay], members: 0, hasSecret: true, isWeakSecret: false },
        ...{ runningForMs: 60_000, isSecurePage: true, ...changed }
      })
        .map((notice) => notice.text)
        .join(' ')
    expect(text({})).to.include('you work alone')
    for (const members of [1, 2, 9]) {
      expect(text({ members })).to.include(members === 1 ? 'one member' : `${members} members`)
      expect(text({ members })).not.to.match(/alone|without members/)
    }
    const other = { ...relay, id: 'other', state: 'reserved' }
    expect(text({ relays: [relay, other] }))
      .to.include('Another relay still works')
      .and.not.match(/alone/)
  })
})
