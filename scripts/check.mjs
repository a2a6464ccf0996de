// Everything that can be said of the sources without running them, one line for each; no tests.
import { spawnSync } from 'node:child_process'
import { basename } from 'node:path'
import { measureSize, wrongDocumentedSizes } from './size.mjs'
import { root, tool, tsc } from './tools.mjs'

const checks = [
  ['format and lint', ...tool('biome', { of: '@biomejs/biome' }), 'ci', '--error-on-warnings', '--colors=off', '.'],
  ['types', ...tsc, '-b'],
  ['types of tests', ...tsc, '-p', 'test'],
  ['types of the dashboard', ...tsc, '-p', 'examples/dashboard'],
  ['import rules', process.execPath, 'scripts/import-rules.mjs'],
  ['images and actions by digest', process.execPath, 'scripts/pinned.mjs'],
  ['files and fields of packages', process.execPath, 'scripts/package-fields.mjs'],
  ['API reference', ...tool('typedoc', { workspace: 'docs/api' }), '--options', 'docs/api', '--logLevel', 'Warn'],
  ['unused code', ...tool('knip'), '--no-progress'],
  ['spelling', ...tool('cspell'), 'lint', '--no-progress', '--no-color'],
  ...['packages/core', 'packages/cli', 'packages/github-sim', 'relay'].map((folder) => [
    `package shape of ${basename(folder)}`,
    ...tool('publint'),
    '--strict',
    folder
  ]),
  // It compares Unix sockets.
  ...(process.platform === 'win32' ? [] : [['bench --quick', process.execPath, 'bench/run.mjs', '--quick']])
]
let failed = 0

const run = (command, args) =>
  spawnSync(command, args, { cwd: root, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } })

for (const [name, command, ...args] of checks) {
  const isBench = name.startsWith('bench')
  let ended = run(command, args)
  // Something else may have had the machine for a moment. What is really slower is so again.
  for (let again = 0; isBench && ended.status !== 0 && again < 2; again++) ended = run(command, args)
  const { status, stdout, stderr } = ended
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name}`)
  if (status !== 0) failed++
  if (status !== 0 || isBench) console.log(`${stdout}${stderr}`.trimEnd())
}

// What a page loads is bounded, and the bounds only fall: docs/decisions/0005-size.md says what was aimed at.
const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`
const sizes = await measureSize()
const loads = [
  ['without a secret', sizes.localGzipBytes, sizes.ownLocalGzipBytes, 33_420, 30_000],
  ['with a secret', sizes.wholeGzipBytes, sizes.ownGzipBytes, 191_800, 211_000]
]
for (const [when, bytes, ownBytes, bound, aim] of loads) {
  const fits = bytes <= bound
  const missed = bytes > aim ? `, ${kB(bytes - aim)} above its aim of ${kB(aim)}` : ''
  console.log(
    `${fits ? 'ok    ' : 'FAILED'} size: a page ${when} loads ${kB(bytes)} gzip (at most ${kB(bound)}${missed}), ${kB(ownBytes)} of it our own`
  )
  if (!fits) failed++
}
console.log(`       size: a page in a browser without Ed25519 loads another ${kB(sizes.fallbackGzipBytes)}`)

const wrongSizes = wrongDocumentedSizes(sizes)
console.log(`${wrongSizes.length === 0 ? 'ok    ' : 'FAILED'} sizes in documents`)
for (const line of wrongSizes) console.log(line)
if (wrongSizes.length > 0) failed++

console.log(failed === 0 ? '\nall checks pass' : `\n${failed} checks fail`)
process.exitCode = failed === 0 ? 0 : 1
