import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer as createHttp } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { etagOf, type GitHub, type GitHubOptions, startGitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'
import {
  createMesh,
  createSecret,
  filePeers,
  githubIssue,
  type Mesh,
  type MeshOptions,
  memoryStore,
  version
} from 'ghmesh'
import { createCommands } from '../../../test/support/commands.ts'
import { next } from '../../../test/support/events.ts'
import type { Check } from '../src/doctor/check.ts'
import { hasCachingAlias } from '../src/doctor/gh.ts'
import { checkNode } from '../src/doctor/node.ts'
import { checkPort } from '../src/doctor/port.ts'

const alice = 'sim-token-alice'
const hello = 'octocat/Hello-World'
const names = [
  'node',
  'settings',
  'cache',
  'secret',
  'github',
  'token',
  'quota',
  'clock',
  'etag',
  'registry',
  'port',
  'gh',
  'relays',
  'members'
]

// As much of gh as matters here: its configuration, and a token where one is set for it.
const fakeGh = `#!${process.execPath}
const { readFileSync, writeFileSync } = require('node:fs')
const file = process.env.GH_CONFIG_DIR + '/config.yml'
const [command, what, , value] = process.argv.slice(2)
const read = () => { try { return readFileSync(file, 'utf8').trim() } catch { return '' } }
if (command === 'auth') console.log(process.env.TOKEN_OF_GH ?? process.exit(1))
else if (what === 'get') console.log(read())
else writeFileSync(file, value)
`

// README: "`ghmesh doctor` checks Node"
// README: "It reports what is wrong with each"
describe('ghmesh doctor', () => {
  const commands = createCommands()
  const secret = createSecret()
  const meshes: Mesh[] = []
  let github: GitHub
  let bin: string
  let configDir: string
  let env: Record<string, string | undefined>

  before(async () => {
    github = await startGitHub({ secondaryLimits: false })
    bin = commands.folder('bin')
    writeFileSync(join(bin, 'gh'), fakeGh)
    chmodSync(join(bin, 'gh'), 0o755)
  })
  beforeEach(() => {
    github.clearCalls()
    configDir = commands.folder('gh')
    env = {
      PATH: `${bin}:${process.env.PATH}`,
      XDG_CACHE_HOME: commands.folder('xdg'),
      GH_CONFIG_DIR: configDir,
      GITHUB_API_URL: github.url,
      GH_TOKEN: alice,
      CACHE_LISTEN_PORT: '0',
      IPFS_ACCELERATE_P2P_FORCE_LOCALHOST: '1'
    }
  })
  afterEach(() => Promise.all(meshes.splice(0).map((mesh) => mesh.stop())))
  after(async () => {
    await commands.end()
    await github.stop()
    for (const token of [alice, 'sim-token-bob', 'sim-token-none', secret])
      expect(commands.printed()).to.not.contain(token)
  })

  /** What it says as a document; the exit code goes by the failures. */
  async function doctor(more: Record<string, string | undefined> = {}, ...args: string[]) {
    const { code, stdout, stderr } = await commands.ghmesh(['doctor', '--json', ...args], { ...env, ...more }).ended
    expect(stderr).to.equal('')
    const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: Check[] }
    expect(checks.map(({ name }) => name)).to.deep.equal(names)
    const failed = checks.filter(({ status }) => status === 'failure')
    expect([code, ok]).to.deep.equal(failed.length > 0 ? [1, false] : [0, true])
    for (const { fix } of failed) expect(fix).to.be.a('string')
    const find = (name: string) => checks.find((check) => check.name === name) as Check
    /** The status of a check, and all that is said. */
    const said = (name: string) => {
      const { status, message, fix } = find(name)
      return [status, fix === undefined ? message : `${message} (${fix})`].join(': ')
    }
    return { said, failed: failed.map(({ name }) => name) }
  }

  async function member(options: MeshOptions) {
    const mesh = await createMesh({
      secret,
      token: alice,
      apiUrl: github.url,
      cacheDir: commands.folder('member'),
      store: memoryStore(),
      listenPort: 0,
      forceLocalhost: true,
      ...options
    })
    meshes.push(mesh)
    return mesh
  }

  /** A simulator of its own, for what cannot be changed on a running one. */
  async function at<T>(options: GitHubOptions, work: (other: GitHub) => Promise<T>): Promise<T> {
    await using other = await startGitHub({ secondaryLimits: false, ...options })
    return await work(other)
  }

  // README: "`CACHE_ENABLE_P2P`"
  it('says that CACHE_ENABLE_P2P turns networking off, and where it is read from', async () => {
    const group = { CACHE_P2P_SHARED_SECRET: secret, IPFS_ACCELERATE_GITHUB_REPO: hello, GHMESH_MDNS: '0' }
    const { said } = await doctor({ ...group, CACHE_ENABLE_P2P: 'false' }, '--wait-seconds', '1')
    const off = 'networking is off because CACHE_ENABLE_P2P is "false"; unset it'
    expect(said('members')).to.equal(`warning: there are none (${off})`)
    expect(said('registry')).to.equal(`warning: not checked: ${off}`)
    expect(said('secret')).to.match(/^ok: /)
    expect(github.count(/issues/)).to.equal(0)
    const on = await doctor({ ...group, CACHE_ENABLE_P2P: 'on' }, '--wait-seconds', '1')
    expect(on.said('registry')).to.match(/^ok: octocat\/Hello-World can be read/)
  })

  // README: "`ghmesh doctor` checks Node"
  // README: "It reports what is wrong with each"
  it('where all is well: a line for each, exit code 0, and nothing is written', async () => {
    const peers = commands.folder('peers')
    await member({ name: 'laptop-b', discovery: [filePeers({ directory: peers })] })
    const well = {
      CACHE_P2P_SHARED_SECRET: secret,
      GITHUB_REPOSITORY: hello,
      IPFS_ACCELERATE_P2P_CACHE_DIR: peers
    }
    const { code, stdout, stderr } = await commands.ghmesh(['doctor', '--wait-seconds', '20'], { ...env, ...well })
      .ended
    expect([code, stderr]).to.deep.equal([0, ''])
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((line) => /^ok {7}(\w+): /.exec(line)?.[1])).to.deep.equal(names)
    expect(stdout, stdout).to.match(
      /^ok {7}members: 1 connected within 20 s: laptop-b \(direct, (tcp|websocket), \d+\.\d ms\)$/m
    )
    expect(stdout).to.match(
      /^ok {7}etag: ghmesh computed the ETag of \/repos\/octocat\/Hello-World, .* free of charge \(304\)$/m
    )
    expect(new Set(github.calls.map(({ method }) => method))).to.deep.equal(new Set(['GET']))
    expect(github.units('alice')).to.be.at.most(4)
  })

  describe('node', () => {
    it('without SQLite is a failure', () => {
      const { status, fix } = checkNode({ ...process.versions, sqlite: undefined } as NodeJS.ProcessVersions)
      expect([status, fix]).to.deep.equal(['failure', 'install Node from https://nodejs.org'])
    })
  })

  describe('settings', () => {
    it('misspelt, which nothing reads', async () => {
      const env = { GHMESH_RELAY: '/ip4/192.0.2.1', CACHE_P2P_SECRET: secret, GHMESH_RELAY_TCP_PORT: '4001' }
      const { said, failed } = await doctor(env)
      expect(failed).to.deep.equal([])
      expect(said('settings')).to.match(
        /^warning: nothing reads CACHE_P2P_SECRET, GHMESH_RELAY .*CACHE_P2P_SHARED_SECRET.*GHMESH_RELAYS/
      )
    })

    it('that make no sense are one failure, and what needs them is not checked', async () => {
      const { said, failed } = await doctor({ CACHE_LISTEN_PORT: 'many', CACHE_P2P_SHARED_SECRET: secret })
      expect(failed).to.deep.equal(['settings'])
      expect(said('settings')).to.match(/^failure: variable CACHE_LISTEN_PORT takes .*received "many"/)
      for (const name of ['github', 'token', 'quota', 'clock', 'etag', 'port', 'members'])
        expect(said(name)).to.equal('warning: not checked: a setting is invalid')
      expect(github.calls).to.have.length(0)
    })

    it('that are wrong are all named', async () => {
      const { said, failed } = await doctor({ CACHE_LISTEN_PORT: 'many', GHMESH_MDNS: 'maybe', RUNNER_NAME: 'ci' })
      expect(failed).to.deep.equal(['settings'])
      expect(said('settings')).to.match(
        /^failure: variable CACHE_LISTEN_PORT takes [^;]+; received "many"; variable GHMESH_MDNS takes [^;]+; received "maybe" \(correct them or unset them; /
      )
    })

    it('do not show a token that cannot be one', async () => {
      const { said } = await doctor({ GH_TOKEN: 'sim-token none' })
      expect(said('settings')).to.match(/^failure: variable GH_TOKEN takes a token .*\(not shown\)/)
      expect(commands.printed()).to.not.contain('sim-token none')
    })
  })

  describe('cache', () => {
    const cacheIn = (directory: string) => doctor({ IPFS_ACCELERATE_CACHE_DIR: directory })

    it('is made where it is missing, for its owner alone', async () => {
      const directory = join(commands.folder('cache'), 'new', 'one')
      expect((await cacheIn(directory)).said('cache')).to.equal(`ok: ${directory}`)
      expect((statSync(directory).mode & 0o777).toString(8)).to.equal('700')
    })

    it('that cannot be made is a failure', async () => {
      const file = join(commands.folder('cache'), 'file')
      writeFileSync(file, '')
      const { said, failed } = await cacheIn(join(file, 'below'))
      expect(failed).to.deep.equal(['cache'])
      expect(said('cache')).to.match(
        /^failure: the cache in \S+ cannot be used \([^)]*\) \(make it a folder that you can write to, or set IPFS_ACCELERATE_CACHE_DIR to another\)$/
      )
    })

    it('that is damaged is set aside, with a warning', async () => {
      const directory = commands.folder('cache')
      writeFileSync(join(directory, 'cache.db'), 'this is no database\n'.repeat(500), { mode: 0o600 })
      const first = (await cacheIn(directory)).said('cache')
      expect(first).to.match(/^warning: .*cache\.db could not be read: it is kept as .*damaged-\d+/)
      expect((await cacheIn(directory)).said('cache')).to.match(/^ok: /)
    })

    it('that others may look into is a warning', async () => {
      const directory = commands.folder('cache')
      chmodSync(directory, 0o755)
      expect((await cacheIn(directory)).said('cache')).to.equal(
        `warning: other users can read ${directory} (chmod go= '${directory}')`
      )
      chmodSync(directory, 0o700)
      chmodSync(join(directory, 'cache.db'), 0o640)
      expect((await cacheIn(directory)).said('cache')).to.match(/^warning: other users can read \S+\/cache\.db \(chmod/)
    })
  })

  describe('secret', () => {
    const secretIs = async (value: string) =>
      await doctor({ CACHE_P2P_SHARED_SECRET: value, GITHUB_REPOSITORY: hello }, '--wait-seconds', '1')

    it('absent, guessable, a good passphrase, cut', async () => {
      const none = await doctor()
      expect(none.said('secret')).to.match(/^warning: there is none, .*CACHE_P2P_SHARED_SECRET/)
      expect(none.said('members')).to.equal('warning: not checked: there are none without a secret')
      const guessable = (await secretIs('hunter2hunter2')).said('secret')
      expect(guessable).to.match(/^warning: CACHE_P2P_SHARED_SECRET looks guessable.*"ghmesh secret"/)
      const passphrase = await doctor({ GHMESH_SECRET: 'correct horse battery staple' }, '--wait-seconds', '1')
      expect(passphrase.said('secret')).to.equal('ok: GHMESH_SECRET is a passphrase that does not look guessable')
      const cut = await secretIs(secret.slice(0, -3))
      expect(cut.failed).to.deep.equal(['secret'])
      expect(cut.said('secret')).to.match(/^failure: .*was cut, mistyped or left in quotes.*48 characters/)
      const quoted = await secretIs(`"${secret}"`)
      expect(quoted.said('secret')).to.match(/^failure: .*left in quotes/)
      const bare = await secretIs(secret.slice('ghm1_'.length))
      expect(bare.said('secret')).to.match(/^warning: .*without the ghm1_ .*put ghm1_ before it/)
      expect(cut.said('registry')).to.equal('warning: not checked: it is used only with a secret')
      for (const shown of ['hunter2', 'horse', secret.slice(0, -3)]) expect(commands.printed()).to.not.contain(shown)
    })
  })

  describe('GitHub', () => {
    const dependents = ['quota', 'clock', 'etag', 'registry']
    const group = () => ({ CACHE_P2P_SHARED_SECRET: secret, GITHUB_REPOSITORY: hello })

    for (const how of ['refuse', 'reset', 503] as const) {
      it(`that is down (${how}) is one failure`, async () => {
        await github.goDown(how)
        const { said, failed } = await doctor(group(), '--wait-seconds', '1').finally(() => github.goUp())
        expect(failed).to.deep.equal(['github'])
        expect(said('github')).to.match(how === 503 ? /answers 503 .*githubstatus/ : /cannot be reached: .*firewall/)
        for (const name of dependents) expect(said(name)).to.equal('warning: not checked: GitHub cannot be reached')
        expect(said('token')).to.equal('warning: from GH_TOKEN; not checked: GitHub cannot be reached')
        expect(said('members')).to.match(/^warning: none connected/)
      })
    }

    it('that does not answer in time', async () => {
      const hold = github.hold('/rate_limit')
      const { said, failed } = await doctor({}, '--wait-seconds', '0.5').finally(() => hold.release())
      expect(failed).to.deep.equal(['github'])
      expect(said('github')).to.match(/cannot be reached: no response in time/)
    })

    it('behind a proxy that Node does not use', async () => {
      await github.goDown()
      const { said } = await doctor({ HTTPS_PROXY: 'http://127.0.0.1:1' }).finally(() => github.goUp())
      expect(said('github')).to.match(/NODE_USE_ENV_PROXY=1/)
    })

    it('that is something else', async () => {
      const web = createHttp((_req, res) => void res.end('<html>Log in</html>')).listen(0, '127.0.0.1')
      await once(web, 'listening')
      const { port } = web.address() as AddressInfo
      const { said, failed } = await doctor({ GITHUB_API_URL: `http://127.0.0.1:${port}` }).finally(() => web.close())
      expect(failed).to.deep.equal(['github'])
      expect(said('github')).to.match(/is not GitHub's API \(status 200\)/)
    })

    it('of an enterprise, at a path, without limits', async () => {
      await at({ basePath: '/api/v3' }, async (enterprise) => {
        enterprise.respondOnce(
          /rate_limit/,
          Response.json({ message: 'Rate limiting is not enabled.' }, { status: 404 })
        )
        const { said, failed } = await doctor({ GITHUB_API_URL: enterprise.url })
        expect(failed).to.deep.equal([])
        expect(said('quota')).to.equal('ok: GitHub sets no limit here')
        expect(said('etag')).to.match(/^ok: /)
      })
    })
  })

  describe('token', () => {
    // README: "`GH_TOKEN`"
    it('is looked for where a member looks, and its source is told', async () => {
      const [first, second, third, none] = await Promise.all([
        doctor({ GITHUB_TOKEN: 'sim-token-bob' }),
        doctor({ GH_TOKEN: '', GITHUB_TOKEN: alice }),
        doctor({ GH_TOKEN: undefined, TOKEN_OF_GH: alice }),
        doctor({ GH_TOKEN: undefined })
      ])
      expect([first, second, third].map(({ said }) => said('token'))).to.deep.equal([
        'ok: from GH_TOKEN',
        'ok: from GITHUB_TOKEN',
        'ok: from "gh auth token"'
      ])
      expect(none.said('token')).to.match(/^warning: there is none: 60 calls an hour.*gh auth login/)
      expect(none.said('etag')).to.equal('warning: not checked: without a token no confirmation is free')
      expect(none.failed).to.deep.equal([])
    })

    it('that GitHub refuses is one failure', async () => {
      const [variable, gh] = await Promise.all([
        doctor(
          { GH_TOKEN: 'sim-token-none', CACHE_P2P_SHARED_SECRET: secret, GITHUB_REPOSITORY: hello },
          '--wait-seconds',
          '1'
        ),
        doctor({ GH_TOKEN: undefined, TOKEN_OF_GH: 'sim-token-none' })
      ])
      expect([variable.failed, gh.failed]).to.deep.equal([['token'], ['token']])
      expect(variable.said('token')).to.match(/refuses the token from GH_TOKEN \(401\) \(set GH_TOKEN/)
      expect(gh.said('token')).to.match(/log in again with "gh auth login"/)
      for (const name of ['quota', 'etag', 'registry'])
        expect(variable.said(name)).to.equal('warning: not checked: GitHub refuses the token')
      expect(variable.said('clock')).to.match(/^ok/)
    })
  })

  describe('quota', () => {
    afterEach(() => github.unlimit(alice))

    it('is told; low is a warning, none a failure', async () => {
      expect((await doctor()).said('quota')).to.match(/^ok: \d{4} of 5000 calls left until \d{4}-\d\d-\d\dT\d\d:\d\dZ$/)
      github.setRemaining(alice, 400)
      expect((await doctor()).said('quota')).to.match(/^warning: \d+ of 5000 .*use the cache/)
      github.setRemaining(alice, 0)
      const { said, failed } = await doctor()
      expect(failed).to.include('quota')
      expect(said('quota')).to.match(/^failure: 0 of 5000/)
    })

    it('that is not told is a failure', async () => {
      github.respondOnce('/rate_limit', Response.json({ message: 'a secondary rate limit' }, { status: 429 }))
      const { said, failed } = await doctor()
      expect(failed).to.deep.equal(['quota'])
      expect(said('quota')).to.match(/did not report it \(status 429\)/)
    })
  })

  describe('clock', () => {
    const offBy = (ms: number) => at({ now: () => Date.now() + ms }, ({ url }) => doctor({ GITHUB_API_URL: url }))

    it('off by seconds is a warning, by minutes a failure', async () => {
      const [slow, slower, faster] = await Promise.all([offBy(20_000), offBy(400_000), offBy(-400_000)])
      expect(slow?.said('clock')).to.match(/^warning: it is (1\d|2\d)(\.\d)? s behind GitHub's .*timedatectl/)
      expect(slower?.said('clock')).to.match(/^failure: it is (39\d|40\d)(\.\d)? s behind .*ignore each other/)
      expect(faster?.said('clock')).to.match(/^failure: it is (39\d|40\d)(\.\d)? s ahead of .*ignore each other/)
      expect([slow?.failed, slower?.failed, faster?.failed]).to.deep.equal([[], ['clock'], ['clock']])
    })

    it('that GitHub does not tell is not checked', async () => {
      // A server of its own, for the simulator always tells it.
      const web = createHttp((_req, res) => {
        res.sendDate = false
        const core = { limit: 5000, remaining: 5000, reset: 2_000_000_000 }
        res.end(JSON.stringify({ resources: { core } }))
      }).listen(0, '127.0.0.1')
      await once(web, 'listening')
      const { port } = web.address() as AddressInfo
      const { said } = await doctor({ GITHUB_API_URL: `http://127.0.0.1:${port}` }).finally(() => web.close())
      expect(said('clock')).to.equal('warning: not checked: GitHub sent no time')
    })
  })

  describe('ETags', () => {
    it('that GitHub makes in another way are a warning that says what it means', async () => {
      github.driftEtags()
      const { said, failed } = await doctor().finally(() => github.driftEtags(false))
      expect(failed).to.deep.equal([])
      expect(said('etag')).to.match(/^warning: .* is not the one that ghmesh computes .*fetched again, for one call/)
    })

    it('that are not confirmed are a warning', async () => {
      const json = { full_name: hello }
      const headers = { accept: 'application/vnd.github+json', authorization: `Bearer ${alice}` }
      const vary = 'Accept, Authorization, Cookie'
      const etag = `W/"${etagOf({ ...headers, body: JSON.stringify(json), vary })}"`
      github.respond(`/repos/${hello}`, Response.json(json, { headers: { etag, vary } }), 2)
      const { said, failed } = await doctor()
      expect(failed).to.deep.equal([])
      expect(said('etag')).to.match(/^warning: GitHub answered 200, not 304, .*fetched again/)
    })

    it('are those of something else where there is no such repository', async () => {
      await at({ repositories: [{ fullName: 'me/app' }] }, async ({ url }) => {
        const more = { GITHUB_API_URL: url, GITHUB_REPOSITORY: 'me/none' }
        expect((await doctor(more)).said('etag')).to.match(/^ok: ghmesh computed the ETag of \/meta, /)
      })
      github.respond(/repos|meta/, Response.json({}, { status: 404 }), 2)
      expect((await doctor()).said('etag')).to.match(/^warning: not checked: GitHub answered 404 to /)
    })
  })

  describe('registry', () => {
    const registry = (more: Record<string, string | undefined> = {}) =>
      doctor({ CACHE_P2P_SHARED_SECRET: secret, GITHUB_REPOSITORY: hello, ...more }, '--wait-seconds', '1')

    it('counts the entries of this group, and writes none', async () => {
      expect((await registry()).said('registry')).to.equal(
        `ok: ${hello} can be read and written; it has 0 live entries of this group`
      )
      for (const its of [secret, createSecret()]) {
        const discovery = [githubIssue({ repository: hello, secret: its, apiUrl: github.url, token: () => alice })]
        const listed = github.nextCall(({ method, path }) => method === 'POST' && path.endsWith('/comments'))
        await member({ secret: its, discovery })
        await listed
      }
      github.clearCalls()
      expect((await registry()).said('registry')).to.equal(
        `ok: ${hello} can be read and written; it has 1 live entry of this group`
      )
      expect(github.calls.filter(({ method }) => method !== 'GET' && method !== 'PATCH')).to.deep.equal([])
    })

    it('that cannot be read is a failure', async () => {
      const hidden = await registry({ GITHUB_REPOSITORY: 'octocat/secret-plans', GH_TOKEN: 'sim-token-bob' })
      expect(hidden.failed).to.deep.equal(['registry'])
      expect(hidden.said('registry')).to.match(/secret-plans does not exist, or this token cannot see it/)
      github.respond(/\/issues\?/, Response.json({}, { status: 500 }), 1)
      const broken = await registry()
      expect(broken.failed).to.deep.equal(['registry'])
      expect(broken.said('registry')).to.match(/the registry of octocat\/Hello-World cannot be used: .*500/)
    })

    it('where nobody can write is a failure', async () => {
      await at({ repositories: [{ fullName: 'me/app' }] }, async (other) => {
        const of = (json: object) => {
          other.setBody('/repos/me/app', { full_name: 'me/app', private: false, ...json })
          return registry({ GITHUB_API_URL: other.url, GITHUB_REPOSITORY: 'me/app' })
        }
        const archived = await of({ archived: true })
        expect(archived.said('registry')).to.match(/^failure: me\/app is archived.*another repository/)
        const none = await of({ has_issues: false })
        expect(none.said('registry')).to.match(/^failure: me\/app has no issues .*another repository/)
        other.setBody('/repos/me/app', undefined)
        other.respond('/repos/me/app', Response.json({}, { status: 451 }))
        const blocked = await registry({ GITHUB_API_URL: other.url, GITHUB_REPOSITORY: 'me/app' })
        expect(blocked.said('registry')).to.match(/^failure: GitHub answered 451 for me\/app/)
      })
    })

    it('that this token cannot write is a warning, as far as GitHub tells', async () => {
      const scoped = { login: 'carol', scopes: 'read:user' }
      await at({ tokens: { 'sim-token-none': scoped, [alice]: { login: 'app', kind: 'app' } } }, async ({ url }) => {
        const of = (token: string | undefined) => registry({ GITHUB_API_URL: url, GH_TOKEN: token })
        const [lacking, silent, anonymous] = await Promise.all([of('sim-token-none'), of(alice), of(undefined)])
        expect(lacking?.said('registry')).to.match(/^warning: .*lacks the scope public_repo: .*nobody finds it/)
        expect(silent?.said('registry')).to.match(/^ok: .*only a write shows whether it is allowed to write$/)
        expect(anonymous?.said('registry')).to.match(/^warning: .*without a token .*nobody finds it/)
      })
    })
  })

  describe('port', () => {
    it('free, held by ghmesh, held by something else', async () => {
      const other = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
      await once(other, 'listening')
      const { port } = other.address() as AddressInfo
      const busy = await doctor({ CACHE_LISTEN_PORT: String(port) })
      expect(busy.said('port')).to.match(/^warning: \d+ is in use by another program; .*CACHE_LISTEN_PORT/)
      other.close()
      await once(other, 'close')
      const free = await doctor({ CACHE_LISTEN_PORT: String(port) })
      expect(free.said('port')).to.equal(`ok: ${port} is free`)
      const [address = ''] = (await member({ discovery: [] })).addresses
      const held = /\/tcp\/(\d+)/.exec(address)?.[1]
      expect((await doctor({ CACHE_LISTEN_PORT: held })).said('port')).to.equal(
        `ok: ${held} is used by a running ghmesh (version ${version})`
      )
    })

    it('that cannot be had at all is a failure', async () => {
      const { status, message } = await checkPort(9100, '192.0.2.1')
      expect([status, message]).to.deep.equal(['failure', 'cannot listen on 9100 (EADDRNOTAVAIL)'])
    })
  })

  describe("gh's socket", () => {
    const config = () => readFileSync(join(configDir, 'config.yml'), 'utf8')
    const set = (socket: string) => writeFileSync(join(configDir, 'config.yml'), socket)
    async function killedProxy(socket: string) {
      const proxy = commands.ghmesh(['proxy', '--gh', '--socket', socket], env)
      await proxy.said(/^listening on /m)
      proxy.child.kill('SIGKILL')
      await proxy.ended
      expect(config()).to.equal(socket)
    }

    it('of a proxy that was killed: gh gets back what it had', async () => {
      const socket = join(commands.folder('s'), 's')
      await killedProxy(socket)
      expect((await doctor()).said('gh')).to.match(/^warning: .*was killed, .*is restored: gh talks to GitHub directly/)
      expect([config(), existsSync(socket), existsSync(`${socket}.json`)]).to.deep.equal(['', false, false])
      expect((await doctor()).said('gh')).to.equal('ok: gh talks to GitHub directly')
    })

    it('of a proxy that was killed: a former socket that is dead too is told, and left alone', async () => {
      set('/former.sock')
      const socket = join(commands.folder('s'), 's')
      await killedProxy(socket)
      const { said, failed } = await doctor()
      expect(failed).to.deep.equal(['gh'])
      expect(said('gh')).to.match(
        /^failure: gh uses \/former\.sock, but nothing listens there, .*gh config set http_unix_socket ""/
      )
      expect(config()).to.equal('/former.sock')
    })

    it('of a proxy that was killed with another configuration: nothing is changed', async () => {
      const socket = join(commands.folder('s'), 's')
      await killedProxy(socket)
      const other = commands.folder('gh')
      writeFileSync(join(other, 'config.yml'), socket)
      const { said, failed } = await doctor({ GH_CONFIG_DIR: other })
      expect(failed).to.deep.equal(['gh'])
      expect(said('gh')).to.match(/^failure: gh uses \S+, but nothing listens there/)
    })

    it('of a proxy that runs, and whose members are told', async () => {
      const peers = commands.folder('peers')
      const group = {
        CACHE_P2P_SHARED_SECRET: secret,
        IPFS_ACCELERATE_P2P_CACHE_DIR: peers
      }
      const socket = join(commands.folder('s'), 's')
      const proxy = commands.ghmesh(['proxy', '--gh', '--socket', socket], { ...env, ...group, RUNNER_NAME: 'proxy' })
      await proxy.said(/^listening on /m)
      const cached = await doctor({ ...group, GH_AGGRESSIVE_CACHING_TTL: '5m' })
      expect(cached.said('gh')).to.match(
        /^warning: gh keeps responses itself for 5m, because GH_AGGRESSIVE_CACHING_TTL is set/
      )
      const alone = await doctor(group)
      expect(alone.said('gh')).to.match(new RegExp(`^ok: gh goes through ${socket} \\(ghmesh proxy, process \\d+`))
      expect(alone.said('members')).to.match(/^warning: none connected with ghmesh proxy \(process \d+\)/)
      const other = await member({ name: 'other', discovery: [filePeers({ directory: peers })] })
      if (other.peers().length === 0) await next(other, 'peer:connect')
      expect((await doctor(group)).said('members')).to.match(
        new RegExp(`^ok: 1 connected with ghmesh proxy \\(process ${proxy.child.pid}\\): \\S+ \\(direct, `)
      )
      proxy.child.kill('SIGTERM')
      await proxy.ended
    })

    it('of no use for an alias that gh answers from its own cache', () => {
      expect(hasCachingAlias("aliases:\n    co: pr checkout\n    me: 'api user --cache 1h'\n")).to.equal(true)
      expect(hasCachingAlias('aliases:\n    co: pr checkout\n    me: api user\neditor: x --cache api\n')).to.equal(
        false
      )
    })

    it('that is none, and no gh at all', async () => {
      const file = join(commands.folder('s'), 'file')
      writeFileSync(file, 'mine')
      set(file)
      const { said, failed } = await doctor()
      expect(failed).to.deep.equal(['gh'])
      expect(said('gh')).to.match(/exists and is not a socket \(gh config set/)
      const empty = join(commands.folder('bin'), 'empty')
      mkdirSync(empty)
      expect((await doctor({ PATH: empty })).said('gh')).to.equal('ok: gh is not installed')
    })
  })

  describe('members', () => {
    it('none: says what to look at', async () => {
      const group = { CACHE_P2P_SHARED_SECRET: secret }
      const lost = await doctor(group, '--wait-seconds', '1')
      expect(lost.said('members')).to.match(/^warning: none connected within 1 s \(there is no way to find members: /)
      const found = await doctor(
        { ...group, IPFS_ACCELERATE_P2P_CACHE_DIR: commands.folder('peers') },
        '--wait-seconds',
        '1'
      )
      expect(found.said('members')).to.match(/"ghmesh probe" shows whether/)
    })
  })

  it('Ctrl-C ends it, and wrong usage is said', async () => {
    const hold = github.hold('/rate_limit')
    const running = commands.ghmesh(['doctor', '--wait-seconds', '600'], env)
    await hold.arrived
    running.child.kill('SIGINT')
    const { code } = await running.ended
    hold.release()
    expect(code).to.equal(130)
    const wrong = await commands.ghmesh(['doctor', '--wait-seconds', 'x'], env).ended
    expect([wrong.code, wrong.stdout]).to.deep.equal([2, ''])
  })
})
