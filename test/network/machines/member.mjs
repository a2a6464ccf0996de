// A member that stays: tells its events as JSON lines, and takes commands as JSON lines: ["set", name, value], ["stop"].
import { createInterface } from 'node:readline'
import { createMesh, memoryStore } from 'ghmesh'

const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`)
const mesh = await createMesh({ store: memoryStore(), listenPort: 9100, ...JSON.parse(process.argv[2] ?? '{}') })
for (const type of ['peer:connect', 'peer:disconnect', 'received', 'warning']) {
  mesh.addEventListener(type, ({ detail }) =>
    say({ type, ...detail, ...(type === 'warning' && { message: detail.message }) })
  )
}
say({ type: 'ready', peerId: mesh.peerId, addresses: mesh.addresses })
for await (const line of createInterface(process.stdin)) {
  const [command, ...args] = JSON.parse(line)
  if (command === 'stop') break
  await mesh[command](...args)
  say({ type: 'done', command })
}
await mesh.stop()
