import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeLicences } from './licences.mjs'
import { bundleForPages } from './pages.mjs'
import { root, tool, tsc } from './tools.mjs'

const run = (name, [command, ...args]) =>
  new Promise((ok, no) => {
    spawn(command, args, { stdio: 'inherit' }).on('exit', (c) =>
      c === 0 ? ok() : no(new Error(`${name} ended with ${c}`))
    )
  })
const t = performance.now()
const packages = [...readdirSync(join(root, 'packages')).map((name) => join('packages', name)), 'relay']
for (const name of packages) rmSync(join(root, name, 'dist'), { recursive: true, force: true })
await Promise.all([run('tsc', [...tsc, '-b']), run('tsup', tool('tsup')), buildForPages('packages/core/dist/browser')])
for (const folder of ['packages/cli/dist', 'packages/github-sim/dist', 'relay/dist']) {
  // esbuild's list of its inputs, in the way afterwards.
  const metafile = join(root, folder, 'metafile-esm.json')
  writeLicences(folder, Object.keys(JSON.parse(readFileSync(metafile, 'utf8')).inputs))
  rmSync(metafile)
}
console.log(`build: ${Math.round(performance.now() - t)} ms on ${process.version}`)

async function buildForPages(folder) {
  const files = (await Promise.all([bundleForPages(), bundleForPages({ single: true })])).flat()
  mkdirSync(join(root, folder), { recursive: true })
  for (const { fileName, code } of files) writeFileSync(join(root, folder, fileName), code)
  writeLicences(
    folder,
    files.flatMap(({ modules }) => Object.keys(modules))
  )
}
