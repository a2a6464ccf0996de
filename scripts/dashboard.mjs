// `npm run dashboard`: the dashboard with a mesh to look at, on this machine and without the internet.
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { startWorld } from './dashboard/world.mjs'

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } })
const control = new AbortController()
const asked = Promise.race(['SIGINT', 'SIGTERM'].map((name) => once(process, name, { signal: control.signal })))

const world = await startWorld({ port: Number(values.port), everyMs: 10_000 })
console.log(`GitHub is played by a simulator at ${world.github.url}.`)
console.log(`A relay and two members (${world.members.map(({ name }) => name).join(', ')}) run in this process.\n`)
console.log(`Open this address; Ctrl-C ends it all:\n\n  ${world.address}\n`)
await asked
control.abort()
await world.stop()
console.log('Everything is stopped.')
