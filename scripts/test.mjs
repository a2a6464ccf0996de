import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const dir = mkdtempSync(join(tmpdir(), 'ghmesh-test-'))
const suites = [
  [
    'node',
    'mocha',
    '--require',
    './test/token-scan/hooks.ts',
    '--reporter',
    'scripts/mocha-count.cjs',
    '--ignore',
    '**/*.browser.spec.ts',
    '{packages/*/test,test}/**/*.spec.ts'
  ],
  ['browser', 'wtr']
]
const total = { passed: 0, failed: 0, skipped: 0 }
for (const [name, bin, ...args] of suites) {
  const file = join(dir, `${name}.json`)
  console.log(`\n== ${name}`)
  const code = await new Promise((ok) =>
    spawn(join(root, 'node_modules/.bin', bin), args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, COUNTS_FILE: file }
    }).on('exit', (c) => ok(c ?? 1))
  )
  let n
  try {
    n = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    n = { passed: 0, failed: 1, skipped: 0 }
  }
  if (code !== 0 && n.failed === 0) n.failed = 1
  console.log(`${name}: ${n.passed} passed, ${n.failed} failed`)
  for (const k of Object.keys(total)) total[k] += n[k]
}
rmSync(dir, { recursive: true, force: true })
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed ? 1 : 0
