import { join } from 'node:path'
import { type GitHub, startGitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'
import { cli, createCommands, root } from '../support/commands.ts'

// What Node's own function does where the user has no account and `HOME` is not set (`uv_os_homedir`); only root can become
// such a user. `/dev/null` and `/proc` are where nobody can make a folder.
const noHome = `data:text/javascript,${encodeURIComponent(`
  import os from 'node:os'
  import { syncBuiltinESMExports } from 'node:module'
  os.homedir = () => { throw Object.assign(new Error('uv_os_homedir returned ENOENT'), { code: 'ERR_SYSTEM_ERROR' }) }
  syncBuiltinESMExports()
`)}`

describe('a user without a home, as in a container', () => {
  const commands = createCommands()
  let github: GitHub
  before(async () => {
    github = await startGitHub()
  })
  after(async () => {
    await commands.end()
    await github.stop()
  })

  const run = (args: readonly string[], env: Record<string, string | undefined> = {}) =>
    commands.start(process.execPath, ['--import', noHome, ...args], {
      GITHUB_API_URL: github.url,
      GH_TOKEN: 'sim-token-alice',
      XDG_CACHE_HOME: '/dev/null',
      XDG_STATE_HOME: '/proc/none',
      ...env
    })

  it('can import ghmesh, and has what is cached in memory', async () => {
    const script = `
      import { createMesh } from 'ghmesh'
      const mesh = await createMesh()
      for (let n = 0; n < 2; n++) {
        const response = await mesh.fetch(process.env.GITHUB_API_URL + '/repos/octocat/Hello-World')
        console.log(response.status, response.headers.get('cache-status'))
      }
      await mesh.stop()`
    const { code, stdout, stderr } = await run(['--input-type=module', '-e', script]).ended
    expect(code, stderr).to.equal(0)
    expect(stdout).to.match(/^200 ghmesh; fwd=uri-miss.*\n200 ghmesh; hit.*\n$/)
    expect(stderr).to.match(/the cache in \/dev\/null\/ghmesh cannot be used .*; going on in memory/)
  })

  it('takes the root for it where nothing else is said', async () => {
    const script = `import { defaultCacheDir } from 'ghmesh/cache-folder'; console.log(defaultCacheDir())`
    const { stdout, stderr } = await run(['--input-type=module', '-e', script], { XDG_CACHE_HOME: undefined }).ended
    expect([stdout, stderr]).to.deep.equal(['/.cache/ghmesh\n', ''])
  })

  it('reads one response after the other with the command', async () => {
    const { code, stdout, stderr } = await run([cli, 'get', '/repos/octocat/Hello-World']).ended
    expect([code, JSON.parse(stdout).name], stderr).to.deep.equal([0, 'Hello-World'])
    expect(stderr).to.match(/choose another with --cache-dir/)
  })

  it('is told which option gives the proxy and the relay a folder', async () => {
    const proxy = await run([cli, 'proxy']).ended
    expect(proxy.stderr).to.match(
      /^ghmesh: cannot use the folder of \/dev\/null\/.*proxy\.sock: .*; choose another with --socket\n$/
    )
    const relay = await run([join(root, 'relay/dist/ghmesh-relay.mjs')]).ended
    expect(relay.stderr).to.match(
      /^ghmesh-relay: cannot create \/proc\/none\/ghmesh-relay \(ENOENT\); choose another with --key-file\n$/
    )
    expect([proxy.code, relay.code]).to.deep.equal([1, 1])
  })
})
