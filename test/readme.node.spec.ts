import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type GitHub, startGitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'
import { createCommands, root } from './commands.ts'

const readme = readFileSync(join(root, 'README.md'), 'utf8')
const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, code = '']) => code)

describe('README.md', () => {
  const commands = createCommands()
  after(() => commands.end())

  it('"Local-only dev mode": the two terminals, as they stand there', async () => {
    const section = /^## Local-only dev mode$(.*?)^## /ms.exec(readme)?.[1] ?? ''
    const terminals = blocks(section, 'bash')
    expect(terminals).to.have.length(2)
    const registry = /IPFS_ACCELERATE_P2P_CACHE_DIR=(\/tmp\/\w+)$/m.exec(section)?.[1] ?? ''
    expect(registry).to.not.equal('')
    const [reader, writer] = terminals.map((text) => {
      const home = commands.folder('home')
      return commands.start('bash', ['-e', '-c', `export HOME='${home}' XDG_CACHE_HOME='${home}'\n${text}`])
    })
    try {
      const [read, written] = await Promise.all([reader?.ended, writer?.ended])
      expect(read?.code, read?.stderr).to.equal(0)
      expect(read?.stdout)
        .to.match(/^Received cache entry!$/m)
        .and.match(/^ {2}peer_hits: [1-9]/m)
      expect(written?.code, written?.stderr).to.equal(0)
      expect(written?.stdout).to.match(/^connected_peers: [1-9]/m)
      expect(written?.stderr).to.not.contain('no-op')
    } finally {
      for (const name of ['reader', 'writer']) rmSync(join(registry, `peer_local-${name}.json`), { force: true })
    }
  })

  describe('its examples', () => {
    let github: GitHub
    // Inside the workspace, so that packages are found.
    const folder = join(root, 'node_modules/.cache/ghmesh-readme')
    before(async () => {
      github = await startGitHub()
      mkdirSync(folder, { recursive: true })
    })
    after(async () => {
      await github.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    const run = async (code: string, i: number) => {
      const file = join(folder, `example-${i}.mjs`)
      writeFileSync(file, code)
      const env = { GITHUB_API_URL: github.url, GH_TOKEN: 'sim-token-bob', CACHE_DIR: commands.folder('cache') }
      const { code: exit, stdout, stderr } = await commands.start(process.execPath, [file], env).ended
      expect([exit, stderr]).to.deep.equal([0, ''])
      return stdout
    }

    it('run', async () => {
      const examples = blocks(readme, 'js')
      expect(examples).to.have.length(2)
      const [node, octokit] = await Promise.all(examples.map(run))
      expect(node).to.match(/^30 issues: ghmesh; fwd=uri-miss; fwd-status=200; stored\n[12] units of quota spent\n$/)
      expect(octokit).to.match(/^\d+ issues with [1-3] calls to GitHub\n$/)
    })
  })
})
