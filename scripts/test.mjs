// Units, contracts, the flow, libp2p on loopback, the relay, the commands, the README, pages, and the same specs in Chromium.
// `npm test -- units relay` runs these two only. No root, no other tools. What has [long] in its title is for test-long.mjs.
import { mocha, runNamed } from './suites.mjs'
import { tool } from './tools.mjs'

const ignoring = (patterns) => patterns.flatMap((pattern) => ['--ignore', pattern])
const short = (...args) => mocha('--fgrep', '[long]', '--invert', ...args)
const pages = ['e2e', 'embedding'].map((name) => `test/${name}/**/*.spec.ts`)
// About half of what the specs of the commands take, so that they fill two lanes.
const looking = ['doctor', 'inspect'].map((name) => `packages/cli/test/${name}.node.spec.ts`)
const command = 'packages/cli/test/**/*.spec.ts'
const attacks = ['hostile', 'ports'].map((name) => `test/${name}/**/*.spec.ts`)
const ofWindows = 'test/windows/**/*.spec.ts'
const elsewhere = [...pages, ...attacks, ofWindows, 'test/browser/**', 'test/network/**', 'test/clients/**']

// The longest first, so that the last to end has company.
await runNamed([
  ['commands', ...short(...ignoring(looking), command, 'test/*.spec.ts')],
  ['pages', ...short(...pages)],
  ['flow', ...short(...ignoring(elsewhere), 'test/*/**/*.spec.ts')],
  ['looking', ...short(...looking)],
  ['attacks', ...short(...attacks)],
  ['relay', ...short('relay/test/**/*.spec.ts')],
  ['units', ...short(...ignoring(['**/*.browser.spec.ts', command]), 'packages/*/test/**/*.spec.ts')],
  ['browser', ...tool('wtr', { of: '@web/test-runner' })],
  ...(process.platform === 'win32' ? [['windows', ...short(ofWindows)]] : [])
])
