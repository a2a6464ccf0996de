import { join } from 'node:path'
import { expect } from 'chai'
import { createSecret } from 'ghmesh'
import { root } from '../support/commands.ts'
import { world } from './world.ts'

const repository = 'octocat/Hello-World'
const reads = ['smoke', '--read', '--target', repository, '--wait-seconds', '120', '--verbose']
const writes = ['smoke', '--write', '--target', repository, '--verbose']

describe('laptops on one network', function () {
  this.timeout(180_000)
  const secret = createSecret()
  const here = world(['a', 'b', 'c'])
  beforeEach(() => here.github.clearCalls())

  /** The runbook's variables of one laptop. */
  const laptop = (port: number, more: Record<string, string | undefined> = {}) => ({
    GITHUB_API_URL: here.github.url,
    GITHUB_REPOSITORY: repository,
    CACHE_P2P_SHARED_SECRET: secret,
    CACHE_LISTEN_PORT: String(port),
    GHMESH_MDNS: '0',
    GH_TOKEN: 'sim-token-alice',
    ...more
  })
  const answers = () =>
    here.github.calls
      .filter(({ path }) => !/\/issues\b/.test(path))
      .map(({ login, method, path }) => [login, method, path])

  /** Reader on laptop b, then, once it is known to others, the writer on a: the order of the runbook. */
  async function readAndWrite(
    how: string[],
    environment: (port: number) => Record<string, string | undefined>,
    known: () => Promise<unknown>
  ) {
    const reader = here.lab.ghmesh('b', reads, environment(9101))
    await reader.said(/Waiting up to/)
    await known()
    const writer = here.lab.ghmesh('a', [...writes, ...how], environment(9100))
    const [read, written] = await Promise.all([reader.ended, writer.ended])
    expect(read.code, read.stderr).to.equal(0)
    expect(written.code, written.stderr).to.equal(0)
    expect(read.stdout)
      .to.match(/^Received cache entry!$/m)
      .and.match(/^ {2}peer_hits: [1-9]/m)
    expect(written.stdout).to.match(/^connected_peers: [1-9]/m)
    expect(written.stderr).to.not.contain('no-op')
  }
  const listed = () => here.github.nextCall(({ method, path }) => method === 'POST' && path.endsWith('/comments'))

  // README: "`ghmesh smoke --write` on one machine"
  // README: "Across networks, set"
  it('the runbook, real: found by the issue, one call to GitHub, received', async () => {
    const known = listed()
    await readAndWrite([], laptop, () => known)
    expect(answers()).to.deep.equal([['alice', 'GET', `/repos/${repository}`]])
  })

  // README: "No internet connection is needed."
  it('the runbook, synthetic: no call for an answer at all', async () => {
    const known = listed()
    await readAndWrite(['--synthetic'], laptop, () => known)
    expect(answers()).to.deep.equal([])
  })

  it('three laptops: a reader on each of two, one writer', async () => {
    const readers = ['b', 'c'].map((machine, i) => here.lab.ghmesh(machine, reads, laptop(9101 + i)))
    await Promise.all(readers.map(({ said }) => said(/Waiting up to/)))
    await Promise.all(readers.map(() => listed()))
    const writer = await here.lab.ghmesh('a', writes, laptop(9100)).ended
    expect(writer.code, writer.stderr).to.equal(0)
    for (const { ended } of readers) {
      const { code, stdout, stderr } = await ended
      expect(code, stderr).to.equal(0)
      expect(stdout).to.match(/^Received cache entry!$/m)
    }
    expect(answers()).to.have.length(1)
  })

  // README: "On one local network a secret"
  // README: "`GHMESH_MDNS`"
  it('mDNS alone is enough', async () => {
    const environment = (port: number) => laptop(port, { GITHUB_REPOSITORY: undefined, GHMESH_MDNS: undefined })
    await readAndWrite(['--synthetic'], environment, async () => {})
    expect(here.github.calls).to.deep.equal([])
  })

  it('an address alone is enough', async () => {
    const alone = (more: Record<string, string | undefined> = {}) =>
      laptop(9100, { GITHUB_REPOSITORY: undefined, ...more })
    const reader = here.lab.ghmesh('b', reads, alone())
    await reader.said(/listening: \S+/)
    const listening =
      /listening: (\S+)/.exec(here.lab.printed().slice(here.lab.printed().lastIndexOf('listening:')))?.[1] ?? ''
    expect(listening).to.contain(here.lab.addressOf('b'))
    const writer = await here.lab.ghmesh('a', [...writes, '--synthetic'], alone({ CACHE_BOOTSTRAP_PEERS: listening }))
      .ended
    expect(writer.code, writer.stderr).to.equal(0)
    expect((await reader.ended).code).to.equal(0)
  })

  it('a laptop with another secret gets nothing and disturbs nobody', async () => {
    const known = listed()
    const stranger = here.lab.ghmesh(
      'c',
      [...reads.slice(0, -3), '--wait-seconds', '12'],
      laptop(9102, { CACHE_P2P_SHARED_SECRET: createSecret() })
    )
    await known
    const again = listed()
    await readAndWrite([], laptop, () => again)
    const { code, stdout } = await stranger.ended
    expect(code).to.equal(1)
    expect(stdout).to.not.match(/Received/)
  })

  it('a laptop whose cable is pulled comes back by itself, and learns what it missed', async () => {
    const options = JSON.stringify({ secret, mdns: false })
    const script = join(root, 'test/network/machines/member.mjs')
    const a = here.lab.start('a', process.execPath, [script, options], {})
    await a.said(/"type":"ready"/)
    const address = /"(\/ip4\/10\.77\.0\.1\/tcp\/9100\/p2p\/\w+)"/.exec(here.lab.printed())?.[1] ?? ''
    const b = here.lab.start(
      'b',
      process.execPath,
      [script, JSON.stringify({ secret, mdns: false, bootstrap: [address] })],
      {}
    )
    await b.said(/"type":"peer:connect"/)
    here.lab.cut('b')
    await b.said(/"type":"peer:disconnect"/)
    a.child.stdin?.write(`${JSON.stringify(['set', 'missed', 1])}\n`)
    await a.said(/"type":"done"/)
    here.lab.restore('b')
    await b.said(/"type":"received"[^\n]*"url":"missed"|"url":"missed"[^\n]*"type":"received"/)
    for (const { child } of [a, b]) child.stdin?.end(`${JSON.stringify(['stop'])}\n`)
    expect((await Promise.all([a.ended, b.ended])).map(({ code }) => code)).to.deep.equal([0, 0])
  })
})
