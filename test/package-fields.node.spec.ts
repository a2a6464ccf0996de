import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { brokenFields } from '../scripts/package-fields.mjs'
import { createCommands, root } from './support/commands.ts'

const script = 'scripts/package-fields.mjs'
const url = 'https://github.com/octocat/ghmesh'

describe('the fields and files of the published packages', () => {
  const commands = createCommands()
  after(() => commands.end())

  /** A workspace with one package that has everything, and one that is private. */
  function workspace(fields: object = {}): string {
    const folder = commands.folder('workspace')
    mkdirSync(join(folder, 'packages/one'), { recursive: true })
    mkdirSync(join(folder, 'test'))
    const write = (path: string, content: object) => writeFileSync(join(folder, path), JSON.stringify(content))
    write('package.json', { private: true, license: 'MIT', workspaces: ['packages/*', 'test'] })
    write('test/package.json', { name: 'test', private: true })
    const whole = {
      name: 'one',
      version: '1.2.3',
      description: 'One',
      license: 'MIT',
      files: ['dist', 'CHANGELOG.md'],
      engines: { node: '>=22' },
      publishConfig: { access: 'public', provenance: true }
    }
    write('packages/one/package.json', { ...whole, ...fields })
    for (const file of ['LICENSE', 'packages/one/LICENSE']) writeFileSync(join(folder, file), 'MIT License\n')
    writeFileSync(join(folder, 'packages/one/README.md'), '# one\n')
    writeFileSync(join(folder, 'packages/one/CHANGELOG.md'), '# one\n\n## 1.2.3\n')
    return folder
  }

  it('are whole here', () => {
    expect(brokenFields(root)).to.deep.equal([])
  })

  it('are whole where nothing is missing, with a repository and before there is one', () => {
    const folder = workspace()
    expect(brokenFields(folder)).to.deep.equal([])
    expect(brokenFields(folder, { isRelease: true })).to.deep.equal([
      `one: no repository; set it with "node ${script} --repository URL"`
    ])
    const repository = { type: 'git', url: `git+${url}.git`, directory: 'packages/one' }
    const named = workspace({ repository, homepage: `${url}#readme`, bugs: `${url}/issues` })
    expect(brokenFields(named, { isRelease: true })).to.deep.equal([])
  })

  for (const [what, fields, line] of [
    ['a description', { description: '' }, 'one: no description'],
    ['its licence', { license: 'ISC' }, 'one: license is not MIT, as the workspace’s is'],
    ['the Node it runs on', { engines: {} }, 'one: no engines.node'],
    ['its files', { files: undefined }, 'one: no files'],
    ['its changelog', { files: ['dist'] }, 'one: files leaves out CHANGELOG.md'],
    ['access', { publishConfig: { provenance: true } }, 'one: publishConfig.access is not "public"'],
    ['provenance', { publishConfig: { access: 'public' } }, 'one: publishConfig.provenance is not true'],
    ['a homepage', { repository: { url: `git+${url}.git`, directory: 'packages/one' } }, 'one: no homepage']
  ] as const) {
    it(`lack ${what}`, () => {
      expect(brokenFields(workspace(fields))).to.include(line)
    })
  }

  for (const [file, content, line] of [
    ['README.md', undefined, 'one: no README.md'],
    ['README.md', '# Another\n', 'one: README.md does not begin with "# one"'],
    ['README.md', '# one of many\n', 'one: README.md does not begin with "# one"'],
    ['LICENSE', undefined, 'one: no LICENSE'],
    ['LICENSE', 'Mine\n', 'one: LICENSE is not the workspace’s'],
    ['CHANGELOG.md', undefined, 'one: no CHANGELOG.md'],
    ['CHANGELOG.md', '# one\n\n## 1.2.30\n', 'one: CHANGELOG.md has nothing about 1.2.3']
  ] as const) {
    it(`${content === undefined ? 'lack' : 'have a wrong'} ${file}${content ? ` (${JSON.stringify(content)})` : ''}`, () => {
      const folder = workspace()
      const path = join(folder, 'packages/one', file)
      if (content === undefined) rmSync(path)
      else writeFileSync(path, content)
      expect(brokenFields(folder)).to.deep.equal([line])
    })
  }

  it('name another folder or repository than they should', () => {
    const elsewhere = { type: 'git', url: `git+${url}.git`, directory: 'packages/two' }
    const rest = { homepage: `${url}#readme`, bugs: `${url}/issues` }
    expect(brokenFields(workspace({ repository: elsewhere, ...rest }))).to.deep.equal([
      'one: repository.directory is packages/two'
    ])
    const repository = { ...elsewhere, directory: 'packages/one' }
    const folder = workspace({ repository, homepage: `${url}-2#readme`, bugs: 'https://example.com' })
    expect(brokenFields(folder)).to.deep.equal([
      `one: homepage does not belong to ${url}`,
      `one: bugs does not belong to ${url}`
    ])
    const other = { isRelease: true, repositoryUrl: 'https://github.com/octocat/fork' }
    expect(brokenFields(workspace({ repository, ...rest }), other)).to.deep.equal([
      `one: repository is ${url}, but the release runs in https://github.com/octocat/fork`
    ])
  })

  describe('by command', () => {
    const run = (folder: string, ...args: string[]) => {
      mkdirSync(join(folder, 'scripts'), { recursive: true })
      cpSync(join(root, script), join(folder, script))
      return spawnSync(process.execPath, [join(folder, script), ...args], { encoding: 'utf8' })
    }
    const packageOf = (folder: string) => JSON.parse(readFileSync(join(folder, 'packages/one/package.json'), 'utf8'))

    it('get a repository, and are whole then', () => {
      const folder = workspace()
      expect(run(folder, '--release').status).to.equal(1)
      for (const given of [url, `${url}.git`, `${url}/`]) {
        expect(run(folder, '--repository', given).status).to.equal(0)
        const { repository, homepage, bugs } = packageOf(folder)
        expect(repository).to.deep.equal({ type: 'git', url: `git+${url}.git`, directory: 'packages/one' })
        expect([homepage, bugs]).to.deep.equal([`${url}#readme`, `${url}/issues`])
        expect(run(folder, '--release').status).to.equal(0)
        expect(run(folder, '--release', url).status).to.equal(0)
      }
      expect(run(folder, '--release', `${url}2`).status).to.equal(1)
    })

    for (const given of [
      '',
      'octocat/ghmesh',
      'http://github.com/a/b',
      'https://u:p@github.com/a/b',
      `${url}/tree/main`
    ]) {
      it(`refuse ${JSON.stringify(given)} as a repository and change nothing`, () => {
        const folder = workspace()
        const before = packageOf(folder)
        const { status, stderr } = run(folder, '--repository', given)
        expect(status).to.equal(2)
        expect(stderr).to.contain('https://HOST/OWNER/NAME')
        expect(packageOf(folder)).to.deep.equal(before)
      })
    }

    it('stay as the formatter wants them', () => {
      const folder = workspace()
      run(folder, '--repository', url)
      const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
      cpSync(join(root, 'packages/cli/package.json'), join(folder, 'packages/one/package.json'))
      run(folder, '--repository', url)
      const config = `--config-path=${join(folder, 'biome.json')}`
      writeFileSync(join(folder, 'biome.json'), '{ "formatter": { "indentStyle": "space", "lineWidth": 120 } }')
      execFileSync(process.execPath, [biome, 'format', config, join(folder, 'packages/one/package.json')])
    })
  })
})
