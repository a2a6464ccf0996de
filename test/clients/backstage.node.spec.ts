import { join } from 'node:path'
import { expect } from 'chai'
import { createCommands } from '../support/commands.ts'
import { clients, has, startProxy, startWorld, token } from './world.ts'

describe('Backstage with apiBaseUrl', () => {
  const commands = createCommands()
  after(() => commands.end())

  /** Reads the catalogue, as a backend that has just started. */
  async function locations(base: string): Promise<string[]> {
    const driver = join(import.meta.dirname, 'drivers/backstage.mjs')
    const { child, ended } = commands.start(process.execPath, [driver, join(clients, 'backstage')])
    child.stdin?.end(JSON.stringify({ base, token }))
    const { code, stdout, stderr } = await ended
    expect(code, stderr).to.equal(0)
    return JSON.parse(stdout)
  }

  it('finds through the proxy what it finds without it, and asks once for several backends', async function () {
    if (!has('backstage')) return this.skip()
    await using github = await startWorld()
    const asked = () => github.calls.map(({ method, path }) => `${method} ${path}`)
    const plain = await locations(github.url)
    expect(plain).to.deep.equal([
      'https://github.com/octocat/Hello-World/blob/main/README.md',
      'https://github.com/octocat/secret-plans/blob/main/README.md'
    ])
    expect(asked()).to.deep.equal(['POST /graphql'])
    github.clearCalls()
    const proxy = await startProxy(commands, github, ['--graphql-ttl', '600'])
    expect(await locations(proxy.base)).to.deep.equal(plain)
    expect(await locations(proxy.base)).to.deep.equal(plain)
    expect(asked()).to.deep.equal(['POST /graphql'])
    await proxy.stop()
  })
})
