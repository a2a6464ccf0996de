// What many agents with one token cost. `node bench/agents.mjs`; `--json`: one document. Two parts:
// how long an answer of GraphQL takes that is kept, through the socket of `ghmesh proxy --agents`, beside a bare server with the same
// answer (GitHub without a network), and by `gh` beside its own cache (`gh api --cache`); and points a minute, beside plain fetch.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { startGitHub } from '@ghmesh/github-sim'
import { createMesh, memoryHub, memoryStore, memoryTransport } from 'ghmesh'
import { client, commandLine, startServer } from './commands.mjs'
import { measure, median, ratio } from './measure.mjs'

const token = `ghp_${'b3Nch'.repeat(8)}`
const secret = 'ghm1_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE'
const repository = 'octocat/Hello-World'
const inRepository = (fields) => `{ repository(owner: "octocat", name: "Hello-World") { ${fields} } }`

/** What these commands of gh ask for, without the fields that gh does not print. */
const commands = (number) => {
  const checks =
    'commits(last: 1) { nodes { commit { statusCheckRollup { contexts(first: 100) { nodes { ... on CheckRun { name status conclusion } } } } } } }'
  return {
    'pr list': [
      inRepository('pullRequests(first: 30, states: OPEN) { totalCount nodes { number title headRefName } }')
    ],
    'pr view': [
      inRepository(
        `pullRequest(number: ${number}) { number title body comments(last: 1) { totalCount nodes { body } } ${checks} }`
      )
    ],
    // It looks for the pull request first.
    'pr checks': [
      inRepository(`pullRequest(number: ${number}) { number headRefName id }`),
      inRepository(`pullRequest(number: ${number}) { ${checks} }`)
    ],
    'issue list': [inRepository('issues(first: 30, states: OPEN) { totalCount nodes { number title } }')]
  }
}

const questionOf = (query) => ({
  path: '/graphql',
  method: 'POST',
  headers: { host: 'api.github.com', authorization: `token ${token}`, 'content-type': 'application/json' },
  body: JSON.stringify({ query })
})

/** Times of a kept answer, by socket and by gh. */
async function measureHits(directory) {
  const github = await startGitHub({ secondaryLimits: false })
  github.addToken(token, { login: 'alice' })
  const [query] = commands(0)['pr list']
  const [proxySocket, bareSocket] = [join(directory, 'proxy.sock'), join(directory, 'bare.sock')]
  const cli = join(import.meta.dirname, '../packages/cli/bin/ghmesh.js')
  const own = { CACHE_P2P_SHARED_SECRET: '', GITHUB_API_URL: github.url, CACHE_DIR: join(directory, 'proxy') }
  const more = ['--agents', '--graphql-ttl', '36000']
  const stopProxy = await startServer(process.execPath, [cli, 'proxy', '--socket', proxySocket, ...more], own)
  const proxy = client(proxySocket, questionOf(query))
  const { headers, body } = await proxy.get()
  const same = join(directory, 'answer.json')
  writeFileSync(same, JSON.stringify({ headers, body: body.toString() }))
  const bareServer = join(import.meta.dirname, 'bare-server.mjs')
  const stopBare = await startServer(process.execPath, [bareServer, bareSocket, same])
  const bare = client(bareSocket, questionOf(query))

  const configured = (name, socket) => {
    mkdirSync(join(directory, name))
    writeFileSync(join(directory, name, 'config.yml'), `http_unix_socket: ${socket}\n`)
    return {
      GH_TOKEN: token,
      GH_NO_UPDATE_NOTIFIER: '1',
      XDG_CACHE_HOME: join(directory, 'gh-cache'),
      GH_CONFIG_DIR: join(directory, name)
    }
  }
  const gh = ['api', 'graphql', '-f', `query=${query}`]
  const [throughProxy, direct] = [configured('gh-proxy', proxySocket), configured('gh-bare', bareSocket)]
  const sockets = { ghmesh: proxy.get, plain: bare.get }
  const processes = {
    'gh through ghmesh': commandLine('gh', gh, throughProxy),
    'gh api --cache': commandLine('gh', [...gh, '--cache', '1h'], direct),
    'gh, plain': commandLine('gh', gh, direct)
  }
  try {
    const bodies = await Promise.all([proxy.get(), bare.get()])
    const printed = await Promise.all(Object.values(processes).map((run) => run()))
    const different = (all) => new Set(all.map(String)).size
    if (different([body, ...bodies.map((one) => one.body)]) + different(printed) !== 2)
      throw new Error('they do not say the same')
    const calls = github.calls.length
    const times = [
      await measure(sockets, { rounds: 31, callsPerRound: 200 }),
      await measure(processes, { rounds: 31, callsPerRound: 2 })
    ]
    if (github.calls.length !== calls) throw new Error('GitHub was asked')
    return times
  } finally {
    for (const { end } of [proxy, bare]) end()
    await stopProxy()
    await stopBare()
    await github.stop()
  }
}

/** Each agent runs one command every 10 s, as `gh pr checks --watch` does, for 10 minutes of a clock that is set forward. */
const everySeconds = 10
const minutes = 10

/** Points a minute; `machines`: how many the agents are spread over, 0 for plain fetch. */
async function pointsPerMinute(agents, machines) {
  let now = Date.UTC(2026, 3, 1)
  const github = await startGitHub({ now: () => now, secondaryLimits: false })
  github.addToken(token, { login: 'alice' })
  const number = github.repository(repository).addPull({ title: 'Faster' })
  const hub = memoryHub()
  const members = []
  for (let i = 0; i < machines; i++) {
    const transport = memoryTransport(hub)
    const mesh = await createMesh({
      apiUrl: github.url,
      name: `machine ${i}`,
      token,
      store: memoryStore(),
      transport,
      discovery: [],
      now: () => now,
      graphqlTtlMs: 20_000,
      logger: { debug() {}, info() {}, warn() {}, error: console.error },
      ...(machines > 1 ? { secret } : { networking: false })
    })
    for (const { transport: other } of members) await transport.dial(other.addresses[0])
    members.push({ mesh, transport })
  }
  const knowsAll = ({ mesh }) => Object.keys(mesh.stats({ group: true }).members).length === machines
  while (!members.every(knowsAll)) await new Promise((resolve) => setTimeout(resolve, 5))

  const fetchOf = (agent) => (machines === 0 ? fetch : members[agent % machines].mesh.fetch)
  const asked = Object.values(commands(number))
  const random = lcg()
  async function run(agent) {
    for (const query of asked[Math.floor(random() * asked.length)]) {
      const headers = { authorization: `token ${token}`, 'content-type': 'application/json', 'user-agent': 'bench' }
      const body = JSON.stringify({ query })
      const response = await fetchOf(agent)(`${github.url}/graphql`, { method: 'POST', headers, body })
      if (response.status !== 200 || (await response.json()).errors) throw new Error(`${response.status}: ${query}`)
    }
  }
  try {
    for (let second = 0; second < minutes * 60; second++) {
      const due = Array.from({ length: agents }, (_, agent) => agent).filter(
        (agent) => (second + agent) % everySeconds === 0
      )
      await Promise.all(due.map(run))
      now += 1000
    }
    return github.units() / minutes
  } finally {
    await Promise.all(members.map(({ mesh }) => mesh.stop()))
    await github.stop()
  }
}

/** The same numbers in every run. */
function lcg(seed = 1) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const points = []
for (const agents of [1, 10, 30])
  points.push({
    agents,
    plain: await pointsPerMinute(agents, 0),
    'one machine': await pointsPerMinute(agents, 1),
    'three machines': agents > 1 ? await pointsPerMinute(agents, 3) : undefined
  })
const directory = mkdtempSync(join(tmpdir(), 'ghmesh-agents-'))
const [sockets, processes] = await measureHits(directory).finally(() =>
  rmSync(directory, { recursive: true, force: true })
)
const against = (times, own) =>
  Object.keys(times).map((name) => ({ what: name, us: median(times[name]), ratio: ratio(times, own, name) }))
const hits = [...against(sockets, 'ghmesh'), ...against(processes, 'gh through ghmesh')]

const machine = `${cpus().length} cores, ${cpus()[0]?.model}, Node ${process.version}`
if (process.argv.includes('--json')) console.log(JSON.stringify({ machine, points, hits }))
else {
  console.log(machine)
  console.log(
    `\n${'points a minute'.padEnd(20)}${['plain', 'one machine', 'three machines'].map((of) => of.padStart(16)).join('')}`
  )
  for (const { agents, ...of } of points)
    console.log(
      `${`${agents} agents`.padEnd(20)}${Object.values(of)
        .map((n) => (n?.toFixed(1) ?? '').padStart(16))
        .join('')}`
    )
  console.log(
    `\n${'a kept answer, µs'.padEnd(20)}${['median', 'ghmesh beside it'].map((of) => of.padStart(18)).join('')}`
  )
  for (const { what, us, ratio } of hits)
    console.log(`${what.padEnd(20)}${us.toFixed(0).padStart(18)}${ratio.toFixed(2).padStart(18)}`)
}
