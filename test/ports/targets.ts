import { mkdtempSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { type GitHub, startGitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'
import { createSecret } from 'ghmesh'
import { createCommands, type Running, root } from '../support/commands.ts'

/** What is spoken at a port. */
type PortKind = 'tcp' | 'websocket' | 'http'

export interface Port {
  kind: PortKind
  port: number
}

/** A process of ours with the ports it listens on, as somebody outside meets it. */
export interface Target {
  name: 'relay' | 'member' | 'proxy'
  ports: Port[]
  /** Multiaddrs of libp2p's ports. */
  addresses: string[]
  process: Running
  /** Of a proxy: its socket. */
  socket?: string
  /** Rejects unless the process still does what it is there for. */
  works(): Promise<void>
}

const tokenOfAlice = 'sim-token-alice'
/** Hangs end here; a slow machine does not. */
const patienceMs = 60_000

const portsOf = (addresses: readonly string[]): Port[] =>
  addresses.flatMap((address) => {
    const [, port, webSocket] = /\/tcp\/(\d+)(\/ws)?\/p2p\//.exec(address) ?? []
    return port === undefined ? [] : [{ kind: webSocket ? 'websocket' : 'tcp', port: Number(port) } satisfies Port]
  })

/** A relay, a member and a proxy, each a process of its own, and the simulated GitHub that they ask. */
export function createTargets() {
  const commands = createCommands()
  const secret = createSecret()
  let github: GitHub
  let asked = 0

  before(async () => {
    github = await startGitHub({ secondaryLimits: false })
  })
  after(async () => {
    await commands.end()
    await github.stop()
    for (const hidden of [tokenOfAlice, secret]) expect(commands.printed()).to.not.contain(hidden)
  })

  /** `prefix`: what the process is started under, such as a bound on its descriptors. */
  function node(args: readonly string[], env: Record<string, string>, prefix: readonly string[] = []): Running {
    const [file = process.execPath, ...rest] = [...prefix, process.execPath, ...args]
    return commands.start(file, rest, env)
  }

  /** Resolves to what the process prints next that fits. */
  async function said(running: Running, pattern: RegExp): Promise<RegExpExecArray> {
    await running.said(pattern)
    return pattern.exec(running.printed()) as RegExpExecArray
  }

  const self = {
    secret,
    get github() {
      return github
    },
    end: commands.end,

    async relay(args: readonly string[] = [], prefix?: readonly string[]): Promise<Target> {
      const folder = commands.folder('relay')
      const running = node(
        [
          join(root, 'relay/dist/ghmesh-relay.mjs'),
          ...['--host', '127.0.0.1', '--tcp-port', '0', '--ws-port', '0', '--webrtc-port', '0', '--http-port', '0'],
          ...['--key-file', join(folder, 'relay.key'), '--shelf', '8MB', '--shelf-dir', join(folder, 'shelf'), ...args]
        ],
        {},
        prefix
      )
      const [, line = ''] = await said(running, /^GHMESH_RELAYS=(.*)$/m)
      const [, status = ''] = await said(running, /"status":"(http:[^"]+)"/)
      const addresses = line.split(',')
      return {
        name: 'relay',
        addresses,
        ports: [...portsOf(addresses), { kind: 'http', port: Number(new URL(status).port) }],
        process: running,
        async works() {
          const response = await fetch(`${status}/health`, { signal: AbortSignal.timeout(patienceMs) })
          expect(response.status).to.equal(200)
        }
      }
    },

    async member(options: object = {}, prefix?: readonly string[]): Promise<Target> {
      const running = node(
        [
          join(root, 'test/network/machines/member.mjs'),
          JSON.stringify({
            secret,
            token: tokenOfAlice,
            apiUrl: github.url,
            cacheDir: mkdtempSync(join(commands.home, 'member-')),
            listenPort: 0,
            forceLocalhost: true,
            ...options
          })
        ],
        {},
        prefix
      )
      const [, list = ''] = await said(running, /"type":"ready".*"addresses":\[([^\]]*)\]/)
      const addresses = list.split(',').map((quoted) => quoted.replaceAll('"', ''))
      return {
        name: 'member',
        addresses,
        ports: portsOf(addresses),
        process: running,
        async works() {
          const path = `/repos/octocat/hello-world/issues/${++asked}`
          running.child.stdin?.write(`${JSON.stringify(['fetch', github.url + path])}\n`)
          const [, status] = await said(running, new RegExp(`"url":"[^"]*${path}","status":(\\d+)`))
          expect(status).to.equal('200')
        }
      }
    },

    async proxy(prefix?: readonly string[]): Promise<Target> {
      const folder = commands.folder('proxy')
      const running = node(
        [join(root, 'packages/cli/dist/bin.js'), 'proxy', '--port', '0'],
        { GITHUB_API_URL: github.url, GH_TOKEN: tokenOfAlice, XDG_CACHE_HOME: folder },
        prefix
      )
      const [, port = ''] = await said(running, /http:\/\/127\.0\.0\.1:(\d+)/)
      return {
        name: 'proxy',
        addresses: [],
        socket: join(folder, 'ghmesh/run/proxy.sock'),
        ports: [{ kind: 'http', port: Number(port) }],
        process: running,
        async works() {
          const url = `http://127.0.0.1:${port}/repos/octocat/hello-world`
          const response = await fetch(url, { signal: AbortSignal.timeout(patienceMs) })
          expect(response.status).to.equal(200)
        }
      }
    }
  }
  return self
}

/** A TCP connection to a port of this machine that takes what comes and minds no error. */
export async function reach(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' })
  socket.on('error', () => {})
  socket.resume()
  await new Promise<void>((resolve) => {
    socket.once('connect', resolve).once('close', resolve)
  })
  return socket
}

/** Resolves when the other side has closed a connection. */
export const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.destroyed || socket.readableEnded) resolve()
    else socket.once('close', () => resolve()).once('end', () => resolve())
  })

/** A connection on which frames may be sent: the opening handshake of RFC 6455 is over. */
export async function reachWebSocket(port: number): Promise<Socket> {
  const socket = await reach(port)
  const upgraded = new Promise<void>((resolve) => {
    socket.once('data', () => resolve()).once('close', () => resolve())
  })
  socket.write(
    `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
  )
  if (!socket.destroyed) await upgraded
  return socket
}
