// Two proxies in Go that do a similar job, built with the Go of this machine: prow's ghproxy and bored-engineer's
// github-api-proxy. Both ask GitHub for every request, with a condition where they hold an answer.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../scripts/free-port.mjs'

const proxies = {
  ghproxy: {
    from: 'sigs.k8s.io/prow/cmd/ghproxy@v0.0.0-20240619181241-cfb8754e0459',
    // Its other ports are fixed unless they are given.
    args: async (port, url) => [
      ...['-port', port, '-upstream', url, '-log-level', 'error', '-concurrency', '100'],
      ...['-health-port', await freePort(), '-metrics-port', await freePort(), '-pprof-port', await freePort()]
    ]
  },
  'github-api-proxy': {
    from: 'github.com/bored-engineer/github-api-proxy@v0.0.0-20260803032443-4081191d93a0',
    args: async (port, url) => [
      '--listen',
      `127.0.0.1:${port}`,
      '--url',
      `${url}/`,
      '--cache-memory',
      '--log-level',
      'error'
    ]
  }
}

const accepts = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

async function startGo(binary, args, url) {
  const port = await freePort()
  const given = (await args(port, url)).map(String)
  const startedAt = performance.now()
  const child = spawn(binary, given, { stdio: 'ignore' })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`${binary} ended with ${child.exitCode}`)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  const startMs = performance.now() - startedAt
  return {
    startMs,
    pid: child.pid,
    at: { host: '127.0.0.1', port },
    async stop() {
      child.kill('SIGKILL')
      await ended
    }
  }
}

/**
 * How to start each of them, by name; a text that says why where that is not possible. `GO_PROXIES`: a folder with binaries
 * that are built already, for machines whose Go cannot fetch a module.
 */
export function goProxies() {
  const folder = mkdtempSync(join(tmpdir(), 'ghmesh-go-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const hasGo = spawnSync('go', ['version']).status === 0
  const built = (name, from) => {
    const given = join(process.env.GO_PROXIES ?? '', name)
    if (process.env.GO_PROXIES && existsSync(given)) return { binary: given }
    if (!hasGo) return { why: 'no Go' }
    const { status } = spawnSync('go', ['install', from], { env: { ...process.env, GOBIN: folder } })
    return status === 0 ? { binary: join(folder, name) } : { why: `go install ${from} failed` }
  }
  return Object.fromEntries(
    Object.entries(proxies).map(([name, { from, args }]) => {
      const { binary, why } = built(name, from)
      return [name, binary ? (origin) => startGo(binary, args, origin.url) : why]
    })
  )
}
