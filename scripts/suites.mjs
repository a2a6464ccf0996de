import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** A command of the workspace's own dependencies. */
export const bin = (name) => join(root, 'node_modules/.bin', name)

/** Mocha with the reporter that counts, and the scan for tokens over all that the run stores and prints. */
export const mocha = (...args) => [
  bin('mocha'),
  '--require',
  './test/token-scan/hooks.ts',
  '--reporter',
  'scripts/mocha-count.cjs',
  ...args
]

/**
 * Runs groups of test suites one after the other, the suites of a group at the same time, each a name and a command, and
 * ends with `N passed, N failed, N skipped`.
 */
export async function runSuites(groups, before = { passed: 0, failed: 0, skipped: 0 }) {
  const counts = mkdtempSync(join(tmpdir(), 'ghmesh-test-'))
  const total = { ...before }
  for (const group of groups) {
    console.log(`\n== ${group.map(([name]) => name).join(', ')}`)
    const results = await Promise.all(
      group.map((suite) => runSuite(suite, join(counts, `${suite[0]}.json`), group.length > 1))
    )
    for (const n of results) for (const key of Object.keys(total)) total[key] += n[key]
  }
  rmSync(counts, { recursive: true, force: true })
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
  process.exitCode = total.failed > 0 ? 1 : 0
}

/** What a suite counted in its file; what several print at the same time is told when each has ended. */
async function runSuite([name, command, ...args], file, later) {
  const printed = []
  const code = await new Promise((resolve) => {
    const env = { ...process.env, COUNTS_FILE: file }
    const output = later ? 'pipe' : 'inherit'
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', output, output], env })
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => printed.push(text))
    child.on('error', () => resolve(1)).on('close', (status) => resolve(status ?? 1))
  })
  process.stdout.write(Buffer.concat(printed))
  let n = { passed: 0, failed: 1, skipped: 0 }
  try {
    n = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    // it ended before it could count: one failure
  }
  if (code !== 0 && n.failed === 0) n.failed = 1
  console.log(`${name}: ${n.passed} passed, ${n.failed} failed`)
  return n
}
