import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { brokenRules } from '../scripts/import-rules.mjs'

describe('import rules find', () => {
  const folders: string[] = []
  after(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })

  function broken(files: Record<string, string>, floors?: string[][]): string[] {
    const root = mkdtempSync(join(tmpdir(), 'ghmesh-rules-'))
    folders.push(root)
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true })
      writeFileSync(join(root, name), text)
    }
    return brokenRules(root, floors && { floors })
  }
  const floors = [['top'], ['left/', 'right/'], ['ground']]
  const importing = (...paths: string[]) => paths.map((path) => `import '${path}'\n`).join('')

  it('nothing where imports go down only', () => {
    expect(
      broken(
        {
          'top.ts': importing('./left/a.ts'),
          'left/a.ts': importing('./b.ts', '../ground.ts'),
          'left/b.ts': '',
          'ground.ts': ''
        },
        floors
      )
    ).to.deep.equal([])
  })

  it('a circle, of types too and through several files', () => {
    const files = {
      'a.ts': importing('./b.ts'),
      'b.ts': "import type { C } from './c.ts'",
      'c.ts': importing('./a.ts')
    }
    expect(broken(files)).to.deep.equal(['a circle of imports: a -> b -> c -> a'])
    expect(broken({ 'a.ts': "const b = await import('./b.ts')", 'b.ts': importing('./a.ts') })).to.have.length(1)
  })

  it('an import that goes up, and one across a floor', () => {
    expect(broken({ 'ground.ts': importing('./top.ts'), 'top.ts': '' }, floors)).to.deep.equal([
      'ground: imports top, which stands above it'
    ])
    expect(broken({ 'left/a.ts': importing('../right/b.ts'), 'right/b.ts': '' }, floors)).to.deep.equal([
      'left/a: imports right/b, which stands on the same floor'
    ])
  })

  it('a file without a floor, and an import of an index file', () => {
    expect(broken({ 'somewhere.ts': '' }, floors)).to.deep.equal([
      'somewhere: stands on no floor; give it one in scripts/import-rules.mjs'
    ])
    expect(broken({ 'a.ts': importing('./b/index.ts'), 'b/index.ts': '' })).to.deep.equal([
      'a: imports the index file b/index'
    ])
  })
})
