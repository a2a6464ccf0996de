// Units, contracts, the flow, libp2p on loopback, the relay, the commands, the README, pages, and the same specs in Chromium.
// No root, no other tools. What starts processes waits for them much of the time, so there are more suites than cores at once.
import { availableParallelism } from 'node:os'
import { mocha, runSuites } from './suites.mjs'
import { tool } from './tools.mjs'

const ignoring = (patterns) => patterns.flatMap((pattern) => ['--ignore', pattern])
const pages = ['e2e', 'embedding'].map((name) => `test/${name}/**/*.spec.ts`)
// About half of what the specs of the commands take, so that they fill two lanes.
const looking = ['doctor', 'inspect'].map((name) => `test/${name}.node.spec.ts`)
const attacks = ['hostile', 'ports'].map((name) => `test/${name}/**/*.spec.ts`)
const elsewhere = [...pages, ...attacks, 'test/browser/**', 'test/network/**', 'test/clients/**']

// The longest first, so that the last to end has company.
await runSuites(
  [
    ['pages', ...mocha(...pages)],
    ['looking', ...mocha(...looking)],
    ['commands', ...mocha(...ignoring(looking), 'test/*.spec.ts')],
    ['attacks', ...mocha(...attacks)],
    ['flow', ...mocha(...ignoring(elsewhere), 'test/*/**/*.spec.ts')],
    ['relay', ...mocha('relay/test/**/*.spec.ts')],
    ['units', ...mocha(...ignoring(['**/*.browser.spec.ts']), 'packages/*/test/**/*.spec.ts')],
    ['browser', ...tool('wtr', { of: '@web/test-runner' })]
  ],
  { atOnce: availableParallelism() + 1 }
)
