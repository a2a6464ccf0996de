import { once } from 'node:events'
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type GitHub, startGitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'
import { eventTypes } from '../packages/core/src/events.ts'
import { createCommands, root } from './support/commands.ts'

const readme = readFileSync(join(root, 'README.md'), 'utf8')
const ownReadme = readFileSync(join(root, 'packages/core/README.md'), 'utf8')
const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, code = '']) => code)

/** What documents name: the commands of the packages. */
const binaries = ['ghmesh', 'ghmesh-relay', 'github-sim']
const { version: ownVersion } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

describe('README.md', () => {
  const commands = createCommands()
  after(() => commands.end())

  // README: "Two processes on one machine"
  // README: "The reader prints"
  // README: "Both report `connected_peers`"
  // README: "`dev-secret` is easy to guess"
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
        .and.match(/^ {2}connected_peers: [1-9]/m)
      expect(written?.code, written?.stderr).to.equal(0)
      expect(written?.stdout).to.match(/^connected_peers: [1-9]/m)
      expect(written?.stderr).to.not.contain('no-op')
      for (const ended of [read, written]) expect(ended?.stderr.match(/looks guessable/g)).to.have.length(1)
    } finally {
      for (const name of ['reader', 'writer']) rmSync(join(registry, `peer_local-${name}.json`), { force: true })
    }
  })

  it('and no other document has a command that could fetch something of our name', () => {
    const documents = globSync('{*.md,docs/**/*.md,examples/*/*.md,packages/*/*.md,relay/**/*.{md,yaml,service}}', {
      cwd: root
    })
    expect(documents).to.include.members(['README.md', 'docs/github-actions.md', 'relay/README.md'])
    for (const document of documents) {
      const text = readFileSync(join(root, document), 'utf8')
      expect(
        [...text.matchAll(/\bnpx (?!--no -- )(?:-\S* )*@?(?:gh|github-sim).*$/gm)].map(String),
        document
      ).to.deep.equal([])
      const installs = [...text.matchAll(/\bnpm (?:i|install|add)\b.*$/gm)].map(String)
      for (const line of installs)
        expect(line.split('#')[0], document).to.not.match(/ (?:ghmesh|@ghmesh\/[\w-]+)(?=\s|$)/)
    }
  })

  it('and no document has a command that is not there, or a folder that nobody made', () => {
    const documents = globSync('{*.md,docs/**/*.md,examples/*/*.md,packages/*/*.md,relay/**/*.md}', { cwd: root })
    const command = /(?:^\s*|[;&|(]\s*|\$ )(?:\w+=\S*\s+)*(?:ghmesh|ghmesh-relay|github-sim)(?=\s|$)(?!=).*/gm
    let destinations = 0
    for (const document of documents) {
      const text = readFileSync(join(root, document), 'utf8')
      // Nothing of ours is on the PATH but where it was installed for all.
      const isGlobal = text.includes('npm install --global')
      for (const [, block = ''] of text.matchAll(/^ *```(?:sh|bash|console)\n(.*?)^ *```$/gms)) {
        if (!isGlobal) expect([...block.matchAll(command)].map(String), document).to.deep.equal([])
        for (const [, folder = ''] of block.matchAll(/--pack-destination (\S+)/g)) {
          destinations++
          expect(block.split('--pack-destination')[0], document).to.contain(`mkdir -p ${folder}`)
        }
      }
    }
    expect(destinations).to.be.at.least(2)
  })

  // README: "Run these in this repository"
  // README: "`--no` stops npx"
  // README: "Write `--` before the name"
  it('npx --no -- runs ghmesh here, and never what stands under its name on a registry', async () => {
    const folder = commands.folder('taken')
    writeFileSync(join(folder, 'bin.js'), "#!/usr/bin/env node\nconsole.log('taken')\n", { mode: 0o755 })
    const taken = { name: 'ghmesh', version: '6.6.6', bin: { ghmesh: 'bin.js' } }
    writeFileSync(join(folder, 'package.json'), JSON.stringify(taken))
    const registry = createServer((request, response) => {
      if (request.url?.endsWith('.tgz')) return void response.end(readFileSync(join(folder, 'ghmesh-6.6.6.tgz')))
      const tarball = `http://${request.headers.host}/ghmesh-6.6.6.tgz`
      const versions = { '6.6.6': { ...taken, dist: { tarball } } }
      response.end(JSON.stringify({ name: 'ghmesh', 'dist-tags': { latest: '6.6.6' }, versions }))
    }).listen(0, '127.0.0.1')
    await once(registry, 'listening')
    const env = {
      npm_config_registry: `http://127.0.0.1:${(registry.address() as AddressInfo).port}`,
      npm_config_audit: 'false',
      npm_config_update_notifier: 'false'
    }
    const npx = (cwd: string, ...args: string[]) =>
      commands.start('bash', ['-c', `cd '${cwd}' && exec "$@"`, 'bash', ...args], env).ended
    try {
      expect((await npx(folder, 'npm', 'pack')).code).to.equal(0)
      const elsewhere = commands.folder('elsewhere')
      const refused = await npx(elsewhere, 'npx', '--no', '--', 'ghmesh', 'secret')
      expect(refused.code).to.not.equal(0)
      expect(refused.stdout).to.equal('')
      // Without it, npx would have fetched and run it: so this is no registry that nobody asks.
      const trap = await npx(elsewhere, 'npx', '--yes', '--', 'ghmesh', 'secret')
      expect(trap.stdout, trap.stderr).to.equal('taken\n')
      for (const place of [root, join(root, 'docs')]) {
        const { code, stdout } = await npx(place, 'npx', '--no', '--', 'ghmesh', 'group', '--help')
        expect([code, stdout.split('\n')[0]]).to.deep.equal([0, 'Usage: ghmesh group [options]'])
        // An option directly after the name is the command's own, not npm's.
        for (const name of binaries) {
          const [help, version] = await Promise.all(
            ['--help', '--version'].map((option) => npx(place, 'npx', '--no', '--', name, option))
          )
          expect([help?.code, help?.stdout.split('\n')[0]]).to.deep.equal([
            0,
            `Usage: ${name} [options]${name === 'ghmesh' ? ' [command]' : ''}`
          ])
          expect([version?.code, version?.stdout], name).to.deep.equal([0, `${ownVersion}\n`])
        }
      }
    } finally {
      registry.close()
      registry.closeAllConnections()
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

    const run = async (code: string, name: string | number) => {
      const file = join(folder, `example-${name}.mjs`)
      writeFileSync(file, code)
      const env = { GITHUB_API_URL: github.url, GH_TOKEN: 'sim-token-bob', CACHE_DIR: commands.folder('cache') }
      const { code: exit, stdout, stderr } = await commands.start(process.execPath, [file], env).ended
      expect([exit, stderr]).to.deep.equal([0, ''])
      return stdout
    }

    // README: "Or use it with Octokit"
    it('run', async () => {
      const examples = blocks(readme, 'js')
      expect(examples).to.have.length(2)
      const [node, octokit] = await Promise.all(examples.map(run))
      expect(node).to.match(/^30 issues: ghmesh; fwd=uri-miss; fwd-status=200; stored\n[12] units of quota spent\n$/)
      expect(octokit).to.match(/^\d+ issues with [1-3] calls to GitHub\n$/)
    })

    // README: "There are also small named values"
    it("run, and those of the library's own README", async () => {
      const [use, events] = await Promise.all(blocks(ownReadme, 'js').map((code, i) => run(code, `own-${i}`)))
      expect(use).to.match(/^first 200 .*stored\nsecond 200 ghmesh; hit\n$/)
      const url = `${github.url}/repos/octocat/Hello-World`
      expect(events).to.equal(
        `GitHub is asked for ${url}\nfrom the cache: ${url}\nfrom the cache: deploys/last\n{ commit: '7fd1a60' }\nERR_VALUE_TOO_LARGE\n`
      )
      // What an editor would say of it.
      const types = ['--types', 'node', '--module', 'nodenext', '--target', 'es2023', '--strict', '--skipLibCheck']
      const files = [0, 1].map((i) => join(folder, `example-own-${i}.mjs`))
      const tsc = join(root, 'node_modules/.bin/tsc')
      const checked = await commands.start(tsc, [
        '--ignoreConfig',
        '--noEmit',
        '--allowJs',
        '--checkJs',
        ...types,
        ...files
      ]).ended
      expect([checked.code, checked.stdout]).to.deep.equal([0, ''])
    })
  })
})

describe("the library's own README.md", () => {
  const section = /^## Events, values and errors$(.*?)^## /ms.exec(ownReadme)?.[1] ?? ''
  const named = (table: string) =>
    [...table.matchAll(/^\| ((?:`[\w:-]+`(?:, )?)+) \|/gm)].map(([, names = '']) => names)
  const names = named(section).flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))

  it('lists every event, and every code of an error', () => {
    const codes = [
      ...readFileSync(join(root, 'packages/core/src/errors.ts'), 'utf8').matchAll(/^ {2}\| '(ERR_\w+)'$/gm)
    ]
    expect(codes).to.have.length.above(5)
    expect(names).to.have.members([...eventTypes, ...codes.map(([, code = '']) => code)])
  })
})
