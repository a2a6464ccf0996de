// `npm run dashboard`: the dashboard with a mesh to look at, on this machine and without the internet.
import { parseArgs } from 'node:util'
import { startWorld } from './dashboard/world.mjs'

// The listeners stay: npm passes on a signal that the terminal has told everybody already.
const asked = new Promise((resolve) => {
  for (const name of ['SIGINT', 'SIGTERM']) process.on(name, resolve)
})

try {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } })
  if (!/^\d+$/.test(values.port) || Number(values.port) > 65_535)
    throw new Error(`--port takes a port from 0 to 65535; received ${JSON.stringify(values.port)}`)
  const world = await startWorld({ port: Number(values.port), everyMs: 10_000 })
  console.log(`A simulator plays the part of GitHub at ${world.github.url}.`)
  console.log(`A relay and two members (${world.members.map(({ name }) => name).join(', ')}) run in this process.\n`)
  console.log(`Open this address; Ctrl-C stops everything:\n\n  ${world.address}\n`)
  await asked
  await world.stop()
  console.log('Everything is stopped.')
} catch (error) {
  const { code, port, message } = error
  console.error(`dashboard: ${code === 'EADDRINUSE' ? `port ${port} is in use; choose another with --port` : message}`)
  process.exitCode = 1
}
