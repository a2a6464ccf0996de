// `npm run dashboard`: the dashboard with a mesh to look at, on this machine and without the internet.
import { parseArgs } from 'node:util'
import { startWorld } from './dashboard/world.mjs'

// The listeners stay: npm passes on a signal that the terminal has told everybody already.
const asked = new Promise((resolve) => {
  for (const name of ['SIGINT', 'SIGTERM']) process.on(name, resolve)
})

try {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } })
  const world = await startWorld({ port: Number(values.port), everyMs: 10_000 })
  console.log(`A simulator plays the part of GitHub at ${world.github.url}.`)
  console.log(`A relay and two members (${world.members.map(({ name }) => name).join(', ')}) run in this process.\n`)
  console.log(`Open this address; Ctrl-C stops everything:\n\n  ${world.address}\n`)
  await asked
  await world.stop()
  console.log('Everything is stopped.')
} catch (error) {
  console.error(`dashboard: ${error.message}`)
  process.exitCode = 1
}
