import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const path = '/repos/octocat/Hello-World/languages'

/** A process that is ready once it has said so. */
async function start(command, args, env = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } })
  // Also where another subject fails to start.
  process.once('exit', () => child.kill())
  await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${command} ended with ${code}`)))
    child.stdout.on('data', (line) => String(line).includes('listening') && resolve())
  })
  return async () => {
    child.kill()
    await new Promise((resolve) => child.once('exit', resolve))
  }
}

/** One keep-alive connection through a Unix socket. */
function client(socketPath) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = () =>
    new Promise((resolve, reject) => {
      const asking = request({ socketPath, path, agent, headers: { host: 'api.github.com' } }, async (response) => {
        const pieces = await response.toArray()
        resolve({ headers: response.headers, body: Buffer.concat(pieces) })
      })
      // A server closes a connection that was idle while others were measured.
      asking.on('error', (error) => (asking.reusedSocket ? resolve(ask()) : reject(error))).end()
    })
  return { get: ask, end: () => agent.destroy() }
}

const commandLine = (command, args, env) => async () => {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } })
  const ended = new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve))
  const [pieces, code] = await Promise.all([child.stdout.toArray(), ended])
  if (code !== 0) throw new Error(`${command} failed`)
  return Buffer.concat(pieces)
}

/** The proxy's socket beside a bare server's; `gh` through it beside `gh api --cache`, where there is a gh. */
export async function startProxies(origin, directory) {
  const own = {
    CACHE_P2P_SHARED_SECRET: '',
    GITHUB_API_URL: origin.url,
    CACHE_DIR: join(directory, 'proxy'),
    CACHE_DEFAULT_TTL: '36000'
  }
  const [proxySocket, bareSocket] = [join(directory, 'proxy.sock'), join(directory, 'bare.sock')]
  const cli = join(root, 'packages/cli/bin/ghmesh.js')
  const stopProxy = await start(process.execPath, [cli, 'proxy', '--socket', proxySocket], own)
  const proxy = client(proxySocket)
  await proxy.get()
  const { headers, body } = await proxy.get()
  const same = join(directory, 'answer.json')
  writeFileSync(same, JSON.stringify({ headers, body: body.toString() }))
  const stopBare = await start(process.execPath, [join(import.meta.dirname, 'bare-server.mjs'), bareSocket, same])
  const bare = client(bareSocket)

  const gh = { GH_TOKEN: 'bench', GH_NO_UPDATE_NOTIFIER: '1', XDG_CACHE_HOME: join(directory, 'gh-cache') }
  const configured = (name, socket) => {
    const config = join(directory, name)
    mkdirSync(config)
    writeFileSync(join(config, 'config.yml'), `http_unix_socket: ${socket}\n`)
    return { ...gh, GH_CONFIG_DIR: config }
  }
  const throughProxy = commandLine('gh', ['api', path], configured('gh-proxy', proxySocket))
  // Its own cache is filled through the bare server; from then on it asks nobody.
  const ownCache = commandLine('gh', ['api', '--cache', '1h', path], configured('gh-bare', bareSocket))
  const hasGh = await throughProxy().then(
    () => true,
    (error) => {
      if (error.code !== 'ENOENT') throw error
      return false
    }
  )
  const bodyOf = (get) => async () => (await get()).body
  return {
    socket: { ghmesh: { call: bodyOf(proxy.get) }, bare: { call: bodyOf(bare.get) } },
    gh: hasGh ? { ghmesh: { call: throughProxy }, 'gh --cache': { call: ownCache } } : {},
    async stop() {
      proxy.end()
      bare.end()
      await stopProxy()
      await stopBare()
    }
  }
}
