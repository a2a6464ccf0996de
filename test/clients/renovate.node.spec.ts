import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { expect } from 'chai'
import { createCommands } from '../support/commands.ts'
import { enterpriseServer } from './mcp.ts'
import { clients, has, startProxy, startWorld, token } from './world.ts'

interface PackageFile {
  deps: { depName: string; currentValue: string; updates: { newValue: string }[] }[]
}

const workflow = `on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: octocat/Hello-World@v1.0.0
`

describe('Renovate with RENOVATE_ENDPOINT', () => {
  const commands = createCommands()
  after(() => commands.end())

  /** A folder below which git finds `octocat/Hello-World.git`. */
  function gitServer(): string {
    const folder = commands.folder('git')
    const work = join(folder, 'work')
    mkdirSync(join(work, '.github/workflows'), { recursive: true })
    writeFileSync(join(work, '.github/workflows/test.yml'), workflow)
    writeFileSync(join(work, 'renovate.json'), '{}')
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=alice', '-c', 'user.email=alice@example.com', ...args], { cwd: work })
    git('init', '--quiet', '--initial-branch=main')
    git('add', '--all')
    git('commit', '--quiet', '--message=First')
    git('clone', '--quiet', '--bare', '.', join(folder, 'octocat/Hello-World.git'))
    return folder
  }

  /** Runs it, as on a machine of its own, and resolves to the updates that it would make. */
  async function lookUp(base: string, git: string): Promise<unknown> {
    const home = commands.folder('home')
    writeFileSync(join(home, '.gitconfig'), `[url "file://${git}/"]\n\tinsteadOf = git@github.com:\n`)
    const report = join(home, 'report.json')
    const file = join(clients, 'renovate/node_modules/renovate/dist/renovate.js')
    const { ended } = commands.start(process.execPath, [file, 'octocat/Hello-World'], {
      HOME: home,
      RENOVATE_PLATFORM: 'github',
      RENOVATE_DRY_RUN: 'lookup',
      RENOVATE_ENDPOINT: `${base}/`,
      RENOVATE_TOKEN: token,
      // By HTTP it would clone from the endpoint, for it takes that for GitHub Enterprise Server.
      RENOVATE_GIT_URL: 'ssh',
      // Without one it looks up nothing of GitHub's.
      RENOVATE_GITHUB_COM_TOKEN: token,
      RENOVATE_BASE_DIR: join(home, 'renovate'),
      RENOVATE_REPORT_TYPE: 'file',
      RENOVATE_REPORT_PATH: report,
      // Nothing leaves this machine.
      HTTPS_PROXY: 'http://127.0.0.1:9',
      NO_PROXY: '127.0.0.1'
    })
    const { code, stdout, stderr } = await ended
    expect(code, stdout + stderr).to.equal(0)
    return updatesIn(report)
  }

  const updatesIn = (report: string): unknown[] => {
    const { repositories } = JSON.parse(readFileSync(report, 'utf8'))
    const files = repositories['octocat/Hello-World'].packageFiles['github-actions'] as PackageFile[]
    return files.flatMap(({ deps }) =>
      deps.map(({ depName, currentValue, updates }) => [depName, currentValue, updates.map(({ newValue }) => newValue)])
    )
  }

  it('sees through the proxy what it sees without it, and costs nothing when asked again from a new home', async function () {
    if (!has('renovate')) return this.skip()
    await using github = await startWorld()
    const git = gitServer()
    const proxy = await startProxy(commands, github, ['--graphql-ttl', '600'])
    const first = await lookUp(proxy.base, git)
    expect(first).to.deep.equal([
      ['octocat/Hello-World', 'v1.0.0', ['v1.1.0']],
      ['ubuntu', 'latest', []]
    ])
    expect(github.calls.length).to.be.above(3)
    github.clearCalls()
    expect(await lookUp(proxy.base, git)).to.deep.equal(first)
    expect(github.calls.map(({ method, url }) => `${method} ${url}`)).to.deep.equal([])
    await proxy.stop()
    const plain = await enterpriseServer(github, 0)
    expect(await lookUp(plain?.base ?? '', git)).to.deep.equal(first)
    await plain?.stop()
  })
})
