import { spawn } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeLicences } from './licences.mjs'

const bin = (name) => join(import.meta.dirname, '../node_modules/.bin', name)
const run = (name, ...args) =>
  new Promise((ok, no) => {
    spawn(bin(name), args, { stdio: 'inherit' }).on('exit', (c) =>
      c === 0 ? ok() : no(new Error(`${name} ended with ${c}`))
    )
  })
const t = performance.now()
const root = join(import.meta.dirname, '..')
const packages = [...readdirSync(join(root, 'packages')).map((name) => join('packages', name)), 'relay']
for (const name of packages) rmSync(join(root, name, 'dist'), { recursive: true, force: true })
await Promise.all([run('tsc', '-b'), run('tsup')])
writeLicences('relay/dist')
writeLicences('packages/core/dist/browser')
console.log(`build: ${Math.round(performance.now() - t)} ms on ${process.version}`)
