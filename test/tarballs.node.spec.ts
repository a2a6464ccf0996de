import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type GitHub, startGitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'
import { createSecret } from 'ghmesh'
import { type Beside, startBeside } from './embedding/beside.ts'
import { browser } from './embedding/browser.ts'
import { expectHitIn, writePage } from './embedding/built-page.ts'
import { createCommands, root } from './support/commands.ts'
import { pack, runNpm } from './support/npm.ts'

const packages = ['packages/core', 'packages/cli', 'packages/github-sim', 'relay']

const sizeOf = (path: string): number => {
  const stat = lstatSync(path)
  return stat.isDirectory() ? readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0) : stat.size
}

describe('the packed tarballs in an empty project', function () {
  this.timeout(180_000)
  const commands = createCommands()
  let project: string
  let github: GitHub
  let installed: Record<string, { version: string; hasInstallScript?: boolean }>

  before(async () => {
    project = mkdtempSync(join(tmpdir(), 'ghmesh-project-'))
    const tarballs = packages.map((name) => `./${pack(root, name, project)}`)
    writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "commonjs" }')
    runNpm(project, 'install', '--prefer-offline', ...tarballs)
    installed = JSON.parse(readFileSync(join(project, 'node_modules/.package-lock.json'), 'utf8')).packages
    github = await startGitHub()
  })

  after(async () => {
    await commands.end()
    await github?.stop()
    rmSync(project, { recursive: true, force: true })
  })

  it('bring no install script and no react-native', () => {
    const names = Object.keys(installed)
    expect(names).to.include.members(['node_modules/ghmesh', 'node_modules/@ghmesh/cli', 'node_modules/libp2p'])
    expect(names.filter((name) => installed[name]?.hasInstallScript)).to.deep.equal([])
    expect(names.filter((name) => name.includes('react-native'))).to.deep.equal([])
  })

  it('bring their README, licence and changelog', () => {
    for (const name of ['ghmesh', '@ghmesh/cli', '@ghmesh/github-sim', '@ghmesh/relay']) {
      const folder = join(project, 'node_modules', name)
      for (const file of ['README.md', 'LICENSE', 'CHANGELOG.md'])
        expect(existsSync(join(folder, file)), `${file} of ${name}`).to.equal(true)
    }
  })

  it('take less than 60 MB, and less than 1 MB of it are ours, but for what is bundled', () => {
    expect(sizeOf(join(project, 'node_modules'))).to.be.below(60_000_000)
    expect(sizeOf(join(project, 'node_modules/@ghmesh/github-sim'))).to.be.below(1_000_000)
    expect(sizeOf(join(project, 'node_modules/@ghmesh/cli'))).to.be.below(3_000_000)
    const forPages = sizeOf(join(project, 'node_modules/ghmesh/dist/browser'))
    const inOneFile = sizeOf(join(project, 'node_modules/ghmesh/dist/browser/all.js'))
    for (const size of [inOneFile, forPages - inOneFile]) expect(size).to.be.below(1_000_000)
    expect(sizeOf(join(project, 'node_modules/ghmesh')) - forPages).to.be.below(1_000_000)
    expect(sizeOf(join(project, 'node_modules/@ghmesh/relay'))).to.be.below(5_000_000)
  })

  it('bring a command that needs nothing else', async () => {
    const alone = join(project, 'alone')
    mkdirSync(alone)
    writeFileSync(join(alone, 'package.json'), '{ "private": true }')
    const [packed] = readdirSync(project).filter((name) => name.startsWith('ghmesh-cli-'))
    runNpm(alone, 'install', '--offline', `../${packed}`)
    const brought = readdirSync(join(alone, 'node_modules')).filter((name) => !name.startsWith('.'))
    expect(brought).to.deep.equal(['@ghmesh'])
    expect(readdirSync(join(alone, 'node_modules/@ghmesh'))).to.deep.equal(['cli'])
    const command = join(alone, 'node_modules/@ghmesh/cli/bin/ghmesh.js')
    const env = { CACHE_P2P_SHARED_SECRET: createSecret() }
    const { code, stderr, stdout } = await commands.start(process.execPath, [command, 'smoke', '--local-two-node'], env)
      .ended
    expect([code, stderr]).to.deep.equal([0, ''])
    expect(stdout).to.match(/^Both members work/m)
    expect(readFileSync(join(alone, 'node_modules/@ghmesh/cli/dist/THIRD_PARTY_LICENCES.txt'), 'utf8')).to.match(
      /^libp2p \d.*MIT/m
    )
  })

  // The relay brings `node-datachannel`, without what uses it in a member.
  it('bring a command that works beside a relay', async () => {
    expect(Object.keys(installed)).to.include('node_modules/node-datachannel')
    const env = {
      CACHE_P2P_SHARED_SECRET: createSecret(),
      CACHE_DIR: commands.folder('cache'),
      GITHUB_API_URL: github.url,
      GHMESH_RELAYS: `/ip4/127.0.0.1/tcp/1/p2p/12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp`
    }
    const command = join(project, 'node_modules/.bin/ghmesh')
    const { code, stdout, stderr } = await commands.start(command, ['get', '/repos/octocat/Hello-World'], env).ended
    expect([code, stderr.includes('Cannot find')], stderr).to.deep.equal([0, false])
    expect(JSON.parse(stdout).full_name).to.equal('octocat/Hello-World')
  })

  // README: "Save this there as"
  it('are made and installed by the README’s commands, for an example of its in a folder that is new', async () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8')
    const [, section = ''] = /^## Use it in Node$(.*?)^## /ms.exec(readme) ?? []
    const [, install = ''] = /^```sh\n(.*?)^```$/ms.exec(section) ?? []
    const [, example = ''] = /^```js\n(.*?)^```$/ms.exec(section) ?? []
    const [, name = ''] = /\bas `([\w-]+\.mjs)`/.exec(section) ?? []
    const folder = join(commands.folder('new'), 'your-project')
    // It is built already, and other tests use what was built.
    const steps = install.replace('npm run build && ', '').replaceAll('../your-project', folder)
    expect(steps).to.not.equal(install)
    const env = {
      ...process.env,
      npm_config_prefer_offline: 'true',
      npm_config_audit: 'false',
      npm_config_loglevel: 'error'
    }
    const installed = spawnSync('bash', ['-e', '-c', steps], { cwd: root, env, encoding: 'utf8' })
    expect([installed.status, installed.stderr], installed.stdout).to.deep.equal([0, ''])
    writeFileSync(join(folder, name), example)
    const { code, stdout, stderr } = await commands.start(process.execPath, [join(folder, name)], {
      GITHUB_API_URL: github.url,
      CACHE_DIR: commands.folder('cache')
    }).ended
    expect([code, stderr]).to.deep.equal([0, ''])
    expect(stdout).to.match(/^[1-9]\d* issues/)
  })

  // README: "Or use it with Octokit"
  it('run the README’s examples', async () => {
    runNpm(project, 'install', '--prefer-offline', '@octokit/core@7', '@octokit/plugin-paginate-rest@16')
    const readme = readFileSync(join(root, 'README.md'), 'utf8')
    const examples = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code = '']) => code)
    expect(examples).to.have.length(2)
    for (const [i, code] of examples.entries()) {
      writeFileSync(join(project, `example-${i}.mjs`), code)
      const env = { GITHUB_API_URL: github.url, GH_TOKEN: 'sim-token-bob', CACHE_DIR: commands.folder('cache') }
      const {
        code: exit,
        stdout,
        stderr
      } = await commands.start(process.execPath, [join(project, `example-${i}.mjs`)], env).ended
      expect([exit, stderr]).to.deep.equal([0, ''])
      expect(stdout).to.match(/^[1-9]\d* issues/)
    }
  })

  it('run the example of the library’s own README', async () => {
    const readme = readFileSync(join(project, 'node_modules/ghmesh/README.md'), 'utf8')
    const [, example = ''] = /^```js\n(.*?)^```$/ms.exec(readme) ?? []
    writeFileSync(join(project, 'own-example.mjs'), example)
    const env = { GITHUB_API_URL: github.url, CACHE_DIR: commands.folder('cache') }
    const { code, stdout, stderr } = await commands.start(process.execPath, [join(project, 'own-example.mjs')], env)
      .ended
    expect([code, stderr]).to.deep.equal([0, ''])
    expect(stdout).to.equal('first 200 ghmesh; fwd=uri-miss; fwd-status=200; stored\nsecond 200 ghmesh; hit\n')
  })

  const typeCheck = async (name: string, code: string, options: object) => {
    const folder = resolve(project, name)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'use.ts'), code)
    const compilerOptions = { strict: true, noEmit: true, module: 'nodenext', target: 'es2023', ...options }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
    const { code: exit, stdout } = await commands.start(join(root, 'node_modules/.bin/tsc'), ['-p', folder]).ended
    expect(exit, stdout).to.equal(0)
  }

  it('type-check from outside, in a project without Node’s types', () =>
    typeCheck(
      'types',
      `import { createMesh, type Mesh, memoryStore } from 'ghmesh'
       import { type CachedEntry, openCacheFolder } from 'ghmesh/cache-folder'
       import { storeContract } from 'ghmesh/contract'
       export const mesh: Promise<Mesh> = createMesh({ store: memoryStore({ maxBytes: 1000 }), share: 'group' })
       export const cases: string[] = storeContract({ create: memoryStore }).map(({ name }) => name)
       export const entries = (directory: string): CachedEntry[] => [...openCacheFolder(directory).entries()]
       // @ts-expect-error there is no such option
       createMesh({ sekret: '' })
       // @ts-expect-error a directory has to be named
       openCacheFolder()`,
      { types: [], lib: ['es2023', 'dom'] }
    ))

  const inNode = { types: ['node'], typeRoots: [join(root, 'node_modules/@types')] }

  it('type-check in Node without the DOM library, declarations and all', () =>
    typeCheck(
      'no-dom',
      `import { createMesh, memoryStore, type Mesh, type MeshOptions } from 'ghmesh'
       import { openCacheFolder } from 'ghmesh/cache-folder'
       import { discoveryContract, storeContract, transportContract } from 'ghmesh/contract'
       import { makeFolder } from 'ghmesh/node-folder'
       import { explainOldNode } from 'ghmesh/node-version'
       import { type CheckedProof, checkProof, createBucket, defaultLimits, topicOf } from 'ghmesh/protocol'
       import { type GitHub, startGitHub } from '@ghmesh/github-sim'
       import { createRelay, type Relay } from '@ghmesh/relay'
       export const mesh: Promise<Mesh> = createMesh({ iceServers: [{ urls: 'stun:192.0.2.1' }] })
       export const unset: Promise<Mesh> = createMesh({ secret: process.env.NO_SUCH_VARIABLE, limits: undefined })
       export const request = (mesh: Mesh, url: URL): Promise<Response> => mesh.fetch(new Request(url), { cache: 'no-cache' })
       export const peek = (mesh: Mesh) => mesh.peek('https://api.github.com/rate_limit')
       export const options: MeshOptions = { fetch, store: memoryStore(), iceServers: [{ urls: ['turn:192.0.2.1'], username: 'a', credential: 'b' }] }
       export function hear(mesh: Mesh, signal: AbortSignal): void {
         mesh.addEventListener('received', ({ detail }) => detail.peerId.length, { once: true, signal })
         // @ts-expect-error there is no such event
         mesh.addEventListener('recieved', () => {})
       }
       export const check = (proof: Uint8Array, peerId: string): Promise<CheckedProof | undefined> =>
         checkProof(proof, peerId, Date.now(), defaultLimits.proofLifetimeMs)
       // @ts-expect-error the time is missing
       checkProof(new Uint8Array(), '')
       export const others = { openCacheFolder, discoveryContract, storeContract, transportContract, explainOldNode, makeFolder, createBucket, topicOf }
       export const relay: Relay = createRelay({ tcpPort: 'off' })
       export const github: Promise<GitHub> = startGitHub()`,
      { ...inNode, lib: ['es2024'], exactOptionalPropertyTypes: true }
    ))

  it('type-check what is for relays where libp2p’s own types do, which need the DOM library', () =>
    typeCheck(
      'for-relays',
      `import { createExchange, createProbe, stopNode } from 'ghmesh/libp2p'
       import { boundedTcp, boundedWebSockets } from 'ghmesh/node-sockets'
       export const used = { createExchange, createProbe, stopNode, boundedTcp, boundedWebSockets }`,
      { ...inNode, lib: ['es2024', 'dom', 'esnext.disposable'] }
    ))

  it('type-check a relay where nothing else is installed', async () => {
    const alone = join(project, 'relay-alone')
    mkdirSync(alone)
    writeFileSync(join(alone, 'package.json'), '{ "private": true }')
    const [packed] = readdirSync(project).filter((name) => name.startsWith('ghmesh-relay-'))
    runNpm(alone, 'install', '--offline', '--omit=optional', `../${packed}`)
    // What lies above it would be found as well.
    const away = commands.folder('relay-alone')
    renameSync(alone, away)
    await typeCheck(
      away,
      `import { createRelay, type RelayOptions } from '@ghmesh/relay'
       export const start = (options: RelayOptions) => createRelay(options).start()`,
      { ...inNode, lib: ['es2024'] }
    )
  })

  it('bring a relay that starts from what is installed', async () => {
    writeFileSync(
      join(project, 'relay.mjs'),
      `import { createRelay } from '@ghmesh/relay'
       const relay = createRelay({ host: '127.0.0.1', tcpPort: 0, webSocketPort: 0, webRtcPort: 0 })
       await relay.start()
       console.log(relay.addresses.map((address) => address.replace(/.*(tcp|ws|webrtc-direct)\\b.*/, '$1')).join())
       await relay.stop()`
    )
    const { code, stdout } = await commands.start(process.execPath, [join(project, 'relay.mjs')]).ended
    expect([code, stdout.trim()]).to.deep.equal([0, 'tcp,ws,webrtc-direct'])
  })

  // README: "Run these in this repository"
  it('give the commands ghmesh, ghmesh-relay and github-sim', async () => {
    const run = async (name: string) =>
      (
        await commands.start(process.execPath, [join(project, 'node_modules/.bin', name), '--version']).ended
      ).stdout.trim()
    const { version } = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8'))
    for (const name of ['ghmesh', 'ghmesh-relay', 'github-sim']) expect(await run(name)).to.equal(version)
  })

  describe('make a page', () => {
    const { open } = browser()
    let beside: Beside
    before(async () => {
      beside = await startBeside()
    })
    after(() => beside?.stop())

    const bundlers = {
      Vite: ['vite', 'build', '--logLevel=error'],
      esbuild: ['esbuild', 'main.js', '--bundle', '--format=esm', '--minify', '--outdir=dist', '--log-level=warning']
    }
    for (const [name, [command = '', ...args]] of Object.entries(bundlers)) {
      // README: "A page loads minified files,"
      it(`with ${name}, whose answers come from a member in Node`, async () => {
        const folder = join(project, `page-${name}`)
        writePage(folder)
        const built = spawnSync(process.execPath, [join(root, 'node_modules/.bin', command), ...args], {
          cwd: folder,
          encoding: 'utf8'
        })
        expect([built.status, built.stderr], built.stdout).to.deep.equal([0, ''])
        if (name === 'esbuild') copyFileSync(join(folder, 'index.html'), join(folder, 'dist/index.html'))
        await expectHitIn(open, join(folder, 'dist'), beside)
      })
    }
  })
})
