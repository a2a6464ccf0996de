import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { startBeside } from '../embedding/beside.ts'
import { browser } from '../embedding/browser.ts'
import { askMember, expectHit, expectHitIn, writePage } from '../embedding/built-page.ts'
import { createCommands, root } from '../support/commands.ts'
import { pack, runNpm } from '../support/npm.ts'
import { clients, has } from './world.ts'

const installed = join(clients, 'bundlers')
const bundler = (name: string) => join(installed, 'node_modules', name)

describe('bundlers and frameworks that nobody told of ghmesh', function () {
  this.timeout(180_000)
  const commands = createCommands()
  const { open } = browser()
  /** Below what is installed, so that React is found from there. */
  const project = join(installed, 'project')
  before(function () {
    if (!has('bundlers')) return this.skip()
    rmSync(project, { recursive: true, force: true })
    mkdirSync(project)
    writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }')
    runNpm(project, 'install', '--prefer-offline', `./${pack(root, 'packages/core', project)}`)
  })
  after(async () => {
    await commands.end()
    rmSync(project, { recursive: true, force: true })
  })

  /** Without a warning. */
  function build(folder: string, file: string, ...args: string[]): void {
    const { status, stdout, stderr } = spawnSync(process.execPath, [bundler(file), ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' }
    })
    expect(status, stdout + stderr).to.equal(0)
    expect(stdout + stderr, stdout + stderr).to.not.match(/warning in|⚠|critical dependency/i)
  }

  const copyIndex = (folder: string) => copyFileSync(join(folder, 'index.html'), join(folder, 'dist/index.html'))
  const pages: Record<string, (folder: string) => void> = {
    webpack(folder) {
      // It would warn of libp2p's size.
      const options = ['--mode=production', '--no-performance', '--entry=./main.js', '--output-path=dist']
      build(folder, 'webpack-cli/bin/cli.js', ...options)
      copyIndex(folder)
    },
    Rollup(folder) {
      const config = `import { nodeResolve } from '@rollup/plugin-node-resolve'
        export default { input: 'main.js', output: { dir: 'dist' }, plugins: [nodeResolve({ browser: true })] }`
      writeFileSync(join(folder, 'rollup.config.js'), config)
      build(folder, 'rollup/dist/bin/rollup', '--config')
      copyIndex(folder)
    },
    // It does not read `exports` unless it is told to.
    Parcel: (folder) => build(folder, 'parcel/lib/bin.js', 'build', 'index.html', '--dist-dir=dist', '--no-cache')
  }
  for (const [name, make] of Object.entries(pages)) {
    // docs/browsers.md: "With a bundler there is nothing else to do for a page."
    it(`${name}: a page, whose answers come from a member in Node`, async () => {
      const folder = join(project, name)
      writePage(folder)
      make(folder)
      const beside = await startBeside()
      await expectHitIn(open, join(folder, 'dist'), beside)
      await beside.stop()
    })
  }

  /** A page whose component is rendered on the server first, with the files for Node; and a route that is a member. */
  function writeApp(folder: string, config: object): void {
    const files = {
      'package.json': '{ "private": true, "type": "module" }',
      'next.config.mjs': `export default ${JSON.stringify({ ...config, turbopack: { root: installed } })}`,
      'app/layout.js': 'export default ({ children }) => <html><body>{children}</body></html>',
      'app/page.js': `'use client'
        import { createMesh } from 'ghmesh'
        import { useEffect } from 'react'
        export default function Page() {
          useEffect(() => { ${askMember} }, [])
          return <p>{typeof createMesh}</p>
        }`,
      'app/issue/route.js': `import { createMesh } from 'ghmesh'
        export const dynamic = 'force-dynamic'
        export async function GET() {
          const { secret, apiUrl, address, url } = JSON.parse(process.env.GIVEN)
          const mesh = await createMesh({ secret, apiUrl, bootstrap: [address], listenPort: 0, forceLocalhost: true })
          if (mesh.peers().length === 0) await new Promise((met) => mesh.addEventListener('peer:connect', met))
          const response = await mesh.fetch(url)
          const { number } = await response.json()
          await mesh.stop()
          return Response.json({ number, said: response.headers.get('cache-status') })
        }`
    }
    mkdirSync(join(folder, 'app/issue'), { recursive: true })
    // On a CI machine Next.js warns where it finds none: https://nextjs.org/docs/messages/no-cache
    mkdirSync(join(folder, '.next/cache'), { recursive: true })
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  }

  // docs/browsers.md: "Next.js does when `serverExternalPackages: ['ghmesh']` is in its configuration."
  for (const [by, config] of [
    ['turbopack', {}],
    ['webpack', { serverExternalPackages: ['ghmesh'] }]
  ] as const)
    it(`Next.js by ${by}: a page, and a route on the server, both members`, async () => {
      const folder = join(project, by)
      writeApp(folder, config)
      build(folder, 'next/dist/bin/next', 'build', `--${by}`)
      const beside = await startBeside()
      const start = [bundler('next/dist/bin/next'), 'start', folder, '--hostname=127.0.0.1', '--port=0']
      const server = commands.start(process.execPath, start, {
        GIVEN: JSON.stringify(beside.given),
        CACHE_DIR: commands.folder('cache'),
        NEXT_TELEMETRY_DISABLED: '1',
        NODE_ENV: 'production'
      })
      await server.said(/Ready/)
      const [origin = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(server.printed()) ?? []
      await expectHit(open, origin, beside)
      const response = await fetch(`${origin}/issue`)
      expect(await response.json()).to.deep.equal({ number: 1, said: 'ghmesh; hit; detail=peer' })
      server.child.kill('SIGKILL') // else it would wait for the page
      await server.ended
      await beside.stop()
    })
})
