import { execFileSync } from 'node:child_process'
import { expect } from 'chai'
import { createSecret, version } from 'ghmesh'
import { cli } from '../support/commands.ts'
import { createLab, type Lab } from './lab.ts'

describe('ghmesh probe between two machines', () => {
  let lab: Lab
  before(() => {
    lab = createLab(['a', 'b'], cli)
  })
  after(() => lab?.end())

  /** Runs on machine a until the test is over; resolves to the address that it prints first. */
  async function serve<T>(work: (address: string) => Promise<T>): Promise<T> {
    const from = lab.printed().length
    const serving = lab.ghmesh('a', ['probe', '--serve'])
    await serving.said(/Answering probes/)
    const [, address = ''] = /^P2P_PROBE_MULTIADDR=(.*)$/m.exec(lab.printed().slice(from)) ?? []
    try {
      return await work(address)
    } finally {
      serving.child.kill('SIGINT')
      expect((await serving.ended).code).to.equal(0)
    }
  }
  const probe = (address: string, ...args: string[]) =>
    lab.ghmesh('b', ['probe', ...args], { P2P_REMOTE_MULTIADDR: address }).ended

  // README: "`ghmesh probe --serve` prints"
  // README: "`CACHE_LISTEN_PORT`"
  it('the address that one prints is reached from the other', async () => {
    await serve(async (address) => {
      expect(address).to.match(new RegExp(`^/ip4/${lab.addressOf('a')}/tcp/9100/p2p/12D3\\w+$`))
      const { code, stdout } = await probe(address)
      expect(code).to.equal(0)
      expect(stdout)
        .to.match(/^Reached another host$/m)
        .and.match(/^ {2}round trip: min .* \(5 rounds\)$/m)
        .and.match(/^ {2}path: direct, tcp$/m)
      const json = JSON.parse((await probe(address.replace('/tcp/9100', '/tcp/10100/ws'), '--json')).stdout)
      expect(json).to.include({ ok: true, version, transport: 'websocket', other_host: true })
    })
  })

  it('a running member is reached too', async () => {
    const member = lab.ghmesh('a', ['smoke', '--read', '--wait-seconds', '50'], {
      CACHE_P2P_SHARED_SECRET: createSecret(),
      GHMESH_MDNS: '0',
      RUNNER_NAME: 'private name'
    })
    const from = lab.printed().length
    await member.said(/listening: \S+\n/)
    const [, address = ''] = /listening: (\S+)/.exec(lab.printed().slice(from)) ?? []
    const { code, stdout } = await probe(address)
    member.child.kill('SIGINT')
    await member.ended
    expect(code).to.equal(0)
    expect(stdout)
      .to.match(/^Reached another host$/m)
      .and.not.contain('private name')
  })

  for (const [name, port] of [
    ['TCP', '/tcp/9100'],
    ['WebSocket', '/tcp/10100/ws']
  ] as const) {
    it(`a port that a firewall closes, by ${name}: says to open it`, async () => {
      const nft = (...args: string[]) => execFileSync('ip', ['netns', 'exec', 'a', 'nft', ...args])
      nft('add', 'table', 'inet', 'wall')
      nft('add', 'chain', 'inet', 'wall', 'in', '{ type filter hook input priority 0; }')
      nft('add', 'rule', 'inet', 'wall', 'in', 'tcp', 'dport', '{ 9100, 10100 }', 'drop')
      await serve(async (address) => {
        const { code, stdout, stderr } = await probe(address.replace('/tcp/9100', port), '--wait-seconds', '2')
        expect([code, stdout]).to.deep.equal([1, ''])
        expect(stderr).to.match(
          /^ghmesh: 10\.77\.0\.1 port (9100|10100) does not answer: a firewall .*sudo ufw allow \1\/tcp\)/
        )
      }).finally(() => nft('delete', 'table', 'inet', 'wall'))
    })
  }

  it('nothing listens: says so at once', async () => {
    const gone = await serve(async (address) => address)
    const { code, stderr } = await probe(gone)
    expect(code).to.equal(1)
    expect(stderr).to.match(/^ghmesh: nothing listens at 10\.77\.0\.1 port 9100; is "ghmesh probe --serve" running/)
  })

  it('the address of an earlier start: says to copy it again', async () => {
    const earlier = await serve(async (address) => address)
    await serve(async (address) => {
      const { code, stderr } = await probe(earlier)
      expect(code).to.equal(1)
      expect(stderr).to.match(
        new RegExp(`^ghmesh: another process answers at 10\\.77\\.0\\.1 port 9100: ${address.split('/').at(-1)}; copy`)
      )
    })
  })

  it('a machine that is not there, and a network that is not', async () => {
    const address = await serve(async (address) => address)
    const elsewhere = (host: string) =>
      probe(address.replace(lab.addressOf('a'), host), '--wait-seconds', '20', '--json')
    const [absent, unknown] = await Promise.all([elsewhere('10.77.0.77'), elsewhere('10.99.0.1')])
    expect([absent, unknown].map(({ code, stdout }) => [code, JSON.parse(stdout).reason])).to.deep.equal([
      [1, 'unroutable'],
      [1, 'unroutable']
    ])
  })
})
