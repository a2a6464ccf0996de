import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type GitHub, startGitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'
import { createCommands, type Running } from '../support/commands.ts'

const alice = 'sim-token-alice'
const repository = 'octocat/Hello-World'

// Each with what it prints, and whether it is the cache's business (GraphQL is only with --graphql-ttl).
const reads: [args: string[], printed: RegExp][] = [
  [['api', `/repos/${repository}`, '--jq', '.full_name'], /^octocat\/Hello-World\n$/],
  [['api', '--paginate', `/repos/${repository}/issues?per_page=5`, '--jq', '.[].number'], /^(\d+\n){20,}$/],
  [['repo', 'view', repository], /^name:\toctocat\/Hello-World\n[\s\S]*# Hello-World/],
  [['issue', 'list', '--repo', repository, '--limit', '3'], /^(\d+\tOPEN\t.*\n){3}$/],
  [['pr', 'list', '--repo', repository], /^(\d+\t.*\tpatch-\d+\tOPEN.*\n)+$/],
  [['run', 'list', '--repo', repository], /^(completed\t(success|failure)\t.*\tCI\tmain\tpush\t.*\n){5}$/]
]

describe('gh of the distribution', () => {
  const commands = createCommands()
  let github: GitHub
  let configDir: string
  let env: Record<string, string>

  before(async () => {
    github = await startGitHub()
    configDir = commands.folder('gh')
    env = {
      GITHUB_API_URL: github.url,
      IPFS_ACCELERATE_CACHE_DIR: commands.folder('cache'),
      GH_CONFIG_DIR: configDir,
      GH_TOKEN: alice
    }
  })
  beforeEach(() => github.clearCalls())
  after(async () => {
    await commands.end()
    await github.stop()
  })

  const gh = (...args: string[]) => commands.start('gh', args, env).ended
  const through = (...args: string[]) => commands.ghmesh(['gh', '--', ...args], env)
  const socketOfGh = () =>
    spawnSync('gh', ['config', 'get', 'http_unix_socket'], { env: { ...process.env, ...env }, encoding: 'utf8' }).stdout
  const ends = async (proxy: Running, signal: NodeJS.Signals) => {
    proxy.child.kill(signal)
    return proxy.ended
  }
  const startProxy = async (...args: string[]) => {
    const proxy = commands.ghmesh(['proxy', '--gh', ...args], env)
    await proxy.said(/^listening on /m)
    return proxy
  }

  describe('through ghmesh proxy --gh', () => {
    let proxy: Running
    before(async () => {
      await gh('config', 'set', 'http_unix_socket', '/former.sock')
      proxy = await startProxy('--graphql-ttl', '3600')
    })

    for (const [args, printed] of reads) {
      it(`${args.slice(0, 2).join(' ')}: right, and from the cache the second time`, async () => {
        const first = await gh(...args)
        expect([first.code, first.stderr]).to.deep.equal([0, ''])
        expect(first.stdout).to.match(printed)
        const paid = github.units('alice')
        expect(paid).to.be.greaterThan(0)
        expect((await gh(...args)).stdout).to.equal(first.stdout)
        expect(github.units('alice')).to.equal(paid)
      })
    }

    it('a write shows at once, by REST and by GraphQL', async () => {
      const list = ['issue', 'list', '--repo', repository, '--limit', '1']
      await gh(...list)
      const made = await gh('issue', 'create', '--repo', repository, '--title', 'From gh', '--body', 'text')
      expect([made.code, made.stderr]).to.deep.equal([0, ''])
      expect((await gh(...list)).stdout).to.match(/^\d+\tOPEN\tFrom gh\t/)
      const posted = await gh('api', `/repos/${repository}/issues`, '-f', 'title=By REST', '--jq', '.number')
      expect((await gh(...list)).stdout).to.match(new RegExp(`^${posted.stdout.trim()}\tOPEN\tBy REST\t`))
    })

    it('errors and exit codes are GitHub’s and gh’s own', async () => {
      const missing = await gh('api', '/repos/octocat/nope')
      expect([missing.code, missing.stderr]).to.deep.equal([1, 'gh: Not Found (HTTP 404)\n'])
      expect((await gh('issue', 'list', '--repo', 'octocat/nope')).stderr).to.match(/Could not resolve to a Repository/)
    })

    it('on exit gh has what it had, also after kill -9 and a new start', async () => {
      expect((await ends(proxy, 'SIGINT')).code).to.equal(0)
      expect(socketOfGh()).to.equal('/former.sock\n')
      const killed = await startProxy()
      await ends(killed, 'SIGKILL')
      expect(socketOfGh()).to.match(/proxy\.sock\n$/)
      expect((await gh('api', '/user')).code).to.equal(1)
      const again = await startProxy()
      expect((await gh('api', '/user', '--jq', '.login')).stdout).to.equal('alice\n')
      expect((await ends(again, 'SIGTERM')).code).to.equal(0)
      expect(socketOfGh()).to.equal('/former.sock\n')
      await gh('config', 'set', 'http_unix_socket', '')
      await ends(await startProxy(), 'SIGTERM')
      expect(socketOfGh()).to.equal('')
    })

    it('ghmesh doctor puts right what kill -9 left', async () => {
      await gh('config', 'set', 'http_unix_socket', '')
      await ends(await startProxy(), 'SIGKILL')
      expect((await gh('api', '/user')).code).to.equal(1)
      const { code, stdout } = await commands.ghmesh(['doctor'], { ...env, CACHE_LISTEN_PORT: '0' }).ended
      expect(code, stdout).to.equal(0)
      expect(stdout).to.match(/^warning {2}gh: .*is restored: gh talks to GitHub directly$/m)
      expect(socketOfGh()).to.equal('')
    })
  })

  describe('through ghmesh gh --', () => {
    for (const [args, printed] of reads) {
      it(args.slice(0, 2).join(' '), async () => {
        const { code, stdout, stderr } = await through(...args).ended
        expect([code, stderr]).to.deep.equal([0, ''])
        expect(stdout).to.match(printed)
      })
    }

    it('has gh’s exit codes, uses its aliases, and leaves nothing behind', async () => {
      const before = () => readdirSync(configDir).map((name) => [name, readFileSync(join(configDir, name), 'utf8')])
      expect((await through('alias', 'set', 'me', 'api /user --jq .login').ended).code).to.equal(0)
      const found = before()
      const ended = await Promise.all([['me'], ['api', '/nope'], ['frobnicate']].map((args) => through(...args).ended))
      expect(ended.map(({ code }) => code)).to.deep.equal([0, 1, 1])
      expect(ended[0]?.stdout).to.equal('alice\n')
      expect(before()).to.deep.equal(found)
      const run = join(commands.home, 'cache/ghmesh/run')
      expect(existsSync(run) ? readdirSync(run) : []).to.deep.equal([])
    })

    it('passes Ctrl-C on while gh waits for GitHub', async () => {
      const hold = github.hold('/emojis')
      const waiting = through('api', '/emojis')
      await hold.arrived
      waiting.child.kill('SIGINT')
      expect((await waiting.ended).code).to.be.oneOf([2, 130])
      hold.release()
    })
  })

  // After the others, whose lists its 250 issues would fill.
  describe('on two machines', () => {
    it('gh api --paginate prints all issues at the second one too, which asks GitHub nothing', async () => {
      const group = { GHMESH_SECRET: 'four words of a test', IPFS_ACCELERATE_P2P_FORCE_LOCALHOST: '1' }
      const machine = (name: string) => ({
        ...env,
        ...group,
        GHMESH_PEERS_DIR: join(commands.home, 'machines'),
        GH_CONFIG_DIR: commands.folder(`gh-${name}`),
        IPFS_ACCELERATE_CACHE_DIR: commands.folder(`cache-${name}`),
        RUNNER_NAME: name
      })
      const [one, two] = [machine('one'), machine('two')]
      const sockets = [one, two].map(({ RUNNER_NAME }) => join(commands.home, `${RUNNER_NAME}.sock`))
      const proxies = [one, two].map((on, i) =>
        commands.ghmesh(['proxy', '--gh', '--socket', sockets[i] as string], on)
      )
      await Promise.all(proxies.map((proxy) => proxy.said(/^listening on /m)))
      const sees = async (i: number, name: string) =>
        (await commands.ghmesh(['peers', '--socket', sockets[i] as string], env).ended).stdout.includes(name)
      while (!((await sees(0, 'two')) && (await sees(1, 'one'))));

      github.repository(repository).setIssues(250)
      const list = ['api', '--paginate', `/repos/${repository}/issues?per_page=100`, '--jq', '.[].number']
      const all = Array.from({ length: 250 }, (_, i) => `${250 - i}\n`).join('')
      expect((await commands.start('gh', list, one).ended).stdout).to.equal(all)
      // Members are told once it is known that the repository is public, and large pages are fetched after that.
      const held = async () =>
        (await commands.ghmesh(['cache', 'ls'], two).ended).stdout.match(/issues\?/g)?.length ?? 0
      while ((await held()) < 3);
      github.clearCalls()
      expect((await commands.start('gh', list, two).ended).stdout).to.equal(all)
      // Now and then one that is taken on trust is looked at in the background, at no cost.
      expect(github.units()).to.equal(0)
      await Promise.all(proxies.map((proxy) => ends(proxy, 'SIGTERM')))
    })
  })

  it('never printed a token', () => {
    expect(commands.printed()).to.not.contain(alice)
  })
})
