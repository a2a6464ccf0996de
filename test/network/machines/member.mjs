// A member that stays: tells its events as JSON lines, and takes commands as JSON lines: ["set", name, value],
// ["fetch", url], ["write", url, body], ["path", name, path] (waits until a member is reached by it), ["pause"] (how long its event loop stood
// still at most since the last time), ["stop"].
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { createMesh, memoryStore } from 'ghmesh'

const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`)
const mesh = await createMesh({
  store: memoryStore(),
  listenPort: 9100,
  limits: { membersBudgetMs: 5000 },
  ...JSON.parse(process.argv[2] ?? '{}')
})
for (const type of ['peer:connect', 'peer:disconnect', 'received', 'purged', 'warning']) {
  mesh.addEventListener(type, ({ detail }) =>
    say({ type, ...detail, ...(type === 'warning' && { message: detail.message }) })
  )
}
say({ type: 'ready', peerId: mesh.peerId, addresses: mesh.addresses })

const resolutionMs = 5
const delays = monitorEventLoopDelay({ resolution: resolutionMs })
delays.enable()

const commands = {
  async pause() {
    const ms = Math.max(0, delays.max / 1e6 - resolutionMs)
    delays.reset()
    return { ms }
  },
  async fetch(url) {
    const startedAt = performance.now()
    const response = await mesh.fetch(url)
    const body = await response.text()
    return {
      url,
      status: response.status,
      cacheStatus: response.headers.get('cache-status'),
      bytes: Buffer.byteLength(body),
      title: /"title":"([^"]*)"/.exec(body)?.[1],
      ms: performance.now() - startedAt
    }
  },
  async write(url, body) {
    const { status } = await mesh.fetch(url, { method: 'PATCH', body: JSON.stringify(body) })
    return { url, status }
  },
  async path(name, path) {
    for (;;) {
      const peer = mesh.peers().find((one) => one.name === name)
      if (peer?.path === path) return peer
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
for await (const line of createInterface(process.stdin)) {
  const [command, ...args] = JSON.parse(line)
  if (command === 'stop') break
  const result = commands[command] ? await commands[command](...args) : await mesh[command](...args)
  say({ type: 'done', command, ...(typeof result === 'object' && result) })
}
await mesh.stop()
