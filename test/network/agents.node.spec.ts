import { request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type Call, type GitHub, startGitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'
import { createSecret } from 'ghmesh'
import { until } from '../flow/members.ts'
import { longToken as token } from '../token-scan/tokens.ts'
import { world } from './world.ts'

const repository = 'octocat/Hello-World'
const issues = (...more: string[]) => ['issue', 'list', '--repo', repository, ...more]
const once = [
  ...Array.from({ length: 16 }, (_, i) => issues('--limit', String(i + 1))),
  issues('--state', 'all'),
  ['repo', 'view', repository],
  ['api', '/user', '--jq', '.login'],
  ['api', `/repos/${repository}/releases`, '--jq', '.[].tag_name']
]
const members = ['a', 'b', 'c'] as const
type Machine = (typeof members)[number] | 'alone'

/** How long `--agents` keeps GraphQL. */
const keptMs = 20_000
const agentsMs = 3.5 * keptMs
const agents = 10
/** More than the 150 ms within which no member counts as slow. */
const githubMs = 250

describe('many processes of gh with one token, on three machines of one group', function () {
  this.timeout(120_000)
  const here = world([...members, 'alone'])
  const secret = createSecret()
  const folders = new Map<Machine, Record<string, string>>()
  /** What the machine without a group asks, so that nobody else pays for it. */
  let elsewhere: GitHub
  let reads: string[][]
  let peers: string

  const socketOf = (machine: Machine) => join(folders.get(machine)?.run ?? '', 's')
  const environment = (machine: Machine) => ({
    GITHUB_API_URL: machine === 'alone' ? elsewhere.url : here.github.url,
    GH_TOKEN: token,
    IPFS_ACCELERATE_CACHE_DIR: folders.get(machine)?.cache,
    GH_CONFIG_DIR: folders.get(machine)?.gh,
    CACHE_P2P_SHARED_SECRET: machine === 'alone' ? undefined : secret,
    CACHE_LISTEN_PORT: '9100',
    GHMESH_PEERS_DIR: peers,
    GHMESH_MDNS: '0',
    RUNNER_NAME: machine,
    // gh warns of what is not committed in the repository of its folder.
    GIT_DIR: '/dev/null',
    // A machine that is busy must not make it expire meanwhile.
    CACHE_DEFAULT_TTL: '3600'
  })
  const gh = (machine: Machine, args: readonly string[]) =>
    here.lab.start(machine, 'gh', args, environment(machine)).ended
  /** Prints what it should, without an error. */
  async function printed(machine: Machine, args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await gh(machine, args)
    expect([code, stderr], args.join(' ')).to.deep.equal([0, ''])
    return stdout
  }

  async function startProxy(machine: Machine, more: string[]) {
    const proxy = here.lab.ghmesh(
      machine,
      ['proxy', '--gh', '--agents', '--socket', socketOf(machine), ...more],
      environment(machine)
    )
    await proxy.said(/^listening on /m)
    return proxy
  }
  /** Nothing is kept from before. */
  async function start(...more: string[]) {
    peers = here.lab.folder('peers')
    for (const machine of [...members, 'alone'] as const)
      folders.set(machine, Object.fromEntries(['run', 'cache', 'gh'].map((name) => [name, here.lab.folder(name)])))
    const proxies = await Promise.all([...members, 'alone' as const].map((machine) => startProxy(machine, more)))
    for (const machine of members)
      await until(async () => (await figures(socketOf(machine))).peers.length === 2, 'all are connected')
    return async () => {
      for (const { child } of proxies) child.kill('SIGTERM')
      await Promise.all(proxies.map(({ ended }) => ended))
    }
  }

  before(async () => {
    elsewhere = await startGitHub({ host: here.lab.hub, secondaryLimits: false })
    for (const github of [here.github, elsewhere]) {
      // A member that is slower than GitHub is mostly not asked, and on a busy machine each is slower than one that needs no time.
      github.setLatency(githubMs)
      github.addToken(token, { login: 'alice', permissions: { [repository]: 'push' } })
    }
    const numbers = [here.github, elsewhere].map((github) => {
      const on = github.repository(repository)
      const number = on.addPull({ title: 'Faster', user: 'mona', createdAt: '2026-03-01T10:00:00Z' })
      github.setBody(`/repos/${repository}/commits/${on.headOf(number)}/check-runs`, {
        total_count: 1,
        check_runs: [
          { name: 'build', status: 'completed', conclusion: 'success', details_url: 'https://ci.example.com/1' }
        ]
      })
      return String(number)
    })
    expect(numbers[0]).to.equal(numbers[1])
    const [pull = ''] = numbers
    reads = [
      ['pr', 'list', '--repo', repository],
      ['pr', 'view', pull, '--repo', repository],
      ['pr', 'checks', pull, '--repo', repository],
      issues()
    ]
  })
  after(() => elsewhere?.stop())

  async function figures(socketPath: string): Promise<{ peers: unknown[] }> {
    const answer = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
      request({ socketPath, path: '/ghmesh/stats', headers: { host: 'localhost' } }, resolve)
        .on('error', reject)
        .end()
    )
    return JSON.parse(await text(answer))
  }
  const told = (calls: readonly Call[]) =>
    calls.map(({ at, url, units }) => `${url} for ${units} after ${at - (calls[0]?.at ?? 0)} ms`).join('\n')
  const shuffled = <T>(all: readonly T[]) =>
    all
      .map((one) => [Math.random(), one] as const)
      .sort(([a], [b]) => a - b)
      .map(([, one]) => one)

  describe('while what was asked is kept', () => {
    let stop: () => Promise<void>
    before(async () => {
      stop = await start('--graphql-ttl', '3600')
    })
    after(() => stop())

    it('spend at most a tenth more than one of them would alone, and all print the same', async () => {
      const commands = [...once, ...reads]
      const expected = new Map<string, string>()
      for (const args of commands) expected.set(args.join(' '), await printed('alone', args))
      const alone = elsewhere.units()
      expect(alone).to.be.at.least(commands.length)

      here.github.clearCalls()
      const before = here.github.units()
      const agent = async (machine: Machine) => {
        for (const args of shuffled(commands))
          expect(await printed(machine, args), args.join(' ')).to.equal(expected.get(args.join(' ')))
      }
      await Promise.all(members.flatMap((machine) => [agent(machine), agent(machine)]))
      const spent = here.github.units() - before
      console.log(
        `      ${spent} points for ${6 * commands.length} commands of six processes; one process alone spends ${alone} for ${commands.length}`
      )
      // One of them is a look at the repository before others are told of its releases; two where members look at the same moment.
      expect(spent, told(here.github.calls)).to.be.at.most(alone * 1.1)
    })

    it('show what one of them has written, each at its next command', async () => {
      const list = issues('--limit', '1')
      const [pulls, view] = reads as [string[], string[]]
      const comments = [...view, '--comments']
      const everywhere = (args: string[]) => Promise.all(members.map((machine) => printed(machine, args)))
      for (const args of [list, pulls, comments]) await everywhere(args)

      await printed('b', ['issue', 'create', '--repo', repository, '--title', 'From gh', '--body', 'text'])
      for (const out of await everywhere(list)) expect(out).to.match(/^\d+\tOPEN\tFrom gh\t/)
      const branch = ['--head', 'topic', '--base', 'main']
      await printed('c', ['pr', 'create', '--repo', repository, '--title', 'Topic of gh', '--body', 'text', ...branch])
      for (const out of await everywhere(pulls)) expect(out).to.match(/^\d+\tTopic of gh\ttopic\t/m)
      await printed('a', ['issue', 'comment', view[2] as string, '--repo', repository, '--body', 'Said by gh'])
      for (const out of await everywhere(comments)) expect(out).to.contain('Said by gh')
    })
  })

  describe('while it ends after 20 s', () => {
    let stop: () => Promise<void>
    before(async () => {
      stop = await start()
    })
    after(() => stop())

    it('spend at most a tenth more than one process would that is never idle', async () => {
      const unitsBefore = elsewhere.units()
      for (const args of reads) await printed('alone', args)
      const perRound = elsewhere.units() - unitsBefore
      const beganAt = performance.now()
      const run = async (machine: Machine) => {
        let commands = 0
        for (; performance.now() - beganAt < agentsMs; commands++)
          await printed(machine, reads[Math.floor(Math.random() * reads.length)] as string[])
        return commands
      }
      here.github.clearCalls()
      const before = here.github.units()
      const counts = await Promise.all(
        Array.from({ length: agents }, (_, i) => run(members[i % members.length] as Machine))
      )
      const commands = counts.reduce((sum, n) => sum + n)
      const spent = here.github.units() - before
      // It asks as soon as what it has is older than that; on a slow machine the last commands end later.
      const alone = perRound * (Math.floor((performance.now() - beganAt) / keptMs) + 1)
      console.log(
        `      ${spent} points for ${commands} commands of ${agents} processes; one process would spend ${alone}`
      )
      expect(commands).to.be.greaterThan(agents * reads.length)
      expect(spent, told(here.github.calls)).to.be.at.most(alone * 1.1)
    })
  })
})
