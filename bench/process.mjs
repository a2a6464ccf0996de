// What `ghmesh proxy` takes of a machine, beside two proxies in Go: until it listens, in memory once it holds 10,000 answers,
// and of a processor for a request that GitHub has to answer. From /proc, so on Linux only.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecret } from 'ghmesh'
import { goProxies } from './go-proxies.mjs'
import { median } from './measure.mjs'

const cli = join(import.meta.dirname, '../packages/cli/bin/ghmesh.js')
const entries = 10_000
const tickMs = 10

/** A GitHub with as many answers of 10 KB as one likes, none of them the same, and GitHub's ETags: one of the proxies makes them, too. */
async function startOrigin() {
  const vary = ['accept', 'authorization', 'cookie']
  const server = createServer((req, res) => {
    const words = Array.from({ length: 700 }, (_, word) => `${req.url}-${word}`).join(' ')
    const body = JSON.stringify({ words: words.slice(0, 10_000) })
    const hash = createHash('sha256')
    for (const name of vary) if (req.headers[name] !== undefined) hash.update(`${req.headers[name]}:`)
    const etag = `"${hash.update(body).digest('hex')}"`
    const head = {
      'cache-control': 'private, max-age=60',
      vary: 'Accept, Authorization, Cookie, X-GitHub-OTP',
      'x-github-request-id': 'bench',
      date: new Date().toUTCString(),
      etag
    }
    const isKnown = req.headers['if-none-match']?.replaceAll('W/', '').includes(etag)
    counts[isKnown ? 304 : 200]++
    if (isKnown) return res.writeHead(304, head).end()
    res.writeHead(200, { ...head, 'content-type': 'application/json; charset=utf-8' }).end(body)
  })
  const counts = { 200: 0, 304: 0 }
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${server.address().port}`, counts, stop: () => server.close() }
}

const startProxy = (origin, secret = '') =>
  startNode((socketPath) => [cli, 'proxy', '--socket', socketPath], {
    GITHUB_API_URL: origin.url,
    CACHE_P2P_SHARED_SECRET: secret,
    CACHE_LISTEN_PORT: '0'
  })

/** One that does next to nothing: what Node itself takes. */
const startBare = (origin) =>
  startNode((socketPath) => [join(import.meta.dirname, 'bare-proxy.mjs'), socketPath, origin.url])

async function startNode(argumentsFor, variables = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'ghmesh-bench-'))
  const socketPath = join(folder, 's')
  const env = { ...process.env, IPFS_ACCELERATE_CACHE_DIR: join(folder, 'cache'), ...variables }
  const startedAt = performance.now()
  const child = spawn(process.execPath, argumentsFor(socketPath), { env, stdio: ['ignore', 'pipe', 'ignore'] })
  await new Promise((resolve) => child.stdout.on('data', (line) => String(line).includes('listening') && resolve()))
  const startMs = performance.now() - startedAt
  return {
    startMs,
    pid: child.pid,
    at: { socketPath },
    async stop() {
      child.kill()
      await new Promise((resolve) => child.once('exit', resolve))
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

/** Eight connections that are kept. */
function client(at) {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const headers = { host: 'api.github.com', authorization: 'Bearer bench' }
  const get = (path, more) =>
    new Promise((resolve, reject) => {
      const asking = request({ ...at, path, agent, headers: { ...headers, ...more } }, (res) => {
        if (res.statusCode !== 200) reject(new Error(`${path}: ${res.statusCode}`))
        res.resume().on('end', resolve)
      })
      asking.on('error', reject).end()
    })
  return {
    async getAll(from, to, more) {
      let next = from
      const lane = async () => {
        while (next < to) await get(`/repos/octocat/hello-world/issues/${next++}`, more)
      }
      await Promise.all(Array.from({ length: 8 }, lane))
    },
    end: () => agent.destroy()
  }
}

function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) * tickMs
}

const memoryMB = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1000

async function startTime(start, times = 7) {
  const measured = []
  for (let i = 0; i < times; i++) {
    const proxy = await start()
    measured.push(proxy.startMs)
    await proxy.stop()
  }
  return median(measured)
}

/** The figures of one proxy. `asks`: headers of a request that has to be answered by GitHub. */
async function measureOne(start, origin, asks = {}) {
  const startMs = await startTime(start)
  const proxy = await start()
  const { getAll, end } = client(proxy.at)
  const cpuFor = async (status, work, count) => {
    const [before, answered] = [cpuMs(proxy.pid), origin.counts[status]]
    await work()
    if (origin.counts[status] - answered !== count)
      throw new Error(`not ${count} answers of ${status}: ${JSON.stringify(origin.counts)}`)
    return (cpuMs(proxy.pid) - before) / count
  }
  try {
    await getAll(0, 1000)
    const missMs = await cpuFor(200, () => getAll(1000, 4000), 3000)
    const revalidationMs = await cpuFor(304, () => getAll(1000, 4000, asks), 3000)
    await getAll(4000, entries)
    return { startMs, memoryMB: memoryMB(proxy.pid), missMs, revalidationMs }
  } finally {
    end()
    await proxy.stop()
  }
}

const figures = {
  startMs: ['start, ms', 250],
  memoryMB: [`memory with ${entries} answers of 10 KB, MB`, 150],
  missMs: ['processor for a miss, ms', 1],
  revalidationMs: ['processor for a revalidation, ms', undefined]
}

/**
 * Each figure of ours with its aim, then beside the same of each proxy in Go, or why that was not measured. Empty where there
 * is no /proc.
 */
export async function measureProcess() {
  if (!existsSync('/proc/self/stat')) return []
  const origin = await startOrigin()
  try {
    const own = await measureOne(() => startProxy(origin), origin, { 'cache-control': 'no-cache' })
    const withSecretMs = await startTime(() => startProxy(origin, createSecret()))
    const rows = Object.entries(figures).map(([name, [what, aim]]) => ({ what, value: own[name], against: 'aim', aim }))
    rows.splice(1, 0, { what: 'start with a secret, ms', value: withSecretMs, against: 'aim', aim: 600 })
    for (const [against, start] of Object.entries({ 'bare Node': startBare, ...goProxies() })) {
      if (typeof start === 'string') {
        rows.push({ what: 'proxy in Go', against, skipped: start })
        continue
      }
      const other = await measureOne(() => start(origin), origin)
      for (const [name, [what]] of Object.entries(figures))
        rows.push({
          what,
          value: own[name],
          against,
          other: other[name],
          aim: name === 'revalidationMs' && start !== startBare ? 1.5 : undefined
        })
    }
    return rows
  } finally {
    origin.stop()
  }
}

/** A line for each figure, under a heading of its own. */
export function printProcess(rows) {
  if (rows.length === 0) return
  const line = (what, against, ...cells) =>
    console.log(
      `${what.padEnd(45)}${against.padEnd(18)}${cells.map((cell) => String(cell ?? '').padStart(10)).join('')}`
    )
  console.log()
  line('ghmesh proxy', 'against', 'ghmesh', 'other', 'ratio', 'aim')
  for (const { what, against, value, other, aim, skipped } of rows) {
    const beside = against === 'aim' ? aim : other
    if (skipped) console.log(`${what.padEnd(45)}${against.padEnd(18)}skipped: ${skipped}`)
    else line(what, against, value.toFixed(2), beside?.toFixed(2), beside && (value / beside).toFixed(2), aim)
  }
}
