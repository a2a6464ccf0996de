import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, tool } from './tools.mjs'

/** Mocha with the reporter that counts, and the scan for tokens over all that the run stores and prints. */
export const mocha = (...args) => [
  ...tool('mocha'),
  '--require',
  './test/token-scan/hooks.ts',
  '--reporter',
  'scripts/mocha-count.cjs',
  ...args
]

/**
 * Runs test suites, each a name and a command, so many at once, in the order given, and ends with
 * `N passed, N failed, N skipped`.
 */
export async function runSuites(suites, { atOnce = 1, skipped = 0 } = {}) {
  const counts = mkdtempSync(join(tmpdir(), 'ghmesh-test-'))
  const total = { passed: 0, failed: 0, skipped }
  const left = suites.entries()
  const lane = async () => {
    // One iterator for all lanes: each takes what the others have not.
    for (const [index, suite] of left) {
      const n = await runSuite(suite, join(counts, `${index}.json`), atOnce > 1)
      for (const key of Object.keys(total)) total[key] += n[key]
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  rmSync(counts, { recursive: true, force: true })
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
  process.exitCode = total.failed > 0 ? 1 : 0
}

/**
 * Runs those that the command line names, or all. What starts processes waits for them much of the time, so there are more at
 * once than cores, unless `atOnce` says otherwise.
 */
export async function runNamed(suites, { atOnce = availableParallelism() + 1 } = {}) {
  const wanted = process.argv.slice(2)
  const names = suites.map(([name]) => name)
  const unknown = wanted.filter((name) => !names.includes(name))
  if (unknown.length > 0) {
    console.error(`there is no suite ${unknown.join(', ')}; there are ${names.join(', ')}`)
    process.exitCode = 2
    return
  }
  await runSuites(wanted.length === 0 ? suites : suites.filter(([name]) => wanted.includes(name)), { atOnce })
}

/** What a suite counted in its file; what several print at the same time is told when each has ended. */
async function runSuite([name, command, ...args], file, later) {
  if (!later) console.log(`\n== ${name}`)
  const printed = []
  const code = await new Promise((resolve) => {
    // Hundreds of processes load the same modules.
    const env = { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/node'), ...process.env, COUNTS_FILE: file }
    const output = later ? 'pipe' : 'inherit'
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', output, output], env })
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => printed.push(text))
    child.on('error', () => resolve(1)).on('close', (status) => resolve(status ?? 1))
  })
  if (later) process.stdout.write(`\n== ${name}\n${Buffer.concat(printed)}`)
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
