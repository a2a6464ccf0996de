// Units, contracts, the flow, libp2p on loopback, the README, and the same specs in Chromium. No root, no other tools.
import { bin, mocha, runSuites } from './suites.mjs'

await runSuites([
  [
    'node',
    ...mocha(
      '--ignore',
      '**/*.browser.spec.ts',
      '--ignore',
      'test/network/**',
      '{packages/*/test,relay/test,test}/**/*.spec.ts'
    )
  ],
  ['browser', bin('wtr')]
])
