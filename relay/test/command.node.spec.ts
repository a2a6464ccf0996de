import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { createCommands, type Running, root } from '../../test/support/commands.ts'
import { defaultRelayLimits } from '../src/limits.ts'
import { version } from '../src/version.ts'
import { createLeaves, newGroup } from './leaves.ts'
import { startRelay } from './start-relay.ts'

const line = /^GHMESH_RELAYS=(\S+)$/m
const status = /"status":"(http:\/\/127\.0\.0\.1:\d+)"/

describe('ghmesh-relay', () => {
  const commands = createCommands()
  const leaves = createLeaves()
  afterEach(() => leaves.end())
  after(() => commands.end())

  const start = (args?: string[], env?: Record<string, string | undefined>, redirection?: string) =>
    startRelay(commands, args, env, redirection)

  async function ready(running: Running) {
    let text = ''
    running.child.stdout?.on('data', (chunk: string) => {
      text += chunk
    })
    running.child.stderr?.on('data', (chunk: string) => {
      text += chunk
    })
    await running.said(/"msg":"started/)
    await running.said(line)
    const addresses = line.exec(text)?.[1]?.split(',') ?? []
    const peerId = /\/p2p\/(\w+)$/.exec(addresses[0] ?? '')?.[1] as string
    return { addresses, peerId, url: status.exec(text)?.[1] as string }
  }

  // README: "It needs no secret and cannot read"
  it('runs from one file in an empty folder: prints the line, relays, and drains on SIGTERM', async () => {
    const running = start([], { GHMESH_RELAY_GROUP: '', GHMESH_RELAY_ANNOUNCE: ' ' })
    const relay = await ready(running)
    expect(relay.addresses).to.have.length(2)
    for (const address of relay.addresses) expect(String(multiaddr(address))).to.equal(address)
    const group = await newGroup()
    const [one, other] = [await leaves.leaf(group), await leaves.leaf(group)]
    await one.join(relay)
    await other.join(relay)
    await one.publish('through the command')
    await other.heard('through the command')
    await other.reserve(relay)
    const circuit = await one.node.dial(multiaddr(`${relay.addresses[0]}/p2p-circuit/p2p/${other.peerId}`))
    expect(circuit.limits).to.be.an('object')

    running.child.kill('SIGTERM')
    await running.said(/"msg":"draining"/)
    expect((await fetch(`${relay.url}/health`)).status).to.equal(503)
    await circuit.close()
    const { code, by, stdout, stderr } = await running.ended
    expect([code, by]).to.deep.equal([0, null])
    expect(stdout.trim().split('\n')).to.have.length(1)
    for (const secretive of [one.peerId, other.peerId, group.id, '127.0.0.1/']) expect(stderr).not.to.include(secretive)
  })

  /** One that has a minute to drain, and a circuit that keeps it from ending. */
  async function busy() {
    const running = start(['--limit', 'drainMs=60000'])
    const relay = await ready(running)
    const group = await newGroup()
    const [one, other] = [await leaves.leaf(group), await leaves.leaf(group)]
    await one.join(relay)
    await other.join(relay)
    await other.reserve(relay)
    const circuit = await one.node.dial(multiaddr(`${relay.addresses[0]}/p2p-circuit/p2p/${other.peerId}`))
    return { running, circuit }
  }

  it('ends at once for whoever asks again', async () => {
    const { running } = await busy()
    while (running.child.exitCode === null) {
      running.child.kill('SIGINT')
      await Promise.race([running.ended, new Promise((resolve) => setTimeout(resolve, 50))])
    }
    expect((await running.ended).code).to.equal(130)
  })

  it('drains though one Ctrl-C arrives several times: from the terminal, and passed on by npx', async () => {
    const { running, circuit } = await busy()
    for (let i = 0; i < 20; i++) {
      running.child.kill('SIGINT')
      await new Promise((resolve) => setImmediate(resolve))
    }
    await running.said(/"msg":"draining"/)
    await circuit.close()
    expect((await running.ended).code).to.equal(0)
  })

  it('is not ended by a reader that has seen enough', async () => {
    const running = start(['--help'])
    running.child.stdout?.destroy()
    expect(await running.ended).to.include({ code: 0, stderr: '' })
  })

  it('relays and stops as usual, or says how it is used, where nothing can be written to its log', async function () {
    if (!existsSync('/dev/full')) this.skip()
    const running = start([], {}, '2>/dev/full')
    await running.said(line)
    const addresses = line.exec(running.printed())?.[1]?.split(',') ?? []
    const peerId = /\/p2p\/(\w+)$/.exec(addresses[0] ?? '')?.[1] as string
    const leaf = await leaves.leaf(await newGroup())
    await leaf.join({ addresses, peerId })
    running.child.kill('SIGTERM')
    const { code, by } = await running.ended
    expect([code, by]).to.deep.equal([0, null])
    expect((await start(['--nonsense'], {}, '2>/dev/full').ended).code).to.equal(2)
  })

  it('relays and stops as usual where its line for members cannot be written', async function () {
    if (!existsSync('/dev/full')) this.skip()
    const running = start([], {}, '>/dev/full')
    await running.said(/"msg":"started/)
    running.child.kill('SIGTERM')
    const { code, by } = await running.ended
    expect([code, by]).to.deep.equal([0, null])
  })

  it('keeps its key in a file for its owner only, and with it its peer id', async () => {
    const first = start()
    const { peerId } = await ready(first)
    expect(statSync(first.keyFile).mode & 0o777).to.equal(0o600)
    expect(readFileSync(first.keyFile)).to.have.length(68)
    first.child.kill('SIGTERM')
    await first.ended
    const second = start([], { GHMESH_RELAY_KEY_FILE: first.keyFile })
    expect((await ready(second)).peerId).to.equal(peerId)
    second.child.kill('SIGTERM')
    expect((await second.ended).stderr).not.to.include('other users')
  })

  it('says so if other users can read its key', async () => {
    const first = start()
    await ready(first)
    first.child.kill('SIGTERM')
    await first.ended
    chmodSync(first.keyFile, 0o644)
    const second = start([], { GHMESH_RELAY_KEY_FILE: first.keyFile })
    await ready(second)
    second.child.kill('SIGTERM')
    expect((await second.ended).stderr).to.include(
      `"msg":"other users can read ${first.keyFile}; chmod 600 ${first.keyFile}"`
    )
  })

  it('serves health and metrics in Prometheus’ text format', async () => {
    const running = start()
    const relay = await ready(running)
    const leaf = await leaves.leaf(await newGroup())
    await leaf.join(relay)
    await leaf.reserve(relay)
    const health = await fetch(`${relay.url}/health`)
    expect(health.status).to.equal(200)
    expect(await health.json()).to.include({ status: 'ok', members: 1, connections: 1, reservations: 1, groups: 1 })
    const response = await fetch(`${relay.url}/metrics`)
    expect(response.headers.get('content-type')).to.match(/^text\/plain; version=0\.0\.4/)
    const metrics = await response.text()
    const comment = /^# (?:HELP [a-z_:][\w:]* .+|TYPE [a-z_:][\w:]* (?:counter|gauge|histogram|summary))$/i
    const sample =
      /^[a-z_:][\w:]*(?:\{[a-z_]\w*="[^"\\\n]*"(?:,[a-z_]\w*="[^"\\\n]*")*\})? (?:-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|NaN|[+-]Inf)$/i
    for (const one of metrics.trim().split('\n'))
      if (one !== '') expect(one).to.match(one[0] === '#' ? comment : sample)
    expect(metrics).to.match(/^ghmesh_relay_members 1$/m)
    expect(metrics).to.match(/^ghmesh_relay_reservations 1$/m)
    expect(metrics).to.match(/^ghmesh_relay_rejections_total\{reason="proof"\} 0$/m)
    for (const name of ['connections', 'circuits', 'groups', 'circuit_bytes_total', 'message_bytes_total']) {
      expect(metrics).to.match(new RegExp(`^ghmesh_relay_${name} \\d+$`, 'm'))
    }
    expect((await fetch(`${relay.url}/else`)).status).to.equal(404)
    expect((await fetch(`${relay.url}/health`, { method: 'POST' })).status).to.equal(405)
    running.child.kill('SIGTERM')
    await running.ended
  })

  // README: "`ghmesh group` prints"
  it('serves only the group whose key "ghmesh group" prints', async () => {
    const secret = (await commands.ghmesh(['secret']).ended).stdout.trim()
    const printed = await commands.ghmesh(['group'], { GHMESH_SECRET: secret }).ended
    expect(printed.stdout).to.match(/^ghg1_[\w-]{43}\n$/)
    const running = start([], { GHMESH_RELAY_GROUP: printed.stdout.trim() })
    const relay = await ready(running)
    const { openGroup } = await import('../../packages/core/src/group/group.ts')
    const group = await openGroup(secret, Date.now, 3_600_000)
    const [member, outsider] = [await leaves.leaf(group), await leaves.leaf(await newGroup())]
    await member.join(relay)
    const refused = await outsider.join(relay).then(
      () => '',
      ({ message }) => message
    )
    expect(refused).to.include('unproven')
    running.child.kill('SIGTERM')
    const { stderr } = await running.ended
    expect(stderr).to.include('serving only the configured groups')
    const without = await commands.ghmesh(['group']).ended
    expect([without.code, without.stderr]).to.deep.equal([
      2,
      'ghmesh: no secret: set CACHE_P2P_SHARED_SECRET to the secret of the group, which "ghmesh secret" creates\n'
    ])
  })

  it('logs who comes only when it is told to', async () => {
    const running = start(['--log-level', 'debug', '--log-addresses'])
    const relay = await ready(running)
    const leaf = await leaves.leaf(await newGroup())
    await leaf.join(relay)
    await running.said(new RegExp(`"peer":"${leaf.peerId}","address":"/ip4/127\\.0\\.0\\.1/tcp/\\d+`))
    running.child.kill('SIGTERM')
    expect((await running.ended).code).to.equal(0)
  })

  it('logs nobody where that is switched off in the environment', async () => {
    const running = start(['--log-level', 'debug'], { GHMESH_RELAY_LOG_ADDRESSES: 'false' })
    const relay = await ready(running)
    const leaf = await leaves.leaf(await newGroup())
    await leaf.join(relay)
    await running.said(/first member of a group connected/)
    running.child.kill('SIGTERM')
    const { stdout, stderr } = await running.ended
    expect(stdout + stderr).not.to.include(leaf.peerId)
  })

  it('goes on without WebRTC where its native part is missing, and says so', async () => {
    const running = start([], { GHMESH_RELAY_WEBRTC_PORT: '0' })
    const relay = await ready(running)
    expect(relay.addresses.join()).not.to.include('webrtc')
    running.child.kill('SIGTERM')
    const { stderr } = await running.ended
    expect(stderr.match(/no WebRTC-direct/g)).to.have.length(1)
  })

  it('says in one line what is wrong', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address() as { port: number }
    const said = (what: string, option: string) =>
      new RegExp(
        `^ghmesh-relay: ${what} ${port} is in use: end that program, or choose another with ${option} \\(0 picks any free port\\)\n$`
      )
    // Node's own way to make folders never ends there.
    const noFolder: [string[], number, RegExp][] = existsSync('/proc/self')
      ? [
          [
            ['--key-file', '/proc/foo/k'],
            1,
            /^ghmesh-relay: cannot create \/proc\/foo \(ENOENT\); choose another with --key-file\n$/
          ],
          [
            ['--shelf', '8MB', '--shelf-dir', '/proc/foo/s'],
            1,
            /cannot create \/proc\/foo\/s \(ENOENT\); choose another with --shelf-dir\n$/
          ]
        ]
      : []
    const cases: [string[], number, RegExp][] = [
      [['--tcp-port', '70000'], 2, /70000 is not a port: use 0 to 65535, or off/],
      [
        ['--limit', 'circuitMs=2592000000'],
        2,
        /circuitMs must be at most 2147483647, which is 24 days, not 2592000000/
      ],
      [['--limit', 'conections=5'], 2, /there is no limit conections; the limits are connections, /],
      [['--limit', 'connections=none'], 2, /connections must be a whole number above 0, not "none"/],
      [['--group', 'ghm1_secret'], 2, /ghg1_ and 43 letters/],
      [['--proxy', '10.0.0.1,proxy.example.com'], 2, /proxy\.example\.com is not an IP address/],
      [['--tls-cert', 'cert.pem'], 2, /--tls-cert and --tls-key must be used together/],
      [['--shelf', '256MB'], 2, /--shelf and --shelf-dir must be used together/],
      [['--shelf-dir', 'shelf'], 2, /--shelf and --shelf-dir must be used together/],
      [['--shelf', '256'], 2, /256 is not a size of at least 8 MB, such as 256MB or 2GB/],
      [['--shelf', '7MB'], 2, /7MB is not a size of at least 8 MB/],
      [['--shelf', '256MB', '--shelf-dir', '/dev/null/shelf'], 1, /the shelf in \/dev\/null\/shelf cannot be opened: /],
      [['--nonsense'], 2, /unknown option '--nonsense'; see ghmesh-relay --help/],
      [['--announce', 'relay.example.com'], 2, /relay\.example\.com is not a multiaddr/],
      [['--shelf', '2GB.', '--shelf-dir', 'shelf'], 2, /such as 256MB or 2GB; see ghmesh-relay --help\n$/],
      [['--tls-cert', 'x', '--tls-key', 'y'], 1, /^ghmesh-relay: cannot read --tls-cert x: there is no such file\n$/],
      [['--tcp-port', String(port)], 1, said('TCP port', '--tcp-port')],
      [['--ws-port', String(port)], 1, said('TCP port', '--ws-port')],
      [['--http-port', String(port)], 1, said('port', '--http-port')],
      ...noFolder
    ]
    try {
      for (const [args, expected, message] of cases) {
        const { code, stdout, stderr } = await start(args).ended
        expect([code, stdout], args.join(' ')).to.deep.equal([expected, ''])
        expect(stderr).to.match(message)
        expect(stderr.trim().split('\n').at(-1)).to.match(/^ghmesh-relay: /)
        expect(stderr).not.to.include('ghm1_secret')
      }
    } finally {
      taken.close()
    }
  })

  it('has the version of its package, and every option and limit in its README', async () => {
    const { stdout } = await start(['--version']).ended
    const stated = JSON.parse(readFileSync(join(root, 'relay/package.json'), 'utf8')).version
    expect([stdout.trim(), version]).to.deep.equal([stated, stated])
    const readme = readFileSync(join(root, 'relay/README.md'), 'utf8')
    const help = (await start(['--help']).ended).stdout
    for (const [option] of help.matchAll(/--[a-z-]+/g)) expect(readme).to.include(option)
    for (const [name, value] of Object.entries(defaultRelayLimits))
      expect(readme).to.include(`| \`${name}\` | ${value} |`)
    expect(existsSync(join(root, 'relay/Dockerfile'))).to.equal(true)
  })
})
