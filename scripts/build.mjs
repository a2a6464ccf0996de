import { spawn } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const bin = (name) => join(import.meta.dirname, '../node_modules/.bin', name)
const run = (name, ...args) =>
  new Promise((ok, no) => {
    spawn(bin(name), args, { stdio: 'inherit' }).on('exit', (c) =>
      c === 0 ? ok() : no(new Error(`${name} ended with ${c}`))
    )
  })
const t = performance.now()
const packages = join(import.meta.dirname, '../packages')
for (const name of readdirSync(packages)) rmSync(join(packages, name, 'dist'), { recursive: true, force: true })
await Promise.all([run('tsc', '-b'), run('tsup')])
console.log(`build: ${Math.round(performance.now() - t)} ms on ${process.version}`)
