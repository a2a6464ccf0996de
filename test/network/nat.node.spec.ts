import { join } from 'node:path'
import { type GitHub, startGitHub } from '@ghmesh/github-sim'
import { createRelay, type Relay } from '@ghmesh/relay'
import { expect } from 'chai'
import { createSecret } from 'ghmesh'
import { cli, type Running, root } from '../support/commands.ts'
import { createLab, type Lab, type Nat } from './lab.ts'
import { startStun } from './stun.ts'

const small = '/repos/octocat/hello-world/languages'
const large = '/repos/octocat/hello-world/contributors'

/** JSON of about so many bytes that does not compress. */
function noise(bytes: number): object {
  let seed = 1
  return Array.from({ length: bytes / 11 }, () => (seed = (seed * 48_271) % 2_147_483_647))
}

const worlds: { name: string; nats: [Nat, Nat] | [Nat]; path: 'direct' | 'relayed'; transport: string }[] = [
  {
    name: 'two port-preserving NATs',
    nats: ['port-preserving', 'port-preserving'],
    path: 'direct',
    transport: 'webrtc'
  },
  { name: 'two symmetric NATs', nats: ['symmetric', 'symmetric'], path: 'relayed', transport: 'tcp' },
  {
    name: 'a port-preserving and a symmetric NAT',
    nats: ['port-preserving', 'symmetric'],
    path: 'relayed',
    transport: 'tcp'
  },
  { name: 'one NAT, both behind it', nats: ['symmetric'], path: 'direct', transport: 'tcp' }
]

for (const { name, nats, path, transport } of worlds) {
  describe(`members behind ${name}`, () => {
    const secret = createSecret()
    const running: Running[] = []
    let lab: Lab
    let github: GitHub
    let relay: Relay
    let stun: Awaited<ReturnType<typeof startStun>>

    before(async () => {
      lab = createLab(['nat-a', 'nat-b'], cli)
      if (nats.length === 1) lab.behind('nat-a', nats[0], ['a', 'b'])
      else {
        lab.behind('nat-a', nats[0], ['a'])
        lab.behind('nat-b', nats[1], ['b'])
      }
      github = await startGitHub({ host: lab.hub, secondaryLimits: false })
      stun = await startStun(lab.hub)
      relay = createRelay({ host: lab.hub })
      await relay.start()
    })
    after(async () => {
      for (const { child } of running) child.stdin?.end(`${JSON.stringify(['stop'])}\n`)
      await Promise.all(running.map(({ ended }) => ended))
      await lab?.end()
      await relay?.stop()
      stun?.stop()
      await github?.stop()
    })

    async function member(machine: string): Promise<Running> {
      const options = {
        secret,
        name: machine,
        mdns: false,
        relays: relay.addresses,
        iceServers: [{ urls: stun.url }],
        apiUrl: github.url,
        token: 'sim-token-alice'
      }
      const script = join(root, 'test/network/machines/member.mjs')
      const one = lab.start(machine, process.execPath, [script, JSON.stringify(options)])
      running.push(one)
      await one.said(/"type":"ready"/)
      return one
    }
    const tell = (to: Running, ...command: unknown[]) => to.child.stdin?.write(`${JSON.stringify(command)}\n`)

    // README: "Members that cannot reach each other"
    // README: "Behind two NATs they connect"
    it(`find each other through the relay, and end up ${path} (${transport})`, async () => {
      const [a, b] = [await member('a'), await member('b')]
      await Promise.all([a, b].map(({ said }) => said(/"type":"peer:connect"/)))
      for (const [one, other] of [
        [a, 'b'],
        [b, 'a']
      ] as const) {
        tell(one, 'path', other, path)
        await one.said(new RegExp(`"command":"path".*"path":"${path}","transport":"${transport}"`))
      }
    })

    it('hear each other’s gossip, and give each other 5 KB and 5 MB', async () => {
      const [a, b] = running as [Running, Running]
      tell(a, 'set', 'greeting', 'from a')
      await b.said(/"type":"received".*"url":"greeting"|"url":"greeting".*"type":"received"/)
      github.setBody(small, { noise: noise(5_000) })
      github.setBody(large, noise(5_000_000))
      for (const url of [small, large].map((path) => github.url + path)) {
        github.clearCalls()
        const received = b.said(new RegExp(`"type":"received","url":"${url}"`))
        tell(a, 'fetch', url)
        await a.said(new RegExp(`"command":"fetch","url":"${url}","status":200`))
        await received
        const calls = github.count()
        tell(b, 'fetch', url)
        await b.said(new RegExp(`"url":"${url}","status":200,"cacheStatus":"ghmesh; hit; detail=peer"`))
        expect(github.count()).to.equal(calls)
      }
    })

    // README: "Put that line into the environment"
    // README: "`GHMESH_RELAYS`"
    it('the runbook’s reader and writer', async () => {
      const env = (port: number) => ({
        GITHUB_API_URL: github.url,
        CACHE_P2P_SHARED_SECRET: createSecretOnce(),
        GHMESH_RELAYS: relay.addresses.join(),
        CACHE_LISTEN_PORT: String(port),
        GHMESH_MDNS: '0',
        GH_TOKEN: 'sim-token-alice'
      })
      const reader = lab.ghmesh('b', ['smoke', '--read', '--wait-seconds', '60'], env(9201))
      await reader.said(/Waiting up to/)
      const written = await lab.ghmesh('a', ['smoke', '--write'], env(9200)).ended
      expect(written.code, written.stderr).to.equal(0)
      expect(written.stdout).to.match(/^connected_peers: [1-9]/m)
      const read = await reader.ended
      expect(read.code, read.stderr).to.equal(0)
      expect(read.stdout).to.match(/^Received cache entry!$/m)
    })

    let runbookSecret: string | undefined
    const createSecretOnce = () => (runbookSecret ??= createSecret())
  })
}
