// Units, contracts, the flow, libp2p on loopback, the commands, the README, and the same specs in Chromium. No root, no
// other tools. What starts processes waits for them most of the time, so it runs beside the rest.
import { bin, mocha, runSuites } from './suites.mjs'

const except = ['**/*.browser.spec.ts', 'test/network/**'].flatMap((pattern) => ['--ignore', pattern])

await runSuites([
  [
    ['node', ...mocha(...except, '{packages/*/test,relay/test,test/*}/**/*.spec.ts')],
    ['commands', ...mocha(...except, 'test/*.spec.ts')]
  ],
  [['browser', bin('wtr')]]
])
