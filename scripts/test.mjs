// Units, contracts, the flow, libp2p on loopback, the relay, the commands, the README, pages, and the same specs in Chromium.
// `npm test -- units relay` runs these two only. No root, no other tools. What starts processes waits for them much of the time, so there are more suites than cores at once.
import { availableParallelism } from 'node:os'
import { mocha, runSuites } from './suites.mjs'
import { tool } from './tools.mjs'

const ignoring = (patterns) => patterns.flatMap((pattern) => ['--ignore', pattern])
const pages = ['e2e', 'embedding'].map((name) => `test/${name}/**/*.spec.ts`)
// About half of what the specs of the commands take, so that they fill two lanes.
const looking = ['doctor', 'inspect'].map((name) => `packages/cli/test/${name}.node.spec.ts`)
const command = 'packages/cli/test/**/*.spec.ts'
const attacks = ['hostile', 'ports'].map((name) => `test/${name}/**/*.spec.ts`)
const elsewhere = [...pages, ...attacks, 'test/browser/**', 'test/network/**', 'test/clients/**']

// The longest first, so that the last to end has company.
const suites = [
  ['pages', ...mocha(...pages)],
  ['looking', ...mocha(...looking)],
  ['commands', ...mocha(...ignoring(looking), command, 'test/*.spec.ts')],
  ['attacks', ...mocha(...attacks)],
  ['flow', ...mocha(...ignoring(elsewhere), 'test/*/**/*.spec.ts')],
  ['relay', ...mocha('relay/test/**/*.spec.ts')],
  ['units', ...mocha(...ignoring(['**/*.browser.spec.ts', command]), 'packages/*/test/**/*.spec.ts')],
  ['browser', ...tool('wtr', { of: '@web/test-runner' })]
]

const wanted = process.argv.slice(2)
const names = suites.map(([name]) => name)
const unknown = wanted.filter((name) => !names.includes(name))
if (unknown.length > 0) {
  console.error(`there is no suite ${unknown.join(', ')}; there are ${names.join(', ')}`)
  process.exitCode = 2
} else
  await runSuites(wanted.length === 0 ? suites : suites.filter(([name]) => wanted.includes(name)), {
    atOnce: availableParallelism() + 1
  })
