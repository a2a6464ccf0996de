import { cpSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { createCommands, root } from './support/commands.ts'

describe('npm run version-packages', () => {
  const commands = createCommands()
  after(() => commands.end())

  it('puts the next version in every place that states one, and each change in its changelog', async () => {
    const copy = commands.folder('copy')
    const listed = globSync(
      [
        '.changeset/*',
        '.npmrc',
        '*.{md,json}',
        '**/*.md',
        '**/package.json',
        '**/src/version.ts',
        'scripts/version.mjs'
      ],
      {
        cwd: root,
        exclude: ['**/node_modules', '**/dist']
      }
    )
    for (const file of listed) {
      mkdirSync(dirname(join(copy, file)), { recursive: true })
      cpSync(join(root, file), join(copy, file))
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
    const now = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8')).version
    writeFileSync(join(copy, '.changeset/new.md'), '---\n"@ghmesh/relay": major\n---\n\nAll is new.\n')
    const { code, stderr } = await commands.start(process.execPath, [join(copy, 'scripts/version.mjs')]).ended
    expect([code, stderr]).to.deep.equal([0, ''])

    const next = `${Number.parseInt(now, 10) + 1}.0.0`
    const published = ['packages/core', 'packages/cli', 'packages/github-sim', 'relay']
    const read = (path: string) => readFileSync(join(copy, path), 'utf8')
    for (const folder of published) expect(JSON.parse(read(`${folder}/package.json`)).version).to.equal(next)
    for (const folder of published) expect(read(`${folder}/CHANGELOG.md`)).to.contain(`\n## ${next}\n`)
    expect(read('relay/CHANGELOG.md')).to.match(/^## \d+\.0\.0\n\n### Major Changes\n\n- .*All is new\.$/m)
    for (const folder of ['packages/core', 'relay']) expect(read(`${folder}/src/version.ts`)).to.contain(`'${next}'`)
    const { packages } = JSON.parse(read('package-lock.json'))
    for (const folder of published) expect(packages[folder].version).to.equal(next)
    const documents = listed.filter((file) => file.endsWith('.md') && !file.startsWith('.changeset'))
    expect(documents.filter((file) => read(file).includes(`ghmesh-${now}.tgz`))).to.deep.equal([])
    expect(documents.filter((file) => read(file).includes(`ghmesh-${next}.tgz`))).to.include.members([
      'README.md',
      'packages/core/README.md'
    ])
  })
})
