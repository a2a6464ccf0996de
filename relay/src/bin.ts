#!/usr/bin/env node
import process from 'node:process'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 13)) {
  console.error(`ghmesh-relay: needs Node 22.13 or later, this is ${process.versions.node}`)
  process.exitCode = 1
} else {
  // Imported late: an older Node would stop at the dependencies' syntax before it could say why.
  const { run } = await import('./program.ts')
  process.exitCode = await run(process.argv)
}
