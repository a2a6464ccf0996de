import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type GitHub, startGitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'
import { createMesh, createSecret, memoryStore } from 'ghmesh'
import { createCommands, root } from '../../../test/support/commands.ts'
import { figureNames } from '../../../test/support/figure-names.ts'

const alice = 'sim-token-alice'
const bob = 'sim-token-bob'

describe('the command ghmesh', () => {
  const commands = createCommands()
  const secret = createSecret()
  const otherSecret = createSecret()
  let github: GitHub
  let group: Record<string, string>

  before(async () => {
    github = await startGitHub()
  })
  beforeEach(() => {
    github.clearCalls()
    group = {
      GITHUB_API_URL: github.url,
      CACHE_P2P_SHARED_SECRET: secret,
      CACHE_LISTEN_PORT: '0',
      IPFS_ACCELERATE_P2P_FORCE_LOCALHOST: '1',
      IPFS_ACCELERATE_P2P_CACHE_DIR: commands.folder('peers')
    }
  })
  after(async () => {
    await commands.end()
    await github.stop()
  })

  const member = (name: string, more: Record<string, string | undefined> = {}) => ({
    ...group,
    RUNNER_NAME: name,
    IPFS_ACCELERATE_CACHE_DIR: commands.folder(name),
    ...more
  })

  async function both(
    args: readonly string[],
    readerEnv = member('reader'),
    writerEnv = member('writer', { GH_TOKEN: alice })
  ) {
    const reader = commands.ghmesh(['smoke', '--read', '--wait-seconds', '40', ...args], readerEnv)
    const writer = commands.ghmesh(['smoke', '--write', ...args], writerEnv)
    return Promise.all([reader.ended, writer.ended])
  }

  describe('smoke', () => {
    // README: "`ghmesh smoke --write` on one machine"
    // README: "Both end with `Final stats`"
    // README: "Exit codes: 0 success"
    it('a reader gets what a writer fetched with one call, and calls nobody', async () => {
      const [reader, writer] = await both(['--verbose'])
      expect(reader.code, reader.stderr).to.equal(0)
      expect(writer.code, writer.stderr).to.equal(0)
      expect(github.calls.map(({ login, path, status }) => [login, path, status])).to.deep.equal([
        ['alice', '/repos/octocat/Hello-World', 200]
      ])
      expect(reader.stdout)
        .to.match(/^Received cache entry!$/m)
        .and.match(/^ {2}source: github$/m)
        .and.match(/^ {2}from: writer$/m)
      expect(reader.stdout)
        .to.match(/^ {2}peer_hits: [1-9]/m)
        .and.match(/^ {2}api_calls_made: 0$/m)
      expect(writer.stdout)
        .to.match(/^connected_peers: 1$/m)
        .and.match(/^ {2}api_calls_made: 1$/m)
      for (const { stdout } of [reader, writer]) {
        const [, stats = ''] = stdout.split('Final stats\n')
        expect(
          stats
            .trim()
            .split(/: .*\n {2}|: .*$/)
            .filter(Boolean)
        ).to.deep.equal(figureNames)
      }
      expect(reader.stderr)
        .to.match(/^\d{4}-\S+Z peer:connect /m)
        .and.match(/^\S+Z received http:/m)
      expect(writer.stderr)
        .to.match(/^\S+Z announced http:/m)
        .and.not.match(/no-op/)
    })

    // README: "`ghmesh smoke --write` on one machine"
    // README: "Both end with `Final stats`"
    // README: "No internet connection is needed."
    it('synthetic: no call at all, and one JSON document each', async () => {
      const [readerEnv, writerEnv] = [member('reader'), member('writer', { GH_TOKEN: alice })]
      const [reader, writer] = await both(['--synthetic', '--json', '--target', 'some/where'], readerEnv, writerEnv)
      expect([reader.code, writer.code], reader.stderr + writer.stderr).to.deep.equal([0, 0])
      expect(github.calls).to.have.length(0)
      const [read, written] = [JSON.parse(reader.stdout), JSON.parse(writer.stdout)]
      expect(read).to.deep.include({ ok: true, role: 'reader', target: 'some/where' })
      expect(written).to.deep.include({ ok: true, role: 'writer', target: 'some/where', alone: false })
      expect(read.entry).to.deep.include(written.entry)
      expect(read.entry).to.include({ source: 'synthetic', from: 'writer', from_peer_id: written.final_stats.peer_id })
      for (const { final_stats } of [read, written]) expect(Object.keys(final_stats)).to.deep.equal(figureNames)
      expect(read.final_stats.peer_hits).to.be.at.least(1)
      expect(written.final_stats.connected_peers).to.equal(1)

      // What a reader has on disk from before came from nobody now.
      const again = await commands.ghmesh(
        ['smoke', '--read', '--target', 'some/where', '--wait-seconds', '0.2', '--json'],
        readerEnv
      ).ended
      expect(again.code).to.equal(1)
      const document = JSON.parse(again.stdout)
      expect(document.ok).to.equal(false)
      expect(document.error).to.match(/nothing arrived within 0.2 s and connected_peers is 0/)
      expect(again.stderr).to.contain(document.error)
    })

    // README: "Both report `connected_peers`"
    it('with another secret nothing arrives, and a writer that stays alone says so', async () => {
      const reader = commands.ghmesh(
        ['smoke', '--read', '--wait-seconds', '3'],
        member('reader', { CACHE_P2P_SHARED_SECRET: otherSecret })
      )
      const writer = commands.ghmesh(['smoke', '--write', '--synthetic', '--wait-seconds', '1.5'], member('writer'))
      const [read, written] = await Promise.all([reader.ended, writer.ended])
      expect(read.code).to.equal(1)
      expect(read.stdout).to.match(/^Final stats$/m)
      expect(read.stdout).to.not.contain('Received')
      expect(read.stderr).to.match(/writer running.*CACHE_P2P_SHARED_SECRET.*firewall/)
      expect(written.code).to.equal(0)
      expect(written.stdout).to.match(/^connected_peers: 0$/m)
      expect(written.stderr).to.match(/broadcast may be a no-op/)
    })

    it('--local-two-node works without GitHub, and without a secret in the environment', async () => {
      const env = { GITHUB_API_URL: 'http://127.0.0.1:9' }
      const [plain, json] = await Promise.all([
        commands.ghmesh(['smoke', '--local-two-node'], env).ended,
        commands.ghmesh(['smoke', '--local-two-node', '--json'], env).ended
      ])
      expect(plain.code, plain.stderr).to.equal(0)
      expect(plain.stdout)
        .to.match(/^reader: Received cache entry!$/m)
        .and.match(/^writer: Final stats$/m)
      expect(json.code, json.stderr).to.equal(0)
      const { ok, reader, writer } = JSON.parse(json.stdout)
      expect([ok, reader.ok, writer.ok]).to.deep.equal([true, true, true])
      expect(reader.entry.from_peer_id).to.equal(writer.final_stats.peer_id)
    })

    // README: "Exit codes: 0 success"
    it('a writer with nothing to share ends with 1 and says why', async () => {
      const args = ['smoke', '--write', '--target', 'octocat/secret-plans']
      const [hidden, missing, down] = await Promise.all([
        commands.ghmesh(args, member('a', { GH_TOKEN: alice })).ended,
        commands.ghmesh([...args, '--json'], member('b', { GH_TOKEN: bob })).ended,
        commands.ghmesh(args, member('c', { GH_TOKEN: bob, GITHUB_API_URL: 'http://127.0.0.1:9' })).ended
      ])
      expect([hidden.code, missing.code, down.code]).to.deep.equal([1, 1, 1])
      expect(hidden.stderr).to.match(/^ghmesh: octocat\/secret-plans is not public/m)
      expect(JSON.parse(missing.stdout)).to.include({ ok: false, target: 'octocat/secret-plans' })
      expect(missing.stderr).to.match(/^ghmesh: GitHub answered 404 .*Not Found.*nothing to share$/m)
      expect(down.stderr).to.match(/^ghmesh: .*fetch failed/m)
    })

    // README: "Across networks, set"
    it('finds members by a GitHub issue alone: a repository and a secret are enough', async () => {
      const repository = { IPFS_ACCELERATE_P2P_CACHE_DIR: undefined, GITHUB_REPOSITORY: 'octocat/Hello-World' }
      const reader = commands.ghmesh(
        ['smoke', '--read', '--wait-seconds', '40'],
        member('reader', { ...repository, GH_TOKEN: bob })
      )
      await github.nextCall(({ method, path }) => method === 'POST' && path.endsWith('/comments'))
      const writer = commands.ghmesh(['smoke', '--write'], member('writer', { ...repository, GH_TOKEN: alice }))
      const [read, written] = await Promise.all([reader.ended, writer.ended])
      expect(read.code, read.stderr).to.equal(0)
      expect(written.code, written.stderr).to.equal(0)
      expect(read.stdout)
        .to.match(/^Received cache entry!$/m)
        .and.match(/^ {2}peer_hits: [1-9]/m)
      const answers = github.calls.filter(({ path }) => !/\/issues\b/.test(path))
      expect(answers.map(({ login, path }) => [login, path])).to.deep.equal([['alice', '/repos/octocat/Hello-World']])
    })

    it('says what to set where nothing says where members are', async () => {
      const lone = { ...group, IPFS_ACCELERATE_P2P_CACHE_DIR: undefined }
      const args = ['smoke', '--read', '--wait-seconds', '0']
      const [alone, folder, disabled] = await Promise.all([
        commands.ghmesh(args, lone).ended,
        commands.ghmesh(args, group).ended,
        commands.ghmesh([...args, '--disable-discovery'], lone).ended
      ])
      expect(alone.stderr.match(/^ghmesh: there is no way to find members; set GITHUB_REPOSITORY/gm)).to.have.length(1)
      for (const { stderr } of [folder, disabled]) expect(stderr).to.not.match(/no way to find members/)
    })

    it('ends cleanly on SIGINT and SIGTERM', async () => {
      const ends = async (signal: NodeJS.Signals) => {
        const reader = commands.ghmesh(['smoke', '--read'], member('reader'))
        await reader.said(/Waiting up to/)
        reader.child.kill(signal)
        return reader.ended
      }
      const [interrupted, terminated] = await Promise.all([ends('SIGINT'), ends('SIGTERM')])
      expect(interrupted).to.include({ code: 130, by: null })
      expect(interrupted.stderr).to.match(/^ghmesh: stopped by SIGINT$/m)
      expect(terminated).to.include({ code: 143, by: null })
      expect(terminated.stderr).to.match(/^ghmesh: stopped by SIGTERM$/m)
    })
  })

  describe('get', () => {
    it('asks GitHub, then its own cache; paths and URLs are one', async () => {
      const env = member('one', { GH_TOKEN: bob })
      const first = await commands.ghmesh(
        ['get', '/repos/octocat/Hello-World/issues?per_page=5', '--wait-seconds', '0'],
        env
      ).ended
      expect(first.code, first.stderr).to.equal(0)
      expect(JSON.parse(first.stdout)).to.have.length(5)
      expect(first.stderr).to.match(/^GitHub \(200\), 0 s old, \d+ of 5000 units of quota left$/m)
      const calls = github.calls.length
      const second = await commands.ghmesh(['get', `${github.url}/repos/octocat/Hello-World/issues?per_page=5`], env)
        .ended
      expect(second.stderr).to.match(/^local cache, \d+ s old$/m)
      expect(second.stdout).to.equal(first.stdout)
      expect(github.calls).to.have.length(calls)
    })

    // README: "`IPFS_ACCELERATE_CACHE_DIR`"
    it('keeps answers, and who it is, in the user’s cache folder unless another is named', async () => {
      const XDG_CACHE_HOME = commands.folder('user')
      const env = member('one', { GH_TOKEN: bob, IPFS_ACCELERATE_CACHE_DIR: undefined, XDG_CACHE_HOME })
      for (const from of [/^GitHub /m, /^local cache/m])
        expect((await commands.ghmesh(['get', '/meta', '--wait-seconds', '0'], env).ended).stderr).to.match(from)
      const kept = readdirSync(join(XDG_CACHE_HOME, 'ghmesh'))
      expect(
        kept.filter((name) => /^cache\.db$|^identity/.test(name)),
        kept.join()
      ).to.have.length.above(1)
    })

    it('gets it from a member', async () => {
      const { url: apiUrl } = github
      const peersDir = group.IPFS_ACCELERATE_P2P_CACHE_DIR
      await using mesh = await createMesh({
        apiUrl,
        secret,
        peersDir,
        listenPort: 0,
        forceLocalhost: true,
        name: 'holder',
        token: alice,
        store: memoryStore(),
        cacheDir: commands.folder('holder')
      })
      await (await mesh.fetch(`${apiUrl}/repos/octocat/Hello-World`)).text()
      await (await mesh.fetch(`${apiUrl}/repos/octocat/Hello-World/labels`)).text()
      github.clearCalls()
      const got = await commands.ghmesh(
        ['get', 'repos/octocat/Hello-World/labels', '--wait-seconds', '30'],
        member('two', { GH_TOKEN: bob })
      ).ended
      expect(got.code, got.stderr).to.equal(0)
      expect(got.stderr).to.match(/^member (holder|…\w{8}), \d+ s old$/m)
      expect(JSON.parse(got.stdout)[0]).to.have.property('color')
      // One answer in fifty that is taken on trust is looked at in the background, at no cost.
      expect(github.units()).to.equal(0)
    })

    it('an error of GitHub: its body, and exit code 1', async () => {
      const env = member('three', { GH_TOKEN: bob })
      const [missing, absent, quiet, down, elsewhere] = await Promise.all([
        commands.ghmesh(['get', '/repos/octocat/nope', '--wait-seconds', '0'], env).ended,
        commands.ghmesh(
          ['get', '/repos/octocat/nope', '--cache', 'only-if-cached', '--wait-seconds', '0'],
          member('four')
        ).ended,
        commands.ghmesh(
          [
            'get',
            '/repos/octocat/Hello-World/readme',
            '--quiet',
            '--accept',
            'application/vnd.github.raw',
            '--header',
            'x-github-api-version: 2022-11-28',
            '--wait-seconds',
            '0'
          ],
          member('five', { GH_TOKEN: bob })
        ).ended,
        commands.ghmesh(['get', '/meta'], { GITHUB_API_URL: 'http://127.0.0.1:9', GH_TOKEN: bob }).ended,
        commands.ghmesh(['get', 'http://127.0.0.1:9/x'], { GITHUB_API_URL: 'http://127.0.0.1:9/api/v3' }).ended
      ])
      expect([missing.code, absent.code, quiet.code, down.code]).to.deep.equal([1, 1, 0, 1])
      expect(JSON.parse(missing.stdout).message).to.equal('Not Found')
      expect(missing.stderr).to.match(/^GitHub \(404\)/m)
      expect(absent.stderr).to.match(/^nobody: /m)
      expect(quiet.stdout).to.match(/^# /)
      expect(quiet.stderr).to.not.match(/GitHub/)
      expect(github.calls.find(({ path }) => path.endsWith('/readme'))).to.include({ apiVersion: '2022-11-28' })
      expect(down.stderr).to.match(
        /^ghmesh: cannot reach http:\/\/127\.0\.0\.1:9: .*; is GITHUB_API_URL correct\? "ghmesh doctor" checks the connection$/m
      )
      expect(elsewhere.stderr).to.match(/^ghmesh: cannot reach http:\/\/127\.0\.0\.1:9: .*; check the URL$/m)
      expect(down.stdout).to.equal('')
    })

    it('says what to do without a valid token, and with a cache folder that cannot be used', async () => {
      const file = join(commands.folder('file'), 'file')
      writeFileSync(file, '')
      const get = (env: Record<string, string>) =>
        commands.ghmesh(['get', '/user', '--wait-seconds', '0'], { GITHUB_API_URL: github.url, ...env }).ended
      const [none, wrong, noFolder] = await Promise.all([
        get({ PATH: commands.folder('empty') }),
        get({ GH_TOKEN: 'sim-token-nobody' }),
        get({ GH_TOKEN: bob, CACHE_DIR: join(file, 'below') })
      ])
      for (const { code, stderr } of [none, wrong]) {
        expect([code, stderr.trimEnd().split('\n').at(-1)]).to.deep.equal([
          1,
          'ghmesh: set GH_TOKEN to a valid token, or run "gh auth login"'
        ])
      }
      expect(noFolder.code).to.equal(0)
      expect(noFolder.stderr).to.match(
        /: make it a folder that you can write to, or choose another with --cache-dir, or with CACHE_DIR for a command without it; going on in memory/
      )
    })
  })

  it('secret prints a new secret and nothing else', async () => {
    const [a, b] = await Promise.all([commands.ghmesh(['secret']).ended, commands.ghmesh(['secret']).ended])
    for (const { stdout, stderr, code } of [a, b]) {
      expect(stdout).to.match(/^ghm1_[\w-]{43}\n$/)
      expect([stderr, code]).to.deep.equal(['', 0])
    }
    expect(a.stdout).to.not.equal(b.stdout)
  })

  // README: "Exit codes: 0 success"
  it('wrong usage: exit code 2, and one line that names it', async () => {
    const wrong: [string[], RegExp, Record<string, string>?][] = [
      [['frobnicate'], /unknown command 'frobnicate'; see ghmesh --help/],
      [['--frobnicate'], /unknown option '--frobnicate'; see ghmesh --help/],
      [['get'], /missing required argument 'url-or-path'; see ghmesh get --help/],
      [['get', '/meta', '--cache', 'sometimes'], /--cache.*sometimes.*only-if-cached.*see ghmesh get --help/],
      [['get', '/meta', '--header', bob], /a --header is not of the form/],
      [['smoke'], /exactly one of --read, --write and --local-two-node/],
      [['smoke', '--read', '--write'], /exactly one of --read, --write and --local-two-node/],
      [['smoke', '--read', '--target'], /'--target <owner\/repo>' argument missing; see ghmesh smoke --help/],
      [['smoke', '--read', '--wait-seconds', 'long'], /--wait-seconds.*'long'.*0 to 86400 seconds/],
      [['smoke', '--read'], /set CACHE_P2P_SHARED_SECRET/],
      [['smoke', '--read', '--shared-secret', 'ghm1_cut'], /takes a passphrase or ghm1_/],
      [
        ['smoke', '--read'],
        /variable CACHE_LISTEN_PORT takes.*"many"/,
        { CACHE_LISTEN_PORT: 'many', GHMESH_SECRET: secret }
      ]
    ]
    const ended = await Promise.all(
      wrong.map(([args, , env]) => commands.ghmesh(args, { CACHE_LISTEN_PORT: '0', ...env }).ended)
    )
    for (const [i, { code, stdout, stderr }] of ended.entries()) {
      const [args, message] = wrong[i] ?? [[], /$^/]
      expect(stderr, args.join(' '))
        .to.match(message)
        .and.match(/^ghmesh: .*\n$/)
      expect([code, stdout], args.join(' ')).to.deep.equal([2, ''])
    }
  })

  // README: "docs/commands.md describes"
  it('docs/commands.md has all commands, and no others', async () => {
    const namesIn = async (...args: string[]) => {
      const { stdout } = await commands.ghmesh([...args, '--help']).ended
      const [, list = ''] = stdout.split('\nCommands:\n')
      return [...list.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name)
    }
    const inCache = (await namesIn('cache')).map((name) => `cache ${name}`)
    const all = (await namesIn()).flatMap((name) => (name === 'cache' ? inCache : [name]))
    expect(all).to.include.members(['smoke', 'cache ls', 'group'])
    const documented = readFileSync(join(root, 'docs/commands.md'), 'utf8').matchAll(/^\| `([\w ]+)` \|/gm)
    expect([...documented].map(([, name]) => name)).to.have.members(all)
  })

  it('every help has an example', async () => {
    const all = [['--help'], ['smoke', '--help'], ['get', '-h'], ['secret', '--help']]
    const ended = await Promise.all(all.map((args) => commands.ghmesh(args).ended))
    for (const { code, stdout, stderr } of ended) {
      expect([code, stderr]).to.deep.equal([0, ''])
      expect(stdout)
        .to.match(/^Usage: ghmesh/)
        .and.match(/Example[\s\S]*\$ .*ghmesh /)
    }
    expect(ended[1]?.stdout).to.match(/On one local network members find each other by multicast DNS\./)
    const [version, nothing] = await Promise.all([commands.ghmesh(['--version']).ended, commands.ghmesh([]).ended])
    expect(version.stdout).to.match(/^\d+\.\d+\.\d+\n$/)
    expect(nothing.code).to.equal(2)
    expect(nothing.stderr).to.match(/^Usage: ghmesh/)
  })

  // Mocha runs suites in suites last.
  describe('all of them', () => {
    it('never printed a secret or a token', () => {
      const printed = commands.printed()
      expect(printed.length).to.be.greaterThan(5000)
      for (const hidden of [secret, otherSecret, alice, bob, 'ghm1_cut']) expect(printed).to.not.contain(hidden)
    })
  })
})
