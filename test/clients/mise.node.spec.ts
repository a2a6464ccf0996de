import { join } from 'node:path'
import { expect } from 'chai'
import { createCommands } from '../support/commands.ts'
import { clients, has, startProxy, startWorld } from './world.ts'

describe('mise with MISE_URL_REPLACEMENTS', () => {
  const commands = createCommands()
  after(() => commands.end())

  /** What it prints for a user of its own, for whom nothing is kept from before. */
  async function mise(base: string, ...args: string[]): Promise<string> {
    const home = commands.folder('home')
    const { ended } = commands.start(join(clients, 'mise/node_modules/@jdxcode/mise-linux-x64/bin/mise'), args, {
      HOME: home,
      MISE_DATA_DIR: join(home, 'data'),
      MISE_CACHE_DIR: join(home, 'cache'),
      MISE_URL_REPLACEMENTS: JSON.stringify({ 'https://api.github.com': base }),
      // Nothing leaves this machine.
      HTTPS_PROXY: 'http://127.0.0.1:9',
      NO_PROXY: '127.0.0.1'
    })
    const { code, stdout, stderr } = await ended
    expect(code, stderr).to.equal(0)
    return stdout
  }

  it('sees through the proxy the versions that it sees without it, and costs nothing when somebody else asks the proxy', async function () {
    if (!has('mise')) return this.skip()
    await using github = await startWorld()
    const asked = () => github.calls.map(({ method, path }) => `${method} ${path}`)
    const tool = 'github:octocat/Hello-World'
    const plain = [await mise(github.url, 'ls-remote', tool), await mise(github.url, 'latest', tool)]
    expect(plain).to.deep.equal(['1.0.0\n1.1.0\n', '1.1.0\n'])
    const calls = asked()
    expect(calls[0]).to.equal('GET /repos/octocat/Hello-World/releases')
    const proxy = await startProxy(commands, github)
    github.clearCalls()
    const first = [await mise(proxy.base, 'ls-remote', tool), await mise(proxy.base, 'latest', tool)]
    expect(first).to.deep.equal(plain)
    expect(asked()).to.deep.equal([...new Set(calls)])
    github.clearCalls()
    const second = [await mise(proxy.base, 'ls-remote', tool), await mise(proxy.base, 'latest', tool)]
    expect(second).to.deep.equal(plain)
    expect(asked()).to.deep.equal([])
    await proxy.stop()
  })
})
