// What `ghmesh proxy` takes of a machine: until it listens, in memory once it holds 10,000 answers, and of a processor for a
// request that GitHub has to answer. From /proc, so on Linux only.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecret } from 'ghmesh'
import { median } from './measure.mjs'

const cli = join(import.meta.dirname, '../packages/cli/bin/ghmesh.js')
const entries = 10_000
const tickMs = 10

/** A GitHub with as many answers of 10 KB as one likes, none of them the same, and 304 to any condition. */
async function startOrigin() {
  const server = createServer((req, res) => {
    const head = {
      'cache-control': 'private, max-age=60',
      'x-github-request-id': 'bench',
      date: new Date().toUTCString()
    }
    const given = req.headers['if-none-match']
    if (given) return res.writeHead(304, { ...head, etag: given }).end()
    const words = Array.from({ length: 700 }, (_, word) => `${req.url}-${word}`).join(' ')
    const etag = `"${req.url.replace(/\W/g, '')}"`
    res.writeHead(200, { ...head, 'content-type': 'application/json; charset=utf-8', etag })
    res.end(JSON.stringify({ words: words.slice(0, 10_000) }))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() }
}

async function startProxy(origin, secret = '') {
  const folder = mkdtempSync(join(tmpdir(), 'ghmesh-bench-'))
  const socketPath = join(folder, 's')
  const env = {
    ...process.env,
    GITHUB_API_URL: origin.url,
    IPFS_ACCELERATE_CACHE_DIR: join(folder, 'cache'),
    CACHE_P2P_SHARED_SECRET: secret,
    CACHE_LISTEN_PORT: '0'
  }
  const startedAt = performance.now()
  const child = spawn(process.execPath, [cli, 'proxy', '--socket', socketPath], {
    env,
    stdio: ['ignore', 'pipe', 'ignore']
  })
  await new Promise((resolve) => child.stdout.on('data', (line) => String(line).includes('listening') && resolve()))
  const startMs = performance.now() - startedAt
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const headers = { host: 'api.github.com', authorization: 'Bearer bench' }
  const get = (path, more) =>
    new Promise((resolve, reject) => {
      const asking = request({ socketPath, path, agent, headers: { ...headers, ...more } }, (res) =>
        res.resume().on('end', resolve)
      )
      asking.on('error', reject).end()
    })
  return {
    startMs,
    async getAll(from, to, more) {
      let next = from
      const lane = async () => {
        while (next < to) await get(`/repos/octocat/hello-world/issues/${next++}`, more)
      }
      await Promise.all(Array.from({ length: 8 }, lane))
    },
    cpuMs() {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ')
      return (Number(fields[11]) + Number(fields[12])) * tickMs
    },
    memoryMB: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]) / 1000,
    async stop() {
      agent.destroy()
      child.kill()
      await new Promise((resolve) => child.once('exit', resolve))
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

async function startTimes(origin, secret, times) {
  const measured = []
  for (let i = 0; i < times; i++) {
    const proxy = await startProxy(origin, secret)
    measured.push(proxy.startMs)
    await proxy.stop()
  }
  return median(measured)
}

/** Each figure with its aim; empty where there is no /proc. */
export async function measureProcess() {
  if (!existsSync('/proc/self/stat')) return []
  const origin = await startOrigin()
  const proxy = await startProxy(origin)
  try {
    const cpuFor = async (work, count) => {
      const before = proxy.cpuMs()
      await work()
      return (proxy.cpuMs() - before) / count
    }
    await proxy.getAll(0, 1000)
    const missMs = await cpuFor(() => proxy.getAll(1000, 4000), 3000)
    const revalidationMs = await cpuFor(() => proxy.getAll(1000, 4000, { 'cache-control': 'no-cache' }), 3000)
    await proxy.getAll(4000, entries)
    return [
      { what: 'start, ms', value: await startTimes(origin, '', 7), aim: 250 },
      { what: 'start with a secret, ms', value: await startTimes(origin, createSecret(), 7), aim: 600 },
      { what: `memory with ${entries} answers of 10 KB, MB`, value: proxy.memoryMB(), aim: 150 },
      { what: 'processor for a miss, ms', value: missMs, aim: 1 },
      { what: 'processor for a revalidation, ms', value: revalidationMs, aim: undefined }
    ]
  } finally {
    await proxy.stop()
    origin.stop()
  }
}
