import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { explainOldNode } from 'ghmesh/node-version'
import { cli, createCommands, root } from '../support/commands.ts'

/** A Node of this machine that is too old for ghmesh, and its version. */
function findOldNode(): { path: string; version: string } | undefined {
  const found = [
    process.env.npm_node_execpath ?? '',
    ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'node'))
  ]
  for (const path of found.filter((path) => path && existsSync(path))) {
    const version = spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout?.trim().replace(/^v/, '') ?? ''
    if (version && explainOldNode('ghmesh', version) !== undefined) return { path, version }
  }
  return undefined
}

describe('with a Node that is too old', () => {
  const commands = createCommands()
  const old = findOldNode()
  after(() => commands.end())

  const advice = (program: string) =>
    `${program} needs Node 22.13 or later; this is v${old?.version}: install a newer one from https://nodejs.org`

  /** Both ways in which a program meets an error: it catches it, or dies of it. */
  async function run(imports: string, call: string) {
    const folder = commands.folder('program')
    const program = (name: string, code: string) => {
      writeFileSync(join(folder, name), `${imports}\n${code}`)
      return commands.start(old?.path ?? '', [join(folder, name)]).ended
    }
    const report = 'console.log(JSON.stringify([error.name, error.code, error.message]))'
    const caught = await program('catches.mjs', `try { await ${call} } catch (error) { ${report} }`)
    return { caught: JSON.parse(caught.stdout), died: await program('dies.mjs', `await ${call}`) }
  }

  for (const [name, file, call] of [
    ['ghmesh', 'packages/core/dist/index.js', 'createMesh()'],
    ['@ghmesh/relay', 'relay/dist/index.mjs', 'createRelay()']
  ] as const) {
    it(`${name} as a library says in one line what to do`, async function () {
      if (!old) this.skip()
      const imported = pathToFileURL(join(root, file)).href
      const { caught, died } = await run(`import { ${call.slice(0, -2)} } from ${JSON.stringify(imported)}`, call)
      expect(caught).to.deep.equal(['MeshError', 'ERR_RUNTIME', advice(name)])
      expect(died.code).to.equal(1)
      expect(died.stderr.split('\n').filter((line) => line.includes('Node 22.13'))).to.have.length(1)
      expect(died.stderr).to.contain(advice(name))
      expect(died.stderr).to.not.match(/^ +at /m)
      expect(died.stderr.length).to.be.below(1000)
    })
  }

  for (const [name, file] of [
    ['ghmesh', cli],
    ['ghmesh-relay', join(root, 'relay/dist/ghmesh-relay.mjs')]
  ] as const) {
    it(`the command ${name} says the same and nothing else`, async function () {
      if (!old) this.skip()
      const { code, stdout, stderr } = await commands.start(old?.path ?? '', [file, '--help']).ended
      expect([code, stdout, stderr]).to.deep.equal([1, '', `${advice(name)}\n`])
    })
  }

  it('npm warns of the same version, for every package asks for it', () => {
    for (const folder of ['packages/core', 'packages/cli', 'packages/github-sim', 'relay']) {
      const { engines } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
      expect(engines.node, folder).to.match(/^>=\d+\.\d+$/)
      const [major = 0, minor = 0] = engines.node.slice(2).split('.').map(Number)
      expect(explainOldNode('ghmesh', `${major}.${minor}.0`), folder).to.equal(undefined)
      expect(explainOldNode('ghmesh', `${major}.${minor - 1}.99`), folder).to.be.a('string')
    }
  })
})
