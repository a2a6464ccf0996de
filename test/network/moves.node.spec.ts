import { join } from 'node:path'
import { expect } from 'chai'
import { createSecret } from 'ghmesh'
import { cli } from '../support/commands.ts'
import { createLab, type Lab } from './lab.ts'

describe('machines that move to another network', function () {
  this.timeout(60_000)
  let lab: Lab
  before(() => {
    lab = createLab(['a', 'b'], cli)
  })
  after(() => lab?.end())

  it('find each other there, though none of them was started anew', async () => {
    const secret = createSecret()
    lab.cut('b')
    const machines = await Promise.all(
      ['a', 'b'].map(async (name) => {
        const folder = lab.folder(name)
        const place = ['--socket', join(folder, 's')]
        const env = {
          CACHE_P2P_SHARED_SECRET: secret,
          XDG_CACHE_HOME: folder,
          RUNNER_NAME: name
        }
        const proxy = lab.ghmesh(name, ['proxy', ...place], env)
        await proxy.said(/^listening on /m)
        const look = async () => JSON.parse((await lab.ghmesh(name, ['peers', '--json', ...place], env).ended).stdout)
        return { name, proxy, look }
      })
    )
    for (const { name, look } of machines) {
      const { addresses, peers } = await look()
      // b has no network at all.
      expect(addresses[0]).to.include(`/ip4/${name === 'a' ? lab.addressOf('a') : '127.0.0.1'}/tcp/9100/`)
      expect(peers).to.deep.equal([])
    }
    lab.move('a', 'b')
    lab.restore('b')
    for (const { look } of machines) {
      let found = await look()
      while (found.peers.length === 0) found = await look()
      expect(found.peers[0]).to.include({ path: 'direct', transport: 'tcp' })
      for (const address of found.addresses) expect(address).to.match(/^\/ip4\/10\.77\.1\./)
    }
    for (const { proxy } of machines) {
      proxy.child.kill('SIGTERM')
      expect((await proxy.ended).code).to.equal(0)
    }
  })

  it('give up the connections that they had, and make new ones', async () => {
    const env = { CACHE_P2P_SHARED_SECRET: createSecret(), CACHE_LISTEN_PORT: '9100' }
    const members = ['a', 'b'].map((name) =>
      lab.ghmesh(name, ['smoke', '--read', '--wait-seconds', '110', '--verbose'], {
        ...env,
        XDG_CACHE_HOME: lab.folder(name),
        RUNNER_NAME: name
      })
    )
    await Promise.all(members.map(({ said }) => said(/ peer:connect /)))
    lab.move('a', 'b')
    // libp2p would notice after a minute or two. Where the other one comes back before, nothing is said.
    await Promise.any(members.map(({ said }) => said(/ peer:connect .* peer:disconnect .* peer:connect /s)))
    for (const { child, ended } of members) {
      child.kill('SIGINT')
      await ended
    }
  })
})
