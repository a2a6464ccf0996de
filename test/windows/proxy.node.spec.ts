import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { startGitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'
import { createSecret } from 'ghmesh'
import { createCommands } from '../support/commands.ts'

const repo = '/repos/octocat/Hello-World'
const authorization = 'token sim-token-alice'

/** Only on Windows: elsewhere there are Unix sockets, which the tests of the command are about. */
describe('the proxy on Windows', () => {
  const commands = createCommands()
  let github: Awaited<ReturnType<typeof startGitHub>>
  let env: Record<string, string>

  before(async () => {
    expect(process.platform).to.equal('win32')
    github = await startGitHub()
  })
  beforeEach(() => {
    const folder = commands.folder('local')
    env = { GITHUB_API_URL: github.url, GH_TOKEN: 'sim-token-alice', LOCALAPPDATA: folder }
    github.clearCalls()
  })
  after(async () => {
    await commands.end()
    await github.stop()
  })

  async function start(args: string[] = [], more: Record<string, string> = {}) {
    const running = commands.ghmesh(['proxy', '--port', '0', ...args], { ...env, ...more })
    await running.said(/^listening on .*\n/m)
    const [, socket = '', base = ''] = /^listening on (.+) and (http:\S+)/m.exec(running.printed()) ?? []
    const ask = async (path: string) => {
      const response = await fetch(base + path, { headers: { authorization } })
      await response.arrayBuffer()
      return response.headers.get('cache-status') ?? ''
    }
    return { ...running, socket, base, ask }
  }
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await commands.ghmesh(args, env).ended
    return { code, stdout, stderr }
  }

  it('serves clients on its port, and the other commands find it', async () => {
    const proxy = await start()
    expect(proxy.socket).to.equal(join(env.LOCALAPPDATA as string, 'ghmesh\\Cache\\run\\proxy.sock'))
    expect(await proxy.ask(repo)).to.include('fwd=uri-miss')
    expect(await proxy.ask(repo)).to.match(/; hit/)
    expect(github.count()).to.equal(1)

    const stats = JSON.parse((await run('stats', '--json')).stdout)
    expect(stats.proxy).to.include({ pid: proxy.child.pid })
    expect((await run('cache', 'ls')).stdout.toLowerCase()).to.include(repo.toLowerCase())
    expect((await run('purge', 'octocat/Hello-World')).stdout).to.match(/^1 entry is stale here/)
    expect(await proxy.ask(repo)).to.include('fwd=stale')
    const cleared = await run('cache', 'clear', '--yes')
    expect(cleared.stdout).to.include('and the memory of the proxy')
    expect(await proxy.ask(repo)).to.include('fwd=uri-miss')
    const refused = await fetch(`${proxy.base}/ghmesh/clear`, { method: 'POST', body: '{}' })
    expect(refused.status).to.equal(403)

    const second = await run('proxy', '--port', '0')
    expect(second.code).to.equal(1)
    expect(second.stderr).to.include(`is in use by ghmesh proxy, process ${proxy.child.pid}`)
  })

  it('starts again after it was killed, on another pipe', async () => {
    const killed = await start()
    const pipe = readFileSync(killed.socket, 'utf8')
    expect(pipe).to.match(/^\\\\\.\\pipe\\ghmesh-[0-9a-f]{32}$/)
    expect(await killed.ask(repo)).to.include('fwd=uri-miss')
    killed.child.kill('SIGKILL')
    await killed.ended
    expect((await run('stats')).stdout).to.match(/^No proxy was asked/)

    const again = await start()
    expect(readFileSync(again.socket, 'utf8'))
      .to.match(/^\\\\\.\\pipe\\ghmesh-/)
      .and.not.equal(pipe)
    expect(await again.ask(repo)).to.match(/; hit/)
  })

  it('takes no other file for a socket, and no other pipe for its own', async () => {
    const folder = commands.folder('files')
    for (const content of ['of some worth', '\\\\.\\pipe\\of-some-other-program', '']) {
      const socket = join(folder, `file${content.length}`)
      writeFileSync(socket, content)
      for (const command of [
        ['proxy', '--port', '0', '--socket', socket],
        ['stats', '--socket', socket]
      ]) {
        const { code, stderr } = await run(...command)
        expect([code, stderr]).to.deep.equal([1, `ghmesh: ${socket} exists and is not a socket\n`])
      }
      expect(readFileSync(socket, 'utf8')).to.equal(content)
    }
  })

  it('says what clients on Windows can use', async () => {
    const { code, stderr } = await run('proxy')
    expect([code, stderr]).to.deep.equal([
      2,
      'ghmesh: on Windows clients reach a proxy on a port; add --port 4000, say\n'
    ])
    for (const command of [
      ['proxy', '--gh', '--port', '0'],
      ['gh', '--', 'issue', 'list']
    ])
      expect(await run(...command)).to.deep.equal({
        code: 1,
        stdout: '',
        stderr: 'ghmesh: gh reaches a proxy through a Unix socket, which Node does not have on Windows; use WSL\n'
      })
  })

  it('shares what it has with another one', async () => {
    const issues = `${repo}/issues`
    const shared: Record<string, string> = {
      CACHE_P2P_SHARED_SECRET: createSecret(),
      CACHE_LISTEN_PORT: '0',
      IPFS_ACCELERATE_P2P_CACHE_DIR: commands.folder('peers'),
      IPFS_ACCELERATE_P2P_FORCE_LOCALHOST: '1'
    }
    const one = await start([], { ...shared, RUNNER_NAME: 'one' })
    expect(await one.ask(issues)).to.include('fwd=uri-miss')
    Object.assign(env, shared, { RUNNER_NAME: 'other', LOCALAPPDATA: commands.folder('other') })
    const other = await start()
    while (!(await run('peers')).stdout.includes('\none ')) expect(other.child.exitCode).to.equal(null)
    expect(await other.ask(issues)).to.include('detail=peer')
    expect(github.count(/issues$/)).to.equal(1)
  })
})
