import { type ChildProcess, spawn } from 'node:child_process'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { type GitHub, startGitHub } from '@ghmesh/github-sim'
import { cli, type createCommands } from '../support/commands.ts'

export const token = 'sim-token-alice'
const repo = '/repos/octocat/Hello-World'
const at = Date.UTC(2026, 5, 1)

/** What clients were installed, and for which of them there is a toolchain. */
export const clients = process.env.GHMESH_CLIENTS ?? ''
export const has = (tool: string): boolean => (process.env.GHMESH_CLIENTS_HAVE ?? '').split(' ').includes(tool)

/**
 * A GitHub that is the same each time, with what simulators do not have by themselves. Its clock stands still, so that the
 * same steps make the same things, unless another is given.
 */
export async function startWorld(port = 0, now = () => at): Promise<GitHub> {
  const github = await startGitHub({ port, now, secondaryLimits: false, anonymousLimit: 5000 })
  github.addToken('sim-token-limited', { login: 'limited' })
  github.limit('sim-token-limited')
  const large = Buffer.alloc(30 * 1024 * 1024, 'ghmesh ')
  github.respond(/\/large/, () => new Response(large, { headers: { 'content-type': 'application/octet-stream' } }))
  github.respond(/\/broken/, () => new Response(breakingOff(), { headers: { 'content-type': 'application/json' } }))
  github.hold(/\/silent/)
  return github
}

/** A body that ends before it is whole, once so much of it is on its way that its head is too. */
function breakingOff(): ReadableStream<Uint8Array> {
  let pieces = 0
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setImmediate(resolve))
      if (++pieces < 8) controller.enqueue(new Uint8Array(64 * 1024).fill(0x20))
      else controller.error(new DOMException('cut', 'AbortError'))
    }
  })
}

/** A proxy in front of a GitHub. */
export interface Proxy {
  base: string
  socket: string
  stop(): Promise<unknown>
}

export async function startProxy(
  commands: ReturnType<typeof createCommands>,
  github: GitHub,
  args: readonly string[] = [],
  more: Record<string, string> = {}
): Promise<Proxy> {
  const socket = join(commands.folder('s'), 's')
  const env = { GITHUB_API_URL: github.url, IPFS_ACCELERATE_CACHE_DIR: commands.folder('cache'), ...more }
  const proxy = commands.start(process.execPath, [cli, 'proxy', '--socket', socket, '--port', '0', ...args], env)
  await proxy.said(/^listening on .*\n/m)
  const base = /http:\/\/127\.0\.0\.1:\d+/.exec(proxy.printed())?.[0] ?? ''
  return {
    base,
    socket,
    stop() {
      proxy.child.kill('SIGTERM')
      return proxy.ended
    }
  }
}

/** A socket that leads to a GitHub as it is: for clients that know no other way than a socket. */
export async function plainSocket(path: string, github: GitHub): Promise<Server> {
  const server = createServer((client) => {
    const upstream = connect(github.port, '127.0.0.1')
    client.pipe(upstream).pipe(client)
    for (const end of [client, upstream]) end.on('error', () => client.destroy() && upstream.destroy())
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return server
}

/** Runs a driver: what it is told comes in on its standard input, and it prints what it saw as JSON. */
export async function drive(command: string, args: readonly string[], told: object): Promise<unknown> {
  const env = { ...process.env, PYTHONPATH: join(clients, 'python'), NO_PROXY: '*' }
  const child: ChildProcess = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin?.end(JSON.stringify(told))
  const [out, said] = await Promise.all([textOf(child.stdout), textOf(child.stderr)])
  try {
    return JSON.parse(out)
  } catch {
    throw new Error(`${command} ${args.join(' ')} printed no JSON:\n${out.slice(0, 500)}\n${said.slice(-2000)}`)
  }
}

const textOf = async (stream: ChildProcess['stdout']): Promise<string> =>
  Buffer.concat((await stream?.toArray()) ?? []).toString()

export const repository = repo
