import { join } from 'node:path'
import { type GitHub, startGitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'
import { createSecret } from 'ghmesh'
import { createCommands, root } from './support/commands.ts'

describe('examples', () => {
  const commands = createCommands()
  let github: GitHub
  before(async () => {
    github = await startGitHub({ secondaryLimits: false })
  })
  afterEach(() => github.clearCalls())
  after(async () => {
    await commands.end()
    await github.stop()
  })

  /** One member asks GitHub and stays; a second one, without a token, asks nobody but the first. */
  async function twice(file: string, told: RegExp, looked: string[], more: Record<string, string> = {}) {
    const group = {
      ...more,
      CACHE_P2P_SHARED_SECRET: createSecret(),
      GITHUB_API_URL: github.url,
      GHMESH_PEERS_DIR: commands.folder('peers'),
      IPFS_ACCELERATE_P2P_FORCE_LOCALHOST: '1',
      CACHE_LISTEN_PORT: '0'
    }
    const run = (token: string | undefined, waitMs: number, ...args: string[]) =>
      commands.start(process.execPath, [join(root, 'examples', file), 'octocat/Hello-World', ...args], {
        ...group,
        GH_TOKEN: token,
        WAIT_MS: String(waitMs),
        CACHE_DIR: commands.folder('cache')
      })
    const first = run('sim-token-alice', 0, '--stay')
    await first.said(told)
    const asked = github.count()
    expect(asked).to.be.above(0)
    const second = await run(undefined, 30_000).ended
    expect([second.code, second.stderr]).to.deep.equal([0, ''])
    // Only now, for there is somebody to give it to, the first one looks whether it is public, if its answers have not shown that.
    const looks = github.calls.slice(asked).map(({ login, path }) => `${login} ${path}`)
    expect(looks).to.deep.equal(looked)
    first.child.kill('SIGINT')
    const { code, stdout, stderr } = await first.ended
    expect([code, stderr]).to.deep.equal([0, ''])
    const issues = (text: string) => text.match(/^#.*$/gm)
    expect(issues(second.stdout)).to.deep.equal(issues(stdout)).and.to.have.length.above(3)
    return [stdout, second.stdout] as const
  }

  // README: "Clients without a token get"
  it('node: the open issues of a repository, the second time from a member', async () => {
    const [first, second] = await twice('node/open-issues.mjs', /members connected/, [
      'alice /repos/octocat/hello-world'
    ])
    expect(first).to.contain('from ghmesh; fwd=uri-miss; fwd-status=200; stored\n')
    expect(second).to.contain('from ghmesh; hit; detail=peer\n0 units of quota spent, 1 saved, 1 member connected\n')
  })

  it('octokit: all pull requests page by page, the second time from a member', async () => {
    const [first, second] = await twice('octokit/pull-requests.mjs', /calls to GitHub/, [], { PER_PAGE: '2' })
    expect(first).to.match(/^[2-9] pages: 0 from members, [2-9] calls to GitHub$/m)
    const [pages, fromMembers] = /^(\d+) pages: (\d+) from members, 0 calls to GitHub$/m.exec(second)?.slice(1) ?? []
    expect(fromMembers).to.equal(pages)
  })

  it('say in one line what is wrong with a repository', async () => {
    const env = { GITHUB_API_URL: github.url, GH_TOKEN: 'sim-token-alice', CACHE_DIR: commands.folder('cache') }
    for (const file of ['node/open-issues.mjs', 'octokit/pull-requests.mjs']) {
      const run = (name: string) => commands.start(process.execPath, [join(root, 'examples', file), name], env).ended
      const [wrong, missing] = await Promise.all([run('foo'), run('octocat/nothing')])
      expect(wrong).to.include({ code: 1, stdout: '', stderr: 'foo: use owner/repo\n' })
      expect([missing?.code, missing?.stdout]).to.deep.equal([1, ''])
      expect(missing?.stderr).to.match(/^.*octocat\/nothing.*\n$/)
    }
  })

  it('run without a secret too, and end', async () => {
    const env = { GITHUB_API_URL: github.url, GH_TOKEN: 'sim-token-alice', CACHE_DIR: commands.folder('cache') }
    for (const file of ['node/open-issues.mjs', 'octokit/pull-requests.mjs']) {
      const { code, stdout, stderr } = await commands.start(process.execPath, [join(root, 'examples', file)], env).ended
      expect([code, stderr], stdout).to.deep.equal([0, ''])
    }
  })
})
