import { createServer } from 'node:http'
import { join } from 'node:path'
import { type GitHub, startGitHub } from '@ghmesh/github-sim'
import { createRelay, type Relay, type RelayOptions } from '@ghmesh/relay'
import { expect } from 'chai'
import { createMesh, createSecret, libp2pTransport, type Mesh, memoryStore, version } from 'ghmesh'
import { groupIdOf, groupKeyOf } from 'ghmesh/protocol'
import { between, isCircuit } from '../../../test/libp2p/nat.ts'
import { createCommands } from '../../../test/support/commands.ts'
import type { Check } from '../src/doctor/check.ts'
import { checkRelays } from '../src/doctor/relays.ts'
import { checkWebRtc } from '../src/doctor/webrtc.ts'
import type { Why } from '../src/probe/why.ts'
import { askSocket } from '../src/proxy/ask-socket.ts'

const alice = 'sim-token-alice'
const somebody = '12D3KooWKoX63riwyW2VWY5w13isHgQg2R6VsfJQTBKCWD9EPz3X'
const figures = `\\(\\d+\\.\\d ms, version ${version}\\)`

describe('the commands and relays', () => {
  const commands = createCommands()
  const secret = createSecret()
  const relays: Relay[] = []
  const members: Mesh[] = []
  let github: GitHub

  before(async () => {
    github = await startGitHub({ secondaryLimits: false })
  })
  afterEach(async () => {
    await Promise.all(members.splice(0).map((member) => member.stop()))
    await Promise.all(relays.splice(0).map((relay) => relay.stop()))
  })
  after(async () => {
    await commands.end()
    await github.stop()
    for (const hidden of [alice, secret]) expect(commands.printed()).to.not.contain(hidden)
  })

  type Env = Record<string, string | undefined>
  const user = (more: Env = {}): Env => ({
    XDG_CACHE_HOME: commands.folder('user'),
    GITHUB_API_URL: github.url,
    GH_TOKEN: alice,
    GHMESH_MDNS: '0',
    IPFS_ACCELERATE_P2P_FORCE_LOCALHOST: '1',
    CACHE_LISTEN_PORT: '0',
    CACHE_P2P_SHARED_SECRET: secret,
    ...more
  })

  async function startRelay(options: RelayOptions = {}): Promise<Relay> {
    const relay = createRelay({ host: '127.0.0.1', tcpPort: 0, webSocketPort: 0, ...options })
    await relay.start()
    relays.push(relay)
    return relay
  }
  const full = () => startRelay({ limits: { reservations: 0 } })
  const ofOthers = () => startRelay({ groups: ['0'.repeat(64)] })
  const through = (...all: (Relay | string)[]): Env =>
    user({ GHMESH_RELAYS: all.flatMap((one) => (typeof one === 'string' ? one : one.addresses)).join() })
  const tcpOf = (relay: Relay) => relay.addresses.find((address) => !address.includes('/ws')) as string

  /** A member that others reach through its relays alone. */
  async function startMember(name: string, ...through: Relay[]): Promise<Mesh> {
    const addresses = through.flatMap((relay) => relay.addresses)
    const own = libp2pTransport({ listenPort: 0, forceLocalhost: true, relays: addresses })
    const hidden = new Proxy(
      between(own, (address) => isCircuit(address) || addresses.includes(address)),
      {
        get: (target, name) =>
          name === 'addresses' ? own.addresses.filter(isCircuit) : Reflect.get(target, name, target)
      }
    )
    const member = await createMesh({
      apiUrl: github.url,
      secret,
      name,
      token: alice,
      mdns: false,
      store: memoryStore(),
      cacheDir: commands.folder('member'),
      ...(addresses.length > 0 ? { transport: hidden, relays: addresses } : { listenPort: 0, forceLocalhost: true })
    })
    members.push(member)
    return member
  }

  async function startProxy(env: Env) {
    const proxy = commands.ghmesh(['proxy'], env)
    await proxy.said(/^listening on .*\n/m)
    return proxy
  }
  const socketOf = (env: Env) => join(env.XDG_CACHE_HOME as string, 'ghmesh/run/proxy.sock')

  /** Runs a command until what it says fits: a relay answers when it answers. */
  async function until<T>(look: () => Promise<T>, fits: (found: T) => boolean): Promise<T> {
    for (;;) {
      const found = await look()
      if (fits(found)) return found
    }
  }

  describe('doctor', () => {
    async function doctor(env: Env, ...args: string[]) {
      const { code, stdout, stderr } = await commands.ghmesh(['doctor', '--json', ...args], env).ended
      expect(stderr).to.equal('')
      const { checks } = JSON.parse(stdout) as { checks: Check[] }
      const said = (name: string) => {
        const check = checks.find((one) => one.name === name)
        return check && `${check.status}: ${check.message}${check.fix === undefined ? '' : ` (${check.fix})`}`
      }
      return { code, relays: said('relays'), webrtc: said('webrtc'), members: said('members') }
    }
    const doctorSays = (env: Env, relays: RegExp) =>
      until(
        () => doctor(env, '--wait-seconds', '2'),
        (found) => relays.test(found.relays ?? '')
      )

    it('without any: that is well, and WebRTC does not matter', async () => {
      const { relays, webrtc } = await doctor(user(), '--wait-seconds', '0.1')
      expect(relays).to.equal('ok: none; needed only behind strict NATs and for browsers')
      expect(webrtc).to.equal(undefined)
    })

    it('without a secret, or with an address that is none: not checked', async () => {
      const relay = await startRelay()
      const env = { ...through(relay), CACHE_P2P_SHARED_SECRET: undefined }
      const none = await doctor(env, '--wait-seconds', '0.1')
      expect(none.relays).to.equal('warning: not checked: they are used only with a secret')
      const wrong = await doctor({ ...env, GHMESH_RELAYS: 'relay.example' }, '--wait-seconds', '0.1')
      expect(wrong.relays).to.equal('warning: not checked: a setting is invalid')
    })

    it('one that gives a place: says how far it is, and whom one meets there', async () => {
      const relay = await startRelay()
      await startMember('second', relay)
      const env = { ...through(relay), GHMESH_ICE_SERVERS: 'stun:127.0.0.1:1' }
      const found = await doctor(env, '--wait-seconds', '20')
      expect(found.relays).to.match(new RegExp(`^ok: …${relay.peerId.slice(-8)} granted a reservation ${figures}$`))
      expect(found.webrtc).to.match(/^ok: possible if NATs preserve ports; behind symmetric ones the relay carries/)
      expect(found.members).to.match(/^ok: 1 connected within 20 s: second \(/)
    })

    it('one for a group of this key only', async () => {
      const relay = await startRelay({ groups: [await groupIdOf(await groupKeyOf(secret))] })
      expect((await doctorSays(through(relay), /^ok: …\w{8} granted a reservation/)).webrtc).to.match(
        /^warning: only within one network, because no STUN server is set; .*\(set GHMESH_ICE_SERVERS=stun:HOST:PORT/
      )
    })

    it('one that cannot be reached, or is another by now', async () => {
      const relay = await startRelay()
      const { addresses, peerId } = relay
      const other = await doctor(through(tcpOf(relay).replace(peerId, somebody)), '--wait-seconds', '1')
      expect(other.relays).to.match(
        new RegExp(
          `^failure: …\\w{8} cannot be used: another process answers at .*: ${peerId} \\(copy the line GHMESH_R`
        )
      )
      await relay.stop()
      const gone = await doctor(through(...addresses), '--wait-seconds', '1')
      expect(gone.code).to.equal(1)
      expect(gone.relays).to.match(
        /^failure: …\w{8} cannot be used: nothing listens at 127\.0\.0\.1 port \d+ \(is ghmesh-relay running there, /
      )
    })

    it('one that serves other groups, one without a place, and what is no relay', async () => {
      const serving = await doctorSays(through(await ofOthers()), /proof/)
      expect(serving.relays).to.match(
        new RegExp(
          `^failure: …\\w{8} refuses the proof of this member, .* ${figures} \\(.*--group "\\$\\(ghmesh group\\)"`
        )
      )
      const crowded = await doctorSays(through(await full()), /no reservation/)
      expect(crowded.relays).to.match(/^failure: …\w{8} grants no reservation: it is full.*--limit reservations=/)
      const [address = ''] = (await startMember('second')).addresses
      const member = await doctorSays(through(address), /not a relay/)
      expect(member.relays).to.match(
        new RegExp(`^failure: …\\w{8} is a ghmesh, but not a relay ${figures} \\(copy the line`)
      )
    })

    it('one that tells browsers’ addresses only, and another program', async () => {
      const direct = `/ip4/127.0.0.1/udp/4003/webrtc-direct/certhash/uEiC9MYYyH3SgT0VoaL3mSxLhAXNYMUVs4zggQDQ4vtisVg/p2p/${somebody}`
      expect((await doctor(through(direct), '--wait-seconds', '1')).relays).to.match(
        /^failure: .*this machine cannot dial .* \(also set an address of the relay with \/tcp\//
      )
      const web = createServer((_req, res) => void res.end('hello'))
      const port = await new Promise<number>((resolve) =>
        web.listen(0, '127.0.0.1', () => resolve((web.address() as { port: number }).port))
      )
      const { relays } = await doctor(
        through(direct, `/ip4/127.0.0.1/tcp/${port}/p2p/${somebody}`),
        '--wait-seconds',
        '1'
      ).finally(() => web.close())
      expect(relays).to.match(
        /^failure: …\w{8} cannot be used: the program at .* is not a ghmesh .*ghmesh-relay running/
      )
    })

    it('two of which one can be used: a warning', async () => {
      const relay = await startRelay()
      const { code, relays } = await doctorSays(
        through(relay, `/ip4/127.0.0.1/tcp/1/p2p/${somebody}`),
        /granted a reservation/
      )
      expect(code).to.equal(0)
      expect(relays).to.match(/^warning: …\w{8} granted a reservation .*; …WD9EPz3X cannot be used: nothing listens/)
    })

    it('with a proxy: as the proxy says, and what it was not told of', async () => {
      const relay = await startRelay()
      const env = through(relay)
      const proxy = await startProxy(env)
      const { relays } = await doctorSays(env, /granted a reservation/)
      expect(relays).to.match(new RegExp(`^ok: …${relay.peerId.slice(-8)} granted a reservation ${figures}$`))
      const told = await doctorSays({ ...env, GHMESH_RELAYS: undefined }, /granted a reservation/)
      expect(told.webrtc).to.match(/^warning: only within/)
      const other = await startRelay()
      const late = await doctorSays({ ...env, GHMESH_RELAYS: other.addresses.join() }, /granted a reservation/)
      expect(late.relays).to.match(
        new RegExp(
          `; …${other.peerId.slice(-8)} is not known to ghmesh proxy \\(process ${proxy.child.pid}\\) \\(restart the`
        )
      )
      await relay.stop()
      expect((await doctorSays(env, /nothing listens/)).relays).to.match(/^failure: /)
      proxy.child.kill('SIGTERM')
      await proxy.ended
    })

    it('says what to do, whatever is wrong', () => {
      const relay = { id: somebody, address: `/ip4/192.0.2.1/tcp/4001/p2p/${somebody}`, state: 'away' as const }
      const reasons: Record<Why['reason'], RegExp> = {
        refused: /ghmesh-relay running/,
        timeout: /firewall.*ufw allow 4001\/tcp.*--announce/,
        unroutable: /--announce/,
        name: /spelt correctly/,
        'wrong-peer': /copy the line/,
        self: /copy the line/,
        'not-ghmesh': /ghmesh-relay running/,
        silent: /overloaded/,
        unsupported: /with \/tcp\//,
        failed: /ghmesh-relay running/
      }
      for (const [reason, fix] of Object.entries(reasons) as [Why['reason'], RegExp][]) {
        const why = { reason, message: 'so it is', fix: 'that of a probe' }
        const found = checkRelays({ peers: [], relays: [relay], reached: new Map([[somebody, { why }]]) })
        expect(found.status).to.equal('failure')
        expect(found.message).to.equal(`…${somebody.slice(-8)} cannot be used: so it is`)
        expect(found.fix).to.match(fix)
      }
      const report = { peerId: somebody, path: 'direct' as const, transport: 'tcp' as const, version, rttMs: [3, 2] }
      const slow = (proxy?: number) =>
        checkRelays({ peers: [], relays: [relay], reached: new Map([[somebody, { report }]]), proxy })
      expect(slow()).to.include({ status: 'failure', fix: 'wait longer with --wait-seconds' })
      expect(slow().message).to.contain(`answers, but has not granted a reservation yet (2.0 ms, version ${version})`)
      expect(slow(7).fix).to.match(/^the proxy keeps trying/)
    })

    it('WebRTC: what is missing for direct ways, and that it works without', () => {
      const said = (installed: boolean, ...servers: string[]) => {
        const { status, message, fix } = checkWebRtc(installed, servers)
        return `${status}: ${message} (${fix})`
      }
      expect(said(true, 'stun:a')).to.match(/^ok: possible/)
      expect(said(true)).to.match(/^warning: .*the relay carries everything.*set GHMESH_ICE_SERVERS/)
      expect(said(false, 'stun:a')).to.match(
        /^warning: GHMESH_ICE_SERVERS is not used.*npm i @libp2p\/webrtc.*overrides/
      )
      expect(said(false)).to.match(/^ok: not set up: the relay carries everything.*npm i @libp2p\/webrtc.*ICE_SERVERS/)
    })
  })

  describe('peers', () => {
    const peers = (env: Env, ...args: string[]) => commands.ghmesh(['peers', ...args], env).ended

    it('shows relays below the members, without a proxy and with one', async () => {
      const relay = await startRelay()
      const member = await startMember('second', relay)
      const env = through(relay)
      type Found = { proxy?: number; peers: { name?: string }[]; relays: { state: string }[] }
      const look = async (): Promise<Found> => JSON.parse((await peers(env, '--json', '--wait-seconds', '2')).stdout)
      const together = (found: Found) => found.peers[0]?.name === 'second' && found.relays[0]?.state === 'reserved'
      const found = await until(look, together)
      expect(found.relays).to.deep.equal([{ peer_id: relay.peerId, address: relay.addresses[0], state: 'reserved' }])
      expect(found.peers[0]).to.include({ peer_id: member.peerId, path: 'relayed' })

      const proxy = await startProxy(env)
      expect((await until(look, together)).proxy).to.equal(proxy.child.pid)
      const { stdout, stderr, code } = await peers(env)
      expect([code, stderr]).to.deep.equal([0, ''])
      expect(stdout).to.match(
        new RegExp(
          `^name +peer id .*\nsecond +${member.peerId} +relayed +tcp .*\n\nrelay +state +address\n` +
            `${relay.peerId} +reserved +/ip4/127\\.0\\.0\\.1/tcp/\\d+(?:/ws)?\n(?:\n(?:listening: /ip4/\\S+\n)+)?$`
        )
      )
      const { text } = await askSocket(socketOf(env), { path: '/ghmesh/metrics' })
      expect(text)
        .to.match(/^ghmesh_relays\{state="reserved"\} 1$/m)
        .and.match(/^ghmesh_relays\{state="away"\} 0$/m)
      proxy.child.kill('SIGTERM')
      await proxy.ended
    })

    it('says so where there is a relay and nobody else, or a relay that gives nothing', async () => {
      const [good, others] = [await startRelay(), await ofOthers()]
      const alone = await until(
        () => peers(through(good), '--wait-seconds', '1'),
        ({ stdout }) => /reserved/.test(stdout)
      )
      expect(alone.stderr).to.match(
        /^ghmesh: no members within 1 s; .*; others of this group can reach this one through 1 relay\n$/
      )
      expect(alone.stdout).to.match(/^relay +state +address\n12D3\w+ +reserved /)
      const refused = await until(
        () => peers(through(others), '--wait-seconds', '1'),
        ({ stdout }) => /serving/.test(stdout)
      )
      expect(refused.stderr).to.equal('ghmesh: no members within 1 s; wait longer with --wait-seconds\n')
      expect(refused.stdout).to.match(/\n12D3\w+ +connected, not serving this group +\/ip4/)
      const crowded = await full()
      const json = await until(
        async () => JSON.parse((await peers(through(crowded), '--json', '--wait-seconds', '1')).stdout),
        ({ relays }) => relays[0].refused !== undefined
      )
      expect(json.relays).to.deep.equal([
        { peer_id: crowded.peerId, address: crowded.addresses[0], state: 'connected', refused: 'place' }
      ])
      const away = await peers(through(`/ip4/127.0.0.1/tcp/1/p2p/${somebody}`), '--wait-seconds', '0.2')
      expect(away.stdout).to.match(new RegExp(`\n${somebody} +away +/ip4/127\\.0\\.0\\.1/tcp/1\n$`))
    })
  })

  describe('probe', () => {
    const probe = (address: string, ...args: string[]) => commands.ghmesh(['probe', address, ...args], user()).ended

    it('of a relay: it answers, and says that it is one', async () => {
      const relay = await startRelay()
      const { code, stdout } = await probe(tcpOf(relay))
      expect(code).to.equal(0)
      expect(stdout).to.match(
        new RegExp(`^Reached this same host\n {2}host: not shown: it is a relay\n {2}peer_id: ${relay.peerId}\n`)
      )
      const line = await probe(`GHMESH_RELAYS=${relay.addresses.join()}`, '--json')
      expect(JSON.parse(line.stdout)).to.include({ ok: true, address: relay.addresses[0], relay: true })
    })

    it('of what takes more than a probe has: says what to do instead', async () => {
      const relay = await startRelay()
      for (const more of ['/p2p-circuit', '/p2p-circuit/webrtc']) {
        const { code, stdout, stderr } = await probe(`${tcpOf(relay)}${more}/p2p/${somebody}`)
        expect([code, stdout]).to.deep.equal([2, ''])
        expect(stderr).to.match(/^ghmesh: a probe goes directly to a machine, .* a probe has no secret\. [^\n]+\n$/)
        expect(stderr).to.contain(`Probe the relay's own address, ${tcpOf(relay)};`)
      }
      for (const kind of ['/udp/4003/webrtc-direct', '/webrtc']) {
        const { code, stderr } = await probe(`/ip4/127.0.0.1${kind}/p2p/${somebody}`)
        expect([code, stderr.split('\n').length]).to.deep.equal([2, 2])
        expect(stderr).to.match(/ use an address with \/tcp\/.*\/webrtc-direct is for browsers.*@libp2p\/webrtc/)
      }
    })
  })
})
