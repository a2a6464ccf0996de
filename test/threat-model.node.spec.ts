import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { root } from './support/commands.ts'

/** Of each line: which file shows it, and words of the titles of its tests. */
function references(): { line: string; file: string; titles: string[] }[] {
  const text = readFileSync(join(root, 'docs/threat-model.md'), 'utf8')
  return text.split('\n').flatMap((line) =>
    [...line.matchAll(/`([\w./-]+\.spec\.ts)`: ([^|`]+)/g)].map(([, file = '', said = '']) => ({
      line,
      file,
      titles: said
        .replace(/\([^)]*\)/g, '')
        .split(/; (?=[a-z])/)
        .map((title) => title.replace(/[;.)\s]+$/, '').trim())
        .filter(Boolean)
    }))
  )
}

describe('docs/threat-model.md', () => {
  // README: "docs/threat-model.md lists"
  it('names tests that exist, for every line of what cannot be done', () => {
    const all = references()
    expect(all.length).to.be.above(30)
    for (const { file, titles } of all) {
      const spec = readFileSync(join(root, file), 'utf8')
      // A semicolon may be part of a title.
      const said = titles.join('; ')
      for (const title of titles)
        if (!spec.includes(title) && !spec.includes(said)) expect.fail(`${file} has no test "${title}"`)
    }
    const rows = readFileSync(join(root, 'docs/threat-model.md'), 'utf8')
      .split('\n')
      .filter((line) => /^\| (?!cannot|---)/.test(line))
    for (const row of rows)
      expect(
        all.some(({ line }) => line === row),
        row
      ).to.equal(true)
  })
})
