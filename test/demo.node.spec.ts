import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { createCommands, root } from './support/commands.ts'

describe('npm start', () => {
  const commands = createCommands()
  after(() => commands.end())

  it('shows a call shared, with figures that agree', async () => {
    // Somebody's own settings must not leak into it.
    const env = {
      CACHE_LISTEN_PORT: 'none',
      GH_TOKEN: 'not-a-token',
      GITHUB_API_URL: 'http://127.0.0.1:9',
      NO_COLOR: '1',
      TMPDIR: commands.home
    }
    const { code, stdout, stderr } = await commands.start(process.execPath, [join(root, 'scripts/demo.mjs')], env).ended
    // Node 22 warns of node:sqlite; the demo passes no options of Node on to turn that off.
    expect(
      stderr.replaceAll(/^\(node:\d+\) ExperimentalWarning: SQLite .*\n\(Use `node --trace-warnings .*\n/gm, '')
    ).to.equal('')
    expect(code, stdout).to.equal(0)
    expect(stdout).to.match(/^ +reader \| Received cache entry!$/m)
    const [head, ...rows] = stdout
      .split('\n')
      .filter((line) => /^ +(requests|alice {2}.*\d+$|bob {3}.*\d+$|together)/.test(line))
    expect(head?.trim().split(/ {2,}/)).to.deep.equal([
      'requests',
      'local cache',
      'members',
      'GitHub',
      'quota spent',
      'quota without ghmesh'
    ])
    const figures = Object.fromEntries(
      rows.map((line) => line.trim().split(/ +/)).map(([name, ...cells]) => [name, cells.map(Number)])
    )
    expect(figures).to.deep.equal({
      alice: [22, 11, 0, 11, 11, 22],
      bob: [11, 0, 10, 1, 0, 11],
      together: [33, 11, 10, 12, 11, 33]
    })
    expect(stdout).to.not.contain('\u001b').and.to.not.contain('sim-token').and.to.not.contain('ghm1_')
  })
})

describe('npm run dashboard', () => {
  const commands = createCommands()
  after(() => commands.end())
  const dashboard = (port: string) =>
    commands.start(process.execPath, [join(root, 'scripts/dashboard.mjs'), '--port', port], { TMPDIR: commands.home })

  it('says in one line which port it takes', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const [wrong, busy] = await Promise.all([dashboard('x').ended, dashboard(String(port)).ended]).finally(() =>
      taken.close()
    )
    expect([wrong?.code, wrong?.stderr]).to.deep.equal([
      1,
      'dashboard: --port takes a port from 0 to 65535; received "x"\n'
    ])
    expect([busy?.code, busy?.stderr]).to.deep.equal([
      1,
      `dashboard: port ${port} is in use; choose another with --port\n`
    ])
  })
})
