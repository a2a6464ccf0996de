import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { createCommands, root } from './support/commands.ts'

const readJson = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'))

describe('the workspace', () => {
  const commands = createCommands()
  after(() => commands.end())

  // README: "Each command first installs"
  it('is installed and built by the commands that need it, as far as it is not', async () => {
    const { scripts } = readJson('package.json')
    for (const name of ['start', 'dashboard', 'test', 'check', 'test:long', 'test:network', 'test:clients', 'build'])
      expect(scripts[`pre${name}`], name).to.equal('node scripts/setup.mjs')

    // One without dependencies, whose build leaves a trace.
    const folder = commands.folder('workspace')
    for (const name of ['scripts', 'packages/core/src', 'packages/core/dist', 'relay/src'])
      mkdirSync(join(folder, name), { recursive: true })
    const files = {
      'package.json': '{"name":"w","version":"1.0.0","private":true,"scripts":{"start":"node scripts/setup.mjs"}}',
      'package-lock.json':
        '{"name":"w","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"w","version":"1.0.0"}}}',
      'scripts/build.mjs': `import { writeFileSync } from 'node:fs'
        console.log('built')
        writeFileSync(new URL('../packages/core/dist/index.js', import.meta.url), '')`,
      'packages/core/src/index.ts': '',
      ...Object.fromEntries(
        ['tsup.config.ts', 'tsconfig.base.json', 'scripts/pages.mjs', 'scripts/licences.mjs'].map((name) => [name, ''])
      )
    }
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
    mkdirSync(join(folder, 'node_modules'))
    copyFileSync(join(root, 'scripts/setup.mjs'), join(folder, 'scripts/setup.mjs'))
    const start = async () => {
      const { code, stdout, stderr } = await commands.start('npm', ['--prefix', folder, 'start', '--silent']).ended
      expect(code, stderr).to.equal(0)
      return stdout.match(/^(setup: \w+|built)/gm) ?? []
    }
    expect(await start()).to.deep.equal(['setup: installing', 'setup: building', 'built'])
    expect(existsSync(join(folder, 'packages/core/dist/index.js'))).to.equal(true)
    expect(await start()).to.deep.equal([])
    writeFileSync(join(folder, 'packages/core/src/index.ts'), 'export {}')
    expect(await start()).to.deep.equal(['setup: building', 'built'])
  })

  // README: "On Linux the workspace"
  it('brings its own Node on Linux, and runs its tests with it', function () {
    if (process.platform !== 'linux') return this.skip()
    const { optionalDependencies } = readJson('package.json')
    expect(process.versions.node).to.equal(optionalDependencies[`node-linux-${process.arch}`])
  })
})
