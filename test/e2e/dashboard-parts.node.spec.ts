import { expect } from 'chai'
import type { Peer, Relay } from 'ghmesh'
import type { Issue } from '../../examples/dashboard/src/github/answers.ts'
import { summarise } from '../../examples/dashboard/src/github/checks.ts'
import { problemOf } from '../../examples/dashboard/src/github/problem.ts'
import { sourceOf } from '../../examples/dashboard/src/github/source.ts'
import { graphOf } from '../../examples/dashboard/src/mesh/graph-model.ts'
import { isLocalRelay } from '../../examples/dashboard/src/mesh/local-relay.ts'
import { addTraffic, noTraffic } from '../../examples/dashboard/src/mesh/traffic.ts'
import { grouped } from '../../examples/dashboard/src/panels/issue-groups.ts'
import { repositoriesIn } from '../../examples/dashboard/src/start/repositories.ts'
import { meshNotices } from '../../examples/dashboard/src/states/mesh-notices.ts'

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

  it('tells problems apart', () => {
    const problem = (status: number, headers = {}) => problemOf(new Response(null, { status, headers }), 1000)
    expect(problem(401)).to.deep.equal({ kind: 'token' })
    expect(problem(404)).to.deep.equal({ kind: 'not-found' })
    expect(problem(403)).to.deep.equal({ kind: 'forbidden' })
    expect(problem(503)).to.deep.equal({ kind: 'server', status: 503 })
    const used = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '77' }
    expect(problem(403, used)).to.deep.equal({ kind: 'rate-limit', resetAt: 77_000 })
    expect(problem(429, { 'retry-after': '9' })).to.deep.equal({ kind: 'rate-limit', resetAt: 10_000 })
    expect(problem(429)).to.deep.equal({ kind: 'rate-limit' })
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
    expect(meshNotices(standing)[0]?.text).to.include('wss')
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
