import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type GitHub, startGitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'
import { createCommands, root } from '../support/commands.ts'
import { pack, runNpm } from '../support/npm.ts'
import { clients, has } from './world.ts'

const installed = join(clients, 'runtimes/node_modules')
const runtimes = {
  bun: [join(installed, '@oven/bun-linux-x64/bin/bun')],
  deno: [join(installed, '@deno/linux-x64-glibc/deno'), 'run', '-A']
}

describe('runtimes other than Node', function () {
  this.timeout(120_000)
  const commands = createCommands()
  let github: GitHub
  let project: string
  before(async function () {
    if (!has('runtimes')) return this.skip()
    project = commands.folder('project')
    writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }')
    const tarballs = ['packages/core', 'relay'].map((name) => `./${pack(root, name, project)}`)
    runNpm(project, 'install', '--prefer-offline', ...tarballs)
    github = await startGitHub()
  })
  after(async () => {
    await commands.end()
    await github?.stop()
  })

  // README: "Bun and Deno can use the local cache,"
  // README: "With a secret, `createMesh` fails"
  for (const [name, [path = '', ...args]] of Object.entries(runtimes))
    it(`${name}: caches without a secret, and refuses one in a line that names the runtime`, async () => {
      const file = join(project, 'runtime.mjs')
      writeFileSync(
        file,
        `import { createMesh, createSecret } from 'ghmesh'
         import { createRelay } from '@ghmesh/relay'
         const url = process.env.GITHUB_API_URL + '/repos/octocat/hello-world/issues/1'
         const mesh = await createMesh()
         for (const _ of [1, 2]) console.log((await mesh.fetch(url)).headers.get('cache-status'))
         const refused = await createMesh({ secret: createSecret() }).catch((error) => error)
         console.log(refused.code, refused.message)
         try { createRelay() } catch (error) { console.log(error.code, error.message) }`
      )
      const env = { GITHUB_API_URL: github.url, CACHE_DIR: commands.folder(name), GH_TOKEN: 'sim-token-bob' }
      const { code, stdout, stderr } = await commands.start(path, [...args, file], env).ended
      expect(code, stderr).to.equal(0)
      const [missed, hit, ...refused] = stdout.trim().split('\n')
      expect([missed, hit]).to.deep.equal(['ghmesh; fwd=uri-miss; fwd-status=200; stored', 'ghmesh; hit'])
      const reason = new RegExp(`^ERR_RUNTIME (?:ghmesh|@ghmesh/relay) cannot connect members in ${name} \\d`, 'i')
      expect(refused).to.have.length(2)
      for (const line of refused) expect(line).to.match(reason)
    })
})
