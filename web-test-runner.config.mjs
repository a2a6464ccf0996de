import { writeFileSync } from 'node:fs'
import { defaultReporter } from '@web/test-runner'
import { chromeLauncher } from '@web/test-runner-chrome'
import { browserFlags, ensureBrowser } from './scripts/browser.mjs'
import { member } from './scripts/wtr-member.mjs'
import { specs } from './scripts/wtr-specs.mjs'

const tests = (s) => (s ? [...s.tests, ...s.suites.flatMap(tests)] : [])

/** Writes {passed, failed, skipped} to $COUNTS_FILE; a file that could not be loaded counts as one failure. */
const counts = {
  stop({ sessions }) {
    if (!process.env.COUNTS_FILE) return
    const n = { passed: 0, failed: 0, skipped: 0 }
    for (const s of sessions) {
      const all = tests(s.testResults)
      for (const t of all) n[t.skipped ? 'skipped' : t.passed ? 'passed' : 'failed']++
      if (!s.passed && !all.some((t) => !t.passed && !t.skipped)) n.failed++
    }
    writeFileSync(process.env.COUNTS_FILE, JSON.stringify(n))
  }
}

export default {
  files: ['{packages/*/test,test}/**/*.spec.ts', '!**/*.node.spec.ts'],
  plugins: [
    specs({ root: import.meta.dirname, include: '{packages/*/test,test}/**/*.spec.ts', exclude: /\.node\.spec\.ts$/ }),
    member()
  ],
  browsers: [chromeLauncher({ launchOptions: { executablePath: ensureBrowser(), args: browserFlags } })],
  reporters: [defaultReporter({ reportTestProgress: process.stdout.isTTY === true, reportTestResults: true }), counts],
  // Less than a file has, so that a test that does not end is named.
  testFramework: { config: { ui: 'bdd', timeout: 60_000 } }
}
