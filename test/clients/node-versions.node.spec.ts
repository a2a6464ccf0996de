import { join } from 'node:path'
import { startGitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'
import { cli, createCommands, root } from '../support/commands.ts'
import { clients, has } from './world.ts'

describe('other versions of Node', () => {
  const commands = createCommands()
  const nodeOf = (version: number) => join(clients, `nodes/node_modules/node-${version}/bin/node`)
  const run = (version: number, args: string[], env: Record<string, string | undefined> = {}) =>
    commands.start(nodeOf(version), args, env).ended

  before(function () {
    if (!has('nodes')) return this.skip()
  })
  after(() => commands.end())

  // README: "ghmesh runs on Node"
  for (const [major, version] of [
    [22, '22.13.0'],
    [26, '26.12.1']
  ] as const)
    it(`${version} runs the library and the command, between members too`, async () => {
      expect((await run(major, ['--version'])).stdout.trim()).to.equal(`v${version}`)
      await using github = await startGitHub()
      const env = { GITHUB_API_URL: github.url, GH_TOKEN: 'sim-token-alice' }
      for (const file of ['node/open-issues.mjs', 'octokit/pull-requests.mjs']) {
        const ended = await run(major, [join(root, 'examples', file)], env)
        expect(ended.code, ended.stderr).to.equal(0)
        expect(ended.stdout).to.match(/^#\d+/m)
      }
      const smoke = await run(major, [cli, 'smoke', '--local-two-node'])
      expect(smoke.code, smoke.stderr).to.equal(0)
      const proxy = commands.start(nodeOf(major), [cli, 'proxy', '--port', '0'], env)
      await proxy.said(/^listening on /m)
      const base = /http:\/\/127\.0\.0\.1:\d+/.exec(proxy.printed())?.[0]
      for (const how of [/fwd=uri-miss/, /; hit/])
        expect((await fetch(`${base}/repos/octocat/Hello-World`)).headers.get('cache-status')).to.match(how)
      proxy.child.kill('SIGTERM')
      expect((await proxy.ended).code).to.equal(0)
    })

  // README: "On Linux the workspace"
  it('20 starts the workspace, whose commands go on with its own, and gets one line from the command', async () => {
    expect((await run(20, ['--version'])).stdout).to.match(/^v20\./)
    const setup = await run(20, [join(root, 'scripts/setup.mjs')])
    expect([setup.code, setup.stderr]).to.deep.equal([0, ''])
    const refused = await run(20, [cli, 'secret'])
    const line = 'ghmesh needs Node 22.13 or later; this is v20.19.5: install a newer one from https://nodejs.org\n'
    expect([refused.code, refused.stderr]).to.deep.equal([1, line])
  })
})
