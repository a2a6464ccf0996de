#!/usr/bin/env node
import process from 'node:process'
import { explainOldNode } from 'ghmesh/node-version'

const tooOld = explainOldNode('ghmesh')
if (tooOld !== undefined) {
  console.error(tooOld)
  process.exitCode = 1
} else {
  // Imported late: an older Node would fail on the dependencies' syntax before it could say why.
  const { run } = await import('./program.ts')
  process.exitCode = await run(process.argv)
}
