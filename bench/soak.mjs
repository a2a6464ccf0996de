// Whether a group runs on as it began: six members in two processes, a `ghmesh proxy` and a relay, whose resources change, while
// members stop and start and the relay is restarted. Prints what each process takes at the beginning, in the middle and at the
// end; ends with 1 if anything grows steadily. From /proc, so on Linux only.
//   node bench/soak.mjs [minutes] [--fresh SECONDS]
// Answers are fresh for a second instead of a minute, so that a minute here is an hour of polling.
import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startGitHub } from '@ghmesh/github-sim'
import { createMesh, createSecret, filePeers } from 'ghmesh'
import { freePort } from '../scripts/free-port.mjs'
import { median } from './measure.mjs'

const processes = 2
const membersEach = 3
const readsPerSecond = 5
const restartEveryMs = 4000
const relayRestartEveryMs = 25_000
const changeEveryMs = 500
const samples = 12
/** Of the time: until everything has been read once, and what is kept for each member that comes and goes is there. */
const warmShare = 0.25

const issues = Array.from({ length: 40 }, (_, n) => `/repos/octocat/Hello-World/issues/${n + 1}`)
const lists = Array.from({ length: 40 }, (_, n) => `/repos/octocat/Hello-World/issues?per_page=${n + 1}`)
const paths = [...issues, ...lists, '/repos/octocat/Hello-World', '/users/octocat', '/licenses']
const anyOf = (all) => all[Math.floor(Math.random() ** 2 * all.length)]
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** What a process takes, as the kernel sees it. */
function seenFromOutside(pid) {
  const [, kib = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return { 'resident, MB': Number(kib) / 1024, descriptors: readdirSync(`/proc/${pid}/fd`).length }
}

function bytesBelow(folder, ending) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(ending))
  return names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) / 1e6
}

/** A process with some members that read all the time. */
async function serve() {
  const members = []
  let reading = true
  let logLines = 0
  let failed = 0
  let served = 0
  let options
  const log = () => void logLines++
  const start = async (i) => {
    members[i] = await createMesh({
      ...options,
      name: `member ${process.pid} ${i}`,
      token: 'sim-token-alice',
      cacheDir: join(options.cacheDir, `${process.argv[3]}-${i}`),
      discovery: [filePeers({ directory: options.peersDir })],
      listenPort: 0,
      forceLocalhost: true,
      mdns: false,
      logger: { debug() {}, info() {}, warn: log, error: log }
    })
  }
  async function read(i) {
    for (;;) {
      await wait((Math.random() * 2000) / readsPerSecond)
      const mesh = members[i]
      if (!reading || !mesh) continue
      await mesh.fetch(options.apiUrl + anyOf(paths)).then(
        async (answer) => {
          await answer.arrayBuffer()
          served++
          if (answer.status !== 200) failed++
        },
        () => members[i] === mesh && failed++
      )
    }
  }
  const commands = {
    async start(given) {
      options = given
      for (let i = 0; i < membersEach; i++) {
        await start(i)
        void read(i)
      }
    },
    async restart({ i }) {
      const mesh = members[i]
      members[i] = undefined
      await mesh.stop()
      await start(i)
    },
    async look() {
      reading = false
      await wait(1500)
      for (let n = 0; n < 4; n++) {
        globalThis.gc()
        await wait(50)
      }
      const { heapUsed, external } = process.memoryUsage()
      const resources = process.getActiveResourcesInfo()
      const found = {
        'heap after gc, MB': (heapUsed + external) / 1e6,
        ...seenFromOutside(process.pid),
        timers: resources.filter((name) => name === 'Timeout').length,
        'other resources': resources.filter((name) => name !== 'Timeout').length,
        'log lines': logLines,
        served,
        failed,
        peers: members.reduce((sum, mesh) => sum + mesh.peers().length, 0)
      }
      reading = true
      logLines = 0
      return found
    }
  }
  process.on('disconnect', () => process.exit())
  process.on('message', async ({ id, command, ...how }) => {
    try {
      process.send({ id, value: await commands[command](how) })
    } catch (error) {
      process.send({ id, error: String(error.stack) })
    }
  })
  process.send({})
}

async function startProcess(n) {
  const child = fork(import.meta.filename, ['--serve', String(n)], {
    execArgv: ['--expose-gc'],
    env: { ...process.env, CI: '' }
  })
  await once(child, 'message')
  let lastId = 0
  return {
    pid: child.pid,
    ask(command, how = {}) {
      const id = ++lastId
      child.send({ id, command, ...how })
      return new Promise((resolve, reject) => {
        child.on('message', function heard(answer) {
          if (answer.id !== id) return
          child.off('message', heard)
          if (answer.error) reject(new Error(answer.error))
          else resolve(answer.value)
        })
      })
    },
    end: () => child.disconnect()
  }
}

/** Starts a command, and resolves once it says something. */
async function startCommand(args, env, says) {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  let logLines = 0
  const said = new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(`ended: ${text}`)))
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (some) => {
        logLines += some.split('\n').length - 1
        if (text.length < 10_000) text += some
        const found = says.exec(text)
        if (found) resolve(found)
      })
  })
  const found = await said
  return {
    pid: child.pid,
    found,
    logLines() {
      const lines = logLines
      logLines = 0
      return lines
    },
    async end() {
      child.kill()
      if (child.exitCode === null) await once(child, 'exit')
    }
  }
}

/** Grew in each third of the time, and by more than chance: a tenth, and `slack`. */
function growsSteadily(values, slack) {
  const third = values.length / 3
  const [a, b, c] = [0, 1, 2].map((n) => median(values.slice(Math.round(n * third), Math.round((n + 1) * third))))
  return a < b && b < c && c > a * 1.1 + slack
}
const slacks = {
  'heap after gc, MB': 2,
  'resident, MB': 15,
  descriptors: 8,
  timers: 8,
  'other resources': 8,
  'log lines': 10,
  'databases, MB': 0.5,
  'write-ahead logs, MB': 5
}

async function soak({ minutes, freshMs }) {
  const folder = mkdtempSync(join(tmpdir(), 'ghmesh-soak-'))
  const github = await startGitHub({
    secondaryLimits: false,
    tokens: { 'sim-token-alice': { login: 'alice', limit: 1e9 } }
  })
  const repository = github.repository('octocat/Hello-World')
  const [tcp, webSocket, proxyPort, listenPort] = await Promise.all([1, 2, 3, 4].map(freePort))
  const startRelay = () =>
    startCommand(
      [join(import.meta.dirname, '../relay/dist/ghmesh-relay.mjs')],
      {
        GHMESH_RELAY_HOST: '127.0.0.1',
        GHMESH_RELAY_TCP_PORT: String(tcp),
        GHMESH_RELAY_WS_PORT: String(webSocket),
        GHMESH_RELAY_WEBRTC_PORT: 'off',
        GHMESH_RELAY_HTTP_PORT: '0',
        GHMESH_RELAY_KEY_FILE: join(folder, 'relay.key')
      },
      /^GHMESH_RELAYS=(\S+)$/m
    )
  let relay = await startRelay()
  const relays = relay.found[1].split(',').slice(0, 1)
  const secret = createSecret()
  const shared = { secret, apiUrl: github.url, relays, peersDir: join(folder, 'peers') }
  const children = await Promise.all(Array.from({ length: processes }, (_, n) => startProcess(n)))
  const each = (command, how) => Promise.all(children.map(({ ask }) => ask(command, how)))
  const cacheDir = join(folder, 'caches')
  await each('start', { ...shared, cacheDir, ttlMs: freshMs })
  const proxy = await startCommand(
    [join(import.meta.dirname, '../packages/cli/bin/ghmesh.js'), 'proxy', '--port', String(proxyPort)],
    {
      GITHUB_API_URL: github.url,
      CACHE_P2P_SHARED_SECRET: secret,
      CACHE_LISTEN_PORT: String(listenPort),
      CACHE_DEFAULT_TTL: String(freshMs / 1000),
      IPFS_ACCELERATE_CACHE_DIR: join(cacheDir, 'proxy'),
      IPFS_ACCELERATE_P2P_CACHE_DIR: shared.peersDir,
      IPFS_ACCELERATE_P2P_FORCE_LOCALHOST: '1',
      GHMESH_RELAYS: relays.join(','),
      GHMESH_MDNS: '0',
      GH_TOKEN: 'sim-token-alice'
    },
    /^listening on /m
  )

  const endsAt = performance.now() + minutes * 60_000
  let isPaused = false
  let restarts = 0
  let relayRestarts = 0
  const every = async (ms, work) => {
    while (performance.now() < endsAt) {
      await wait(ms)
      if (!isPaused) await work()
    }
  }
  const busy = new Set()
  const churn = async () => {
    const work = children[restarts % processes].ask('restart', { i: Math.floor(restarts / processes) % membersEach })
    busy.add(work)
    restarts++
    await work.finally(() => busy.delete(work))
  }
  const work = [
    every(changeEveryMs, () => repository.editIssue(Math.ceil(Math.random() * 40), { title: `at ${Date.now()}` })),
    every(restartEveryMs, churn),
    every(relayRestartEveryMs, async () => {
      await relay.end()
      await wait(2000)
      relay = await startRelay()
      relayRestarts++
    }),
    every(1000 / readsPerSecond, async () => {
      await (await fetch(`http://127.0.0.1:${proxyPort}${anyOf(paths)}`)).arrayBuffer()
    })
  ]

  const rows = new Map()
  const note = (name, value) => rows.set(name, [...(rows.get(name) ?? []), value])
  const betweenMs = (minutes * 60_000 * (1 - warmShare)) / samples
  await wait(minutes * 60_000 * warmShare - betweenMs)
  for (let n = 0; n < samples; n++) {
    await wait(betweenMs - 5000)
    isPaused = true
    await Promise.all(busy)
    await wait(3000) // until all are connected again
    for (const [i, found] of (await each('look')).entries())
      for (const [name, value] of Object.entries(found)) note(`process ${i + 1}: ${name}`, value)
    for (const [name, value] of Object.entries(seenFromOutside(proxy.pid))) note(`proxy: ${name}`, value)
    note('proxy: log lines', proxy.logLines())
    note('all: databases, MB', bytesBelow(cacheDir, '.db') + bytesBelow(cacheDir, '.sqlite'))
    note('all: write-ahead logs, MB', bytesBelow(cacheDir, '-wal'))
    isPaused = false
  }
  await Promise.all(work)

  const growing = []
  console.log(`| what | beginning | middle | end |`)
  console.log('| --- | ---: | ---: | ---: |')
  for (const [name, values] of rows) {
    const [first, middle, last] = [values[0], values[values.length >> 1], values.at(-1)]
    console.log(`| ${name} | ${[first, middle, last].map((value) => Number(value.toFixed(1))).join(' | ')} |`)
    const slack = slacks[name.replace(/^[^:]+: /, '')]
    if (slack !== undefined && growsSteadily(values, slack)) growing.push(`${name}: ${values.map((v) => v.toFixed(1))}`)
  }
  console.log(JSON.stringify({ minutes, freshMs, restarts, relayRestarts, calls: github.calls.length }))
  for (const one of growing) console.log(`grows: ${one}`)
  if (growing.length > 0) process.exitCode = 1
  for (const { end } of children) end()
  await Promise.all([proxy.end(), relay.end(), github.stop()])
  rmSync(folder, { recursive: true, force: true })
}

if (process.argv[2] === '--serve') await serve()
else {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { fresh: { type: 'string', default: '1' } }
  })
  await soak({ minutes: Number(positionals[0] ?? 6), freshMs: Number(values.fresh) * 1000 })
}
