/*
 * For mocha's --require: looks for tokens in every byte that a test run stores or logs. Caches and temporary folders of the
 * run, and of the processes that it starts, lie below one folder, which is scanned when a test removes a part of it and at
 * the end; what the run prints is scanned as it is printed. What is sent is the matter of sent.node.spec.ts.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { found, scanner } from './tokens.ts'

const root = fs.mkdtempSync(join(tmpdir(), 'ghmesh-run-'))
process.env.TMPDIR = root
process.env.XDG_CACHE_HOME = join(root, 'cache')

const leaks = new Set<string>()
let [files, bytes, logged] = [0, 0, 0]

// Sources that tests write, with the simulator's tokens in them, are no product of a run.
const source = /\.(?:m?[jt]s|sh|md|ya?ml)$|package(?:-lock)?\.json$/

function scan(path: string): void {
  const stats = fs.lstatSync(path, { throwIfNoEntry: false })
  if (stats?.isDirectory() && !path.endsWith('node_modules')) {
    try {
      for (const name of fs.readdirSync(path)) scan(join(path, name))
    } catch {} // a test took the right to read it
  } else if (stats?.isFile() && !source.test(path)) {
    const content = fs.readFileSync(path)
    files++
    bytes += content.byteLength
    for (const form of found(content)) leaks.add(`${form} in ${path.slice(root.length)}`)
  }
}

const { rmSync } = fs
fs.rmSync = (path, options) => {
  if (String(path).startsWith(root)) scan(String(path))
  return rmSync(path, options)
}
syncBuiltinESMExports()

for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean
  const look = scanner()
  stream.write = ((piece: Uint8Array | string, ...more: unknown[]) => {
    logged += piece.length
    for (const form of look(piece)) leaks.add(`${form} in what the run printed`)
    return write(piece, ...more)
  }) as typeof stream.write
}

export const mochaHooks = {
  afterAll(): void {
    scan(root)
    rmSync(root, { recursive: true, force: true })
    if (leaks.size > 0) throw new Error(`tokens were stored or logged:\n${[...leaks].join('\n')}`)
    if (process.env.TOKEN_SCAN === 'show')
      console.log(`token scan: ${files} files, ${bytes} bytes stored, ${logged} logged, none found`)
  }
}
