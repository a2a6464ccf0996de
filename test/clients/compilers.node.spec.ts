import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { createCommands, root } from '../support/commands.ts'
import { pack, runNpm } from '../support/npm.ts'
import { clients, has } from './world.ts'

const installed = join(clients, 'compilers/node_modules')

describe('other versions of TypeScript', function () {
  this.timeout(120_000)
  const commands = createCommands()
  let project: string

  before(function () {
    if (!has('compilers')) return this.skip()
    project = commands.folder('project')
    writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }')
    const tarballs = ['packages/core', 'packages/github-sim', 'relay'].map((name) => `./${pack(root, name, project)}`)
    runNpm(project, 'install', '--prefer-offline', ...tarballs)
    writeFileSync(
      join(project, 'use.ts'),
      `import { cacheStatus, createMesh, MeshError, type Mesh, type MeshOptions } from 'ghmesh'
       import { startGitHub } from '@ghmesh/github-sim'
       import { createRelay } from '@ghmesh/relay'
       export const options: MeshOptions = { limits: { freshMs: 1000 }, trust: 'verify' }
       export const mesh: Mesh = await createMesh(options)
       export const response: Response = await mesh.fetch('https://api.github.com', { signal: AbortSignal.timeout(10) })
       export const ttlMs: number | undefined = cacheStatus(response)?.ttlMs
       mesh.addEventListener('peer-hit', ({ detail }) => detail.peerId.length)
       export const value: { a: number } | undefined = await mesh.get<{ a: number }>('name')
       export const peerIdOf = (relay: ReturnType<typeof createRelay>): string | undefined => relay.peerId
       export const codeOf = (error: unknown): string => (error instanceof MeshError ? error.code : '')
       export const { url } = await startGitHub()
       // @ts-expect-error there is no such option
       createMesh({ sekret: '' })`
    )
  })
  after(() => commands.end())

  const compile = async (version: string, options: object) => {
    const compilerOptions = {
      ...{ strict: true, noEmit: true, target: 'es2022', module: 'nodenext', lib: ['es2022', 'dom'] },
      ...{ types: ['node'], typeRoots: [join(installed, '@types')], ...options }
    }
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }))
    const compiler = join(installed, `typescript-${version}/bin/tsc`)
    return commands.start(process.execPath, [compiler, '-p', project]).ended
  }

  // README: "TypeScript 5.7 or later"
  // README: "With `skipLibCheck`, 5.0"
  for (const [version, skipLibCheck] of [
    ['5.7', false],
    ['5.0', true]
  ] as const)
    it(`${version} reads the types ${skipLibCheck ? 'with skipLibCheck' : 'as they are'}`, async () => {
      const { code, stdout } = await compile(version, { skipLibCheck })
      expect(code, stdout).to.equal(0)
    })
})
