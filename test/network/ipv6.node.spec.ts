import { expect } from 'chai'
import { createSecret } from 'ghmesh'
import { cli } from '../support/commands.ts'
import { createLab, type Lab } from './lab.ts'

describe('two machines that have no IPv4', () => {
  let lab: Lab
  before(() => {
    lab = createLab(['a', 'b'], cli, { version: 6 })
  })
  after(() => lab?.end())

  for (const [who, publicIp] of [
    ['members', undefined],
    ['a member that announces the address that it is given', 'fd77::1']
  ] as const)
    it(`${who}: an entry travels from one to the other`, async () => {
      const env = {
        CACHE_P2P_SHARED_SECRET: createSecret(),
        IPFS_ACCELERATE_P2P_CACHE_DIR: lab.folder('peers'),
        GHMESH_MDNS: '0'
      }
      const smoke = (machine: string, args: string[], more = {}) =>
        lab.ghmesh(machine, ['smoke', ...args, '--wait-seconds', '50'], { ...env, RUNNER_NAME: machine, ...more })
      const reader = smoke('a', ['--read'], { IPFS_ACCELERATE_PUBLIC_IP: publicIp })
      await reader.said(/^listening: \/ip6\/fd77::1\/tcp\/\d+\/p2p\/\w+$/m)
      const writer = smoke('b', ['--write', '--synthetic'])
      const [read, written] = await Promise.all([reader.ended, writer.ended])
      expect([read.code, written.code], read.stderr + written.stderr).to.deep.equal([0, 0])
      expect(read.stdout)
        .to.match(/^Received cache entry!$/m)
        .and.match(/^ {2}from: b$/m)
    })

  it('one that is probed by its address', async () => {
    // What a machine without IPv4 has for programs that need it (RFC 7335) leads nobody to it.
    const { code } = await lab.start('a', 'ip', ['addr', 'add', '192.0.0.2/32', 'dev', 'eth0']).ended
    expect(code).to.equal(0)
    const serving = lab.ghmesh('a', ['probe', '--serve'])
    await serving.said(/Answering probes/)
    const [, address = ''] = /^P2P_PROBE_MULTIADDR=(.*)$/m.exec(serving.printed()) ?? []
    expect(address).to.match(/^\/ip6\/fd77::1\/tcp\/9100\/p2p\/12D3\w+$/)
    for (const path of ['/tcp/9100', '/tcp/10100/ws']) {
      const probed = await lab.ghmesh('b', ['probe', address.replace('/tcp/9100', path)]).ended
      expect(probed.code, probed.stderr).to.equal(0)
      expect(probed.stdout).to.match(/^Reached another host$/m)
    }
    serving.child.kill('SIGINT')
    expect((await serving.ended).code).to.equal(0)
  })
})
