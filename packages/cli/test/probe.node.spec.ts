import { once } from 'node:events'
import { createServer as createHttp } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { hostname } from 'node:os'
import { expect } from 'chai'
import { createMesh, createSecret, libp2pTransport, MeshError, memoryStore, version } from 'ghmesh'
import { createCommands, type Running } from '../../../test/support/commands.ts'
import { whyNot } from '../src/probe/why.ts'

const somebody = '12D3KooWKoX63riwyW2VWY5w13isHgQg2R6VsfJQTBKCWD9EPz3X'

describe('ghmesh probe', () => {
  const commands = createCommands()
  const own = { IPFS_ACCELERATE_P2P_FORCE_LOCALHOST: '1' }
  const probe = (args: readonly string[], env: Record<string, string> = {}) =>
    commands.ghmesh(['probe', ...args], { ...own, ...env }).ended
  after(() => commands.end())

  describe('of a machine that serves', () => {
    let serving: Running
    let lines: string[]
    let address: string

    before(async () => {
      serving = commands.ghmesh(['probe', '--serve', '--listen-port', '0'], own)
      await serving.said(/Answering probes[^\n]*\n.*\n/)
      lines = commands.printed().match(/^P2P_PROBE_MULTIADDR=.*$/gm) ?? []
      address = (lines[0] ?? '').replace('P2P_PROBE_MULTIADDR=', '')
    })
    after(async () => {
      serving.child.kill('SIGINT')
      const { code, stdout, stderr } = await serving.ended
      expect([code, stdout]).to.deep.equal([0, `${lines.join('\n')}\n`])
      expect(stderr).to.match(/^ghmesh: this address works on this machine only/m)
      expect(stderr).to.contain(`P2P_REMOTE_MULTIADDR=${address} ghmesh probe`)
    })

    // README: "`ghmesh probe --serve` prints"
    it('prints its addresses, TCP first', () => {
      expect(lines).to.have.length(2)
      expect(address).to.match(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\/12D3\w+$/)
      expect(lines[1]).to.match(/\/ws\/p2p\//)
    })

    // README: "`ghmesh probe --serve` prints"
    // README: "It needs no secret and no token."
    it('says who answers, and that this is no other host', async () => {
      const { code, stdout, stderr } = await probe([address])
      expect([code, stderr]).to.deep.equal([
        0,
        'ghmesh: the answer came from this machine itself, so it proves nothing about the path to another one\n'
      ])
      const ms = '\\d+\\.\\d ms'
      expect(stdout).to.match(
        new RegExp(
          `^Reached this same host\n  host: ${hostname()}\n  peer_id: ${address.split('/').at(-1)}\n  version: ${version}\n` +
            `  round trip: min ${ms}, avg ${ms}, max ${ms} \\(5 rounds\\)\n  path: direct, tcp\n$`
        )
      )
    })

    it('takes the address from the variable, and the whole line as it was copied', async () => {
      const [named, copied] = await Promise.all([
        probe(['--json'], { P2P_REMOTE_MULTIADDR: address }),
        probe(['--json', lines[1] as string])
      ])
      expect([named.code, copied.code]).to.deep.equal([0, 0])
      const { rtt_ms, ...report } = JSON.parse(named.stdout)
      expect(report).to.deep.equal({
        ok: true,
        address,
        peer_id: address.split('/').at(-1),
        host: hostname(),
        relay: false,
        version,
        path: 'direct',
        transport: 'tcp',
        other_host: false
      })
      expect(rtt_ms.rounds).to.equal(5)
      expect(rtt_ms.min).to.be.greaterThan(0).and.at.most(rtt_ms.avg)
      expect(rtt_ms.avg).to.be.at.most(rtt_ms.max)
      expect(JSON.parse(copied.stdout).transport).to.equal('websocket')
    })

    it('at another address than is said, by another peer: says to copy it again', async () => {
      const other = address.replace(/p2p\/\w+$/, `p2p/${somebody}`)
      const { code, stdout, stderr } = await probe([other])
      expect([code, stdout]).to.deep.equal([1, ''])
      expect(stderr).to.match(
        /^ghmesh: another process answers at 127\.0\.0\.1 port \d+: 12D3\w+; copy the address again/
      )
      const json = await probe([other, '--json'])
      expect(json.code).to.equal(1)
      expect(JSON.parse(json.stdout)).to.include({ ok: false, address: other, reason: 'wrong-peer' })
    })
  })

  it('--serve --json: one document, and exit code 0 for SIGTERM too', async () => {
    const serving = commands.ghmesh(['probe', '--serve', '--listen-port', '0', '--json'], own)
    await serving.said(/Answering probes/)
    serving.child.kill('SIGTERM')
    const { code, stdout } = await serving.ended
    expect(code).to.equal(0)
    const { addresses, ...rest } = JSON.parse(stdout)
    expect(rest).to.deep.equal({ host: hostname(), peer_id: addresses[0].split('/').at(-1), version })
  })

  it('of a member: it answers, and keeps its name to itself', async () => {
    const mesh = await createMesh({
      secret: createSecret(),
      name: 'whose name is private',
      token: 'sim-token-alice',
      apiUrl: 'http://127.0.0.1:1',
      cacheDir: commands.folder('member'),
      store: memoryStore(),
      listenPort: 0,
      forceLocalhost: true,
      discovery: []
    })
    const { code, stdout } = await probe([mesh.addresses[0] as string]).finally(() => mesh.stop())
    expect(code).to.equal(0)
    expect(stdout)
      .to.contain(mesh.peerId as string)
      .and.contain('host: not shown: members reveal it to members only')
    expect(commands.printed()).to.not.contain('whose name')
  })

  it('of another host behind a forwarded port: its name tells, and cannot steer the terminal', async () => {
    const transport = libp2pTransport({ listenPort: 0, forceLocalhost: true })
    await transport.start(['topic'], {
      message: async () => 'ignore',
      async *request() {},
      connect() {},
      disconnect() {},
      probed: () => 'laptop-b\u001b[2J\n'
    })
    const { code, stdout, stderr } = await probe([transport.addresses[0] as string]).finally(() => transport.stop())
    expect([code, stderr]).to.deep.equal([0, ''])
    expect(stdout).to.match(/^Reached another host\n {2}host: laptop-b\?\[2J\?\n {2}peer_id/)
  })

  describe('of nobody', () => {
    const at = (port: number, more = '') => `/ip4/127.0.0.1/tcp/${port}${more}/p2p/${somebody}`
    const listen = async (server: ReturnType<typeof createServer>) => {
      await once(server.listen(0, '127.0.0.1'), 'listening')
      return (server.address() as AddressInfo).port
    }

    for (const more of ['', '/ws']) {
      // README: "`ghmesh probe --serve` prints"
      it(`nothing listens${more && ', by WebSocket'}: says so at once`, async () => {
        const closed = createServer()
        const port = await listen(closed)
        closed.close()
        const { code, stdout, stderr } = await probe([at(port, more)])
        expect([code, stdout, stderr]).to.deep.equal([
          1,
          '',
          `ghmesh: nothing listens at 127.0.0.1 port ${port}; is "ghmesh probe --serve" running there, and is this the port that it prints?\n`
        ])
      })

      it(`a web server${more && ', by WebSocket'}: it is no ghmesh`, async () => {
        const web = createHttp((_req, res) => void res.end('hello'))
        const { code, stderr } = await probe([at(await listen(web), more)]).finally(() => web.close())
        expect(code).to.equal(1)
        expect(stderr).to.match(/^ghmesh: the program at 127\.0\.0\.1 port \d+ is not a ghmesh that answers probes; /)
      })
    }

    it('a port that is open and says nothing', async () => {
      const sockets = new Set<{ destroy(): void }>()
      const mute = createServer((socket) => void sockets.add(socket))
      const { code, stdout } = await probe([at(await listen(mute)), '--wait-seconds', '1', '--json'])
      for (const socket of sockets) socket.destroy()
      mute.close()
      expect(code).to.equal(1)
      expect(JSON.parse(stdout).reason).to.equal('silent')
    })

    it('Ctrl-C while it waits ends it at once', async () => {
      const sockets = new Set<{ destroy(): void }>()
      const mute = createServer((socket) => void sockets.add(socket))
      const address = at(await listen(mute))
      const waiting = commands.ghmesh(['probe', address, '--wait-seconds', '600'], own)
      await once(mute, 'connection')
      waiting.child.kill('SIGINT')
      expect((await waiting.ended).code).to.equal(130)
      for (const socket of sockets) socket.destroy()
      mute.close()
    })
  })

  describe('says what to do, by kind of failure', () => {
    const address = `/ip4/192.0.2.7/tcp/9107/p2p/${somebody}`
    const because = (cause: object, connected = false, of = address) =>
      whyNot(new MeshError('ERR_TRANSPORT', 'cannot reach', { cause }), of, connected)
    const failed = (name: string, message = '') => Object.assign(new Error(message), { name })

    const cases: [cause: object, reason: string, said: RegExp][] = [
      [{ code: 'ECONNREFUSED' }, 'refused', /nothing listens at 192\.0\.2\.7 port 9107; .*--serve" running/],
      [{ code: 'ETIMEDOUT' }, 'timeout', /firewall.*ufw allow 9107\/tcp.*a relay .*GHMESH_RELAYS/],
      [{ code: 'EHOSTUNREACH' }, 'unroutable', /no route .*one network or VPN/],
      [{ code: 'ENETUNREACH' }, 'unroutable', /no route/],
      [{ code: 'ENOTFOUND' }, 'name', /192\.0\.2\.7 cannot be resolved/],
      [{ code: 'EAI_AGAIN' }, 'name', /cannot be resolved/],
      [failed('UnsupportedProtocolError'), 'not-ghmesh', /not a ghmesh that answers probes; .*as new/],
      [failed('InvalidPeerIdError', 'Can not dial self'), 'self', /belongs to this process/],
      [failed('NoValidAddressesError'), 'unsupported', /cannot dial .*\/tcp\//],
      [new AggregateError([{ code: 'ECONNREFUSED' }]), 'refused', /nothing listens/]
    ]
    for (const [cause, reason, said] of cases) {
      it(`${reason}: ${(cause as Error).name ?? (cause as { code: string }).code}`, async () => {
        const why = await because(cause)
        expect(why.reason).to.equal(reason)
        expect(`${why.message}; ${why.fix}`).to.match(said)
      })
    }

    it('connected, and then nothing', async () => {
      expect((await because(failed('TimeoutError'), true)).reason).to.equal('silent')
      const wrong = new MeshError('ERR_PROTOCOL', 'answered something else')
      expect((await whyNot(wrong, address, true)).reason).to.equal('not-ghmesh')
    })

    it('an address that is no TCP', async () => {
      const why = await because(failed('Odd', 'out of luck\u001b[2J'), false, `/unix/x/p2p/${somebody}`)
      expect([why.reason, why.message]).to.deep.equal([
        'failed',
        `/unix/x/p2p/${somebody} cannot be reached: out of luck?[2J`
      ])
    })
  })

  describe('used wrongly: one line, exit code 2', () => {
    const cases: [args: string[], said: RegExp, env?: Record<string, string>][] = [
      [[], /give the address .*P2P_REMOTE_MULTIADDR/],
      [['/ip4/127.0.0.1/tcp/9100'], / end in \/p2p\/<peer id>; copy the whole line/],
      [['garbage'], /must be a multiaddr/],
      [[`/ip4/127.0.0.1/tcp/99999/p2p/${somebody}`], /must be a multiaddr/],
      [['/ip4/127.0.0.1/tcp/9100/p2p/nobody'], /must be a multiaddr/],
      [[`/ip4/127.0.0.1/udp/9100/quic-v1/p2p/${somebody}`], /cannot dial .*use an address with \/tcp\//],
      [['--serve', `/ip4/127.0.0.1/tcp/9100/p2p/${somebody}`], /--serve answers probes: /],
      [['--serve', '--wait-seconds', '3'], /--serve answers probes: /],
      [['--listen-port', '9100', 'x'], /--listen-port needs --serve/],
      [['--serve', '--listen-port', '99999'], /see ghmesh probe --help/],
      [['--serve'], /CACHE_LISTEN_PORT takes .*received "many"/, { CACHE_LISTEN_PORT: 'many' }],
      [[`/ip4/127.0.0.1/tcp/9100/p2p/${somebody}`, '--wait-seconds', 'x'], /see ghmesh probe --help/]
    ]
    for (const [args, said, env] of cases) {
      it(args.join(' ') || 'no address', async () => {
        const { code, stdout, stderr } = await probe(args, env)
        expect([code, stdout]).to.deep.equal([2, ''])
        expect(stderr)
          .to.match(said)
          .and.match(/^ghmesh: [^\n]+\n$/)
      })
    }
  })
})
