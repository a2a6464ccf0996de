// Units, contracts, the flow, libp2p on loopback, the relay, the commands, the README, and the same specs in Chromium. No
// root, no other tools. What starts processes waits for them much of the time, so there are more suites than cores at once.
import { availableParallelism } from 'node:os'
import { bin, mocha, runSuites } from './suites.mjs'

const ignoring = (...patterns) => patterns.flatMap((pattern) => ['--ignore', pattern])
// About half of what the specs of the commands take, so that they fill two lanes.
const inspecting = ['doctor', 'inspect'].map((name) => `test/${name}.node.spec.ts`)

// The longest first, so that the last to end has company.
await runSuites(
  [
    ['looking', ...mocha(...inspecting)],
    ['commands', ...mocha(...ignoring(...inspecting), 'test/*.spec.ts')],
    [
      'units and flow',
      ...mocha(...ignoring('**/*.browser.spec.ts', 'test/network/**'), '{packages/*/test,test/*}/**/*.spec.ts')
    ],
    ['relay', ...mocha('relay/test/**/*.spec.ts')],
    ['browser', bin('wtr')]
  ],
  { atOnce: availableParallelism() + 1 }
)
