import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { root } from './support/commands.ts'

/*
 * Every sentence of README.md that promises something is held by a test: beside it stands a comment with the first words of
 * the sentence, as `// README: "Tokens stay home."`. A row of the table of settings counts as a sentence.
 */

/** Sentences that promise nothing, by their first words, and why. */
const promisesNothing: Record<string, string> = {
  'Measured: 1.06.': 'a label',
  'Ten members that read the same': 'a figure; bench/fleet.mjs measured it, docs/scale.md says how',
  '!Rate limit used by a whole fleet': 'a picture',
  'With plain `fetch` it was': 'a figure; bench/fleet.mjs measured it, docs/scale.md says how',
  'ghmesh is not on npm yet.': 'of today, and of npm',
  'Build the packages here': 'says what to do; the commands below it are tried in test/tarballs.node.spec.ts',
  'Terminal 1 (reader):': 'a label',
  'Terminal 2 (writer):': 'a label',
  'Two machines: see': 'says where to read on',
  'docs/two-laptops.md walks through it,': 'says where to read on',
  'docs/browsers.md explains how,': 'says where to read on',
  'Stop the mesh when': 'says what to do',
  'Tested with Bun': 'of what was tried; scripts/test-clients.mjs names the same versions',
  'Trust.': 'a label',
  'One token on several machines.': 'a label',
  'What an outsider learns.': 'a label',
  'GitHub’s terms of service': 'of GitHub',
  'SECURITY.md explains how': 'says where to read on',
  'CONTRIBUTING.md says how': 'says where to read on',
  'Save this as `octokit.mjs`:': 'says what to do',
  'Available only as options:': 'a list of names, whose meaning their doc comments say',
  '`npm run docs:api` builds': 'says where to read on; npm run check builds it',
  'Fifty members that share two cores': 'says what is missing',
  'They use a third to': 'says what is missing',
  'If other programs use the same cores': 'says what is missing',
  'MIT.': 'the licence',
  'ghmesh is not made or endorsed by GitHub.': 'of who made it'
}

const plain = (markdown: string): string =>
  markdown
    .replace(/\*\*/g, '')
    .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replace(/'/g, '’')
    .replace(/\s+/g, ' ')
    .trim()

/** Its prose, sentence by sentence, and the rows of its table of settings. */
function sentencesOf(markdown: string): string[] {
  const prose = markdown
    .replace(/^```.*?^```$/gms, '')
    .replace(/^#.*$/gm, '')
    .replace(/^\| folder \|.*?^$/gms, '')
    .replace(/^\|.*\n\| ---.*$/gm, '')
  const pieces = prose.split(/\n{2,}|\n(?=- )|\n(?=\|)/)
  return pieces.flatMap((piece) => {
    const text = plain(piece.replace(/^- /, ''))
    return text.startsWith('|') ? [plain(text.replaceAll('|', ' '))] : text.split(/(?<=[.!?])\s+/).filter(Boolean)
  })
}

/** The comments, and whether each stands beside a test, or beside a loop of tests. */
function commentsIn(file: string): { where: string; words: string; beside: boolean }[] {
  const lines = readFileSync(join(root, file), 'utf8').split('\n')
  const isTest = (line = '') => /^\s*(it|describe)\(/.test(line)
  const depth = (line = '') => line.search(/\S/)
  const isLoopOfTests = (from: number) => {
    if (!/^\s*for \(/.test(lines[from] ?? '')) return false
    const rest = lines.slice(from + 1)
    const end = rest.findIndex((line) => depth(line) <= depth(lines[from]) && !/^[}\]]/.test(line.trim()))
    return isTest(rest.slice(0, end).find((line) => /^\s*(it|describe|const|let)\b/.test(line)))
  }
  return lines.flatMap((line, i) => {
    const words = /^\s*\/\/ README: "(.+)"$/.exec(line)?.[1]
    if (words === undefined) return []
    let [above, below] = [i - 1, i + 1]
    while (lines[above]?.includes('// README: ')) above--
    while (lines[below]?.includes('// README: ')) below++
    const beside = isTest(lines[above]) || isTest(lines[below]) || isLoopOfTests(below)
    return [{ where: `${file}:${i + 1}`, words: plain(words), beside }]
  })
}

describe('README.md, sentence by sentence', () => {
  const sentences = sentencesOf(readFileSync(join(root, 'README.md'), 'utf8'))
  const files = globSync('{test,packages/*/test,relay/test}/**/*.spec.ts', { cwd: root })
  const comments = files.flatMap(commentsIn)
  const begun = (words: string) => sentences.filter((sentence) => sentence.startsWith(plain(words)))

  it('is read whole', () => {
    expect(sentences).to.have.length.above(100)
    expect(sentences).to.include.members(['Tokens stay home.', 'Trust.'])
    expect(sentences.filter((sentence) => /^`[A-Z0-9_]+`/.test(sentence))).to.have.length.above(15)
  })

  it('a test holds each sentence that promises something', () => {
    const held = new Set(comments.flatMap(({ words }) => begun(words)))
    const empty = new Set(Object.keys(promisesNothing).flatMap(begun))
    expect(sentences.filter((sentence) => !held.has(sentence) && !empty.has(sentence))).to.deep.equal([])
    expect(
      [...empty].filter((sentence) => held.has(sentence)),
      'has a test and promises nothing'
    ).to.deep.equal([])
  })

  it('what tests say of it stands there, once', () => {
    for (const words of Object.keys(promisesNothing)) expect(begun(words), words).to.have.length(1)
    for (const { where, words } of comments) expect(begun(words), `${where}: ${words}`).to.have.length(1)
  })

  it('each comment stands beside a test', () => {
    expect(comments.filter(({ beside }) => !beside).map(({ where }) => where)).to.deep.equal([])
  })
})
