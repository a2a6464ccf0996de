// What it takes that members who start together become one group: time, processor, memory and bytes of each, the connections
// they hold, and how late they answer meanwhile. Then what a member with three others uses while nothing happens, or with more
// of them, once it has gathered as many as it dials.
//   node bench/fleet-connect.mjs [members ...] [--processes 8] [--found folder|one] [--profile FOLDER] [--idle SECONDS]
//     [--idle-members 4,50]
import { fork } from 'node:child_process'
import { channel } from 'node:diagnostics_channel'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createMesh, createSecret, filePeers, memoryStore, staticPeers } from 'ghmesh'
import { countSent } from './sent-bytes.mjs'

const originMs = 100
/** Each member asks for something new this often. */
const askEveryMs = 3000
const giveUpMs = 60_000
/** As many members are gathered in time; see `gatheredMembers` of the limits. */
const gathered = 48
const gatherMs = 300_000

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const quantile = (values, q) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))]

/** One process with some members. */
function serve() {
  const sent = countSent()
  let dials = 0
  let joined = 0
  let left = 0
  channel('net.client.socket').subscribe(({ socket }) => {
    socket.once('connect', () => socket.remotePort !== originPort && dials++)
  })
  let originPort

  const meshes = []
  const late = { mesh: [], plain: [] }
  let asking = true
  async function ask(times, fetch, nameOf) {
    for (let n = 0; asking; n++) {
      const startedAt = performance.now()
      await (await fetch(nameOf(n))).arrayBuffer()
      times.push(performance.now() - startedAt - originMs)
      await wait(Math.max(0, askEveryMs - (performance.now() - startedAt)))
    }
  }

  const commands = {
    /** Loads all code and lets it run once: a fleet has a machine for each, and here they share few. */
    async warm({ folder, apiUrl }) {
      const secret = createSecret()
      const options = { secret, apiUrl, token: 'bench', store: memoryStore(), listenPort: 0, forceLocalhost: true }
      const one = await createMesh({ ...options, cacheDir: join(folder, `warm-${process.pid}`), discovery: [] })
      const other = await createMesh({
        ...options,
        cacheDir: join(folder, `warm-too-${process.pid}`),
        discovery: [staticPeers([one.addresses[0]])]
      })
      await new Promise((resolve) => other.addEventListener('peer:connect', resolve, { once: true }))
      await Promise.all([one.stop(), other.stop()])
      dials = 0
    },
    async start({ count, first, secret, apiUrl, folder, bootstrap, asks }) {
      originPort = Number(new URL(apiUrl).port)
      sent.leaveOut(originPort)
      const before = { cpu: process.cpuUsage(), rss: process.memoryUsage().rss, sentBytes: sent.bytes() }
      commands.before = before
      if (asks) void ask(late.plain, fetch, (n) => `${apiUrl}/repos/plain/p${first}/issues/${n}`)
      await Promise.all(
        Array.from({ length: count }, async (_, i) => {
          const mesh = await createMesh({
            secret,
            token: 'bench',
            apiUrl,
            name: `member ${first + i}`,
            cacheDir: join(folder, `cache-${first + i}`),
            store: memoryStore(),
            listenPort: 0,
            forceLocalhost: true,
            discovery: bootstrap ? [staticPeers(bootstrap)] : [filePeers({ directory: join(folder, 'peers') })]
          })
          mesh.addEventListener('peer:connect', () => joined++)
          mesh.addEventListener('peer:disconnect', () => left++)
          joined += mesh.peers().length
          meshes.push(mesh)
          if (asks) void ask(late.mesh, mesh.fetch, (n) => `${apiUrl}/repos/mesh/m${first + i}/issues/${n}`)
        })
      )
      return { addresses: meshes.map(({ addresses }) => addresses[0]) }
    },
    look: () =>
      meshes.map((mesh) => ({
        id: mesh.peerId,
        peers: mesh.peers().map(({ id }) => id),
        known: mesh.stats().knownPeers + 1
      })),
    /** Resolves once all here have a value; the first process has set it. */
    async value({ name, set }) {
      if (set) await meshes[0].set(name, 1)
      const tries = meshes.map(
        (mesh) =>
          new Promise((resolve) => {
            mesh.addEventListener('received', ({ detail }) => detail.url === name && resolve())
            if (set && mesh === meshes[0]) resolve()
          })
      )
      process.send({ listening: true })
      await Promise.all(tries)
      return true
    },
    use() {
      const { user, system } = process.cpuUsage(commands.before.cpu)
      const { rss, heapUsed, external } = process.memoryUsage()
      const sentBytes = sent.bytes() - commands.before.sentBytes
      const rejected = {}
      for (const mesh of meshes)
        for (const [why, n] of Object.entries(mesh.stats().rejected)) rejected[why] = (rejected[why] ?? 0) + n
      return {
        cpuMs: (user + system) / 1000,
        rss: rss - commands.before.rss,
        heap: heapUsed + external,
        sentBytes,
        dials,
        joined,
        left,
        late,
        rejected
      }
    },
    quiet() {
      asking = false
    },
    async stop() {
      await Promise.all(meshes.map((mesh) => mesh.stop()))
      process.disconnect()
    }
  }
  process.on('message', async ({ id, command, ...how }) => {
    const result = await commands[command](how)
    if (process.connected) process.send({ id, result })
  })
  process.send({ listening: true })
}

async function startOrigin() {
  let calls = 0
  const server = createServer((req, res) => {
    calls++
    setTimeout(() => {
      const body = JSON.stringify({ path: req.url, text: 'x'.repeat(2000) })
      res.writeHead(200, {
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'private, max-age=60',
        date: new Date().toUTCString(),
        etag: `"${Buffer.from(req.url).toString('hex').slice(-40)}"`
      })
      res.end(body)
    }, originMs)
  })
  server.keepAliveTimeout = giveUpMs
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${server.address().port}`, calls: () => calls, stop: () => server.close() }
}

async function startProcess(profile) {
  const execArgv = profile ? ['--cpu-prof', '--cpu-prof-dir', profile] : []
  const child = fork(import.meta.filename, ['--serve'], { execArgv, env: { ...process.env, CI: '1' } })
  const waiting = new Map()
  let next = 0
  let heard
  child.on('message', ({ id, result, listening }) => {
    if (listening) return heard?.()
    waiting.get(id)?.(result)
    waiting.delete(id)
  })
  child.once('exit', (code) => {
    // What it was asked is not answered any more.
    if (code !== 0) throw new Error(`one of the processes ended with ${code}`)
  })
  await new Promise((resolve) => {
    heard = resolve
  })
  const ask = (command, how = {}) =>
    new Promise((resolve) => {
      const id = next++
      waiting.set(id, resolve)
      child.send({ id, command, ...how })
    })
  return {
    ask,
    listens: (command, how) => {
      const ready = new Promise((resolve) => {
        heard = resolve
      })
      return { done: ask(command, how), ready }
    },
    ended: new Promise((resolve) => child.once('exit', resolve))
  }
}

/** How many parts the graph of connections has. */
function partsOf(members) {
  const neighbours = new Map(members.map(({ id, peers }) => [id, new Set(peers)]))
  for (const { id, peers } of members) for (const peer of peers) neighbours.get(peer)?.add(id)
  const left = new Set(neighbours.keys())
  let parts = 0
  for (const first of left) {
    parts++
    const queue = [first]
    left.delete(first)
    for (const id of queue) for (const peer of neighbours.get(id)) if (left.delete(peer)) queue.push(peer)
  }
  return parts
}

const sum = (uses, name) => uses.reduce((all, use) => all + use[name], 0)

async function withFleet({ members, processes, found, profile, asks }, run) {
  const folder = mkdtempSync(join(tmpdir(), 'ghmesh-fleet-'))
  const origin = await startOrigin()
  const children = await Promise.all(Array.from({ length: Math.min(processes, members) }, () => startProcess(profile)))
  const secret = createSecret()
  const each = (command, how) => Promise.all(children.map(({ ask }) => ask(command, how)))
  await each('warm', { folder, apiUrl: origin.url })
  const startedAt = performance.now()
  let first = 0
  let bootstrap
  const starts = []
  for (const [i, { ask }] of children.entries()) {
    const count = Math.floor(members / children.length) + (i < members % children.length ? 1 : 0)
    const start = ask('start', { count, first, secret, apiUrl: origin.url, folder, bootstrap, asks })
    if (found === 'one' && i === 0) bootstrap = [(await start).addresses[0]]
    starts.push(start)
    first += count
  }
  try {
    await run({ children, each, startedAt, origin, starts })
  } finally {
    await each('quiet')
    void each('stop')
    await Promise.all(children.map(({ ended }) => ended))
    origin.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function connectAll(how) {
  const { members } = how
  await withFleet({ ...how, asks: true }, async ({ children, each, startedAt, starts }) => {
    let oneAt, knownAt, all
    void Promise.all(starts).then(() =>
      console.log(`  all started after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
    )
    for (;;) {
      all = (await each('look')).flat()
      const now = performance.now() - startedAt
      if (all.length === members && partsOf(all) === 1) oneAt ??= now
      if (all.length === members && all.every(({ known }) => known >= members)) knownAt ??= now
      if ((oneAt && knownAt) || now > giveUpMs) break
      await wait(250)
    }
    const uses = await each('use')
    await each('quiet')
    const told = children.map(({ listens }, i) => i > 0 && listens('value', { name: 'there?' }))
    await Promise.all(told.map((one) => one?.ready))
    const setAt = performance.now()
    told[0] = children[0].listens('value', { name: 'there?', set: true })
    const reached = await Promise.race([Promise.all(told.map((one) => one.done)), wait(30_000)])
    const toldMs = reached && performance.now() - setAt
    const degrees = all.map(({ peers }) => peers.length)
    const times = uses.flatMap(({ late }) => late.mesh)
    const plain = uses.flatMap(({ late }) => late.plain)
    const s = (ms) => (ms === undefined ? `not in ${giveUpMs / 1000}` : (ms / 1000).toFixed(1))
    const rejected = {}
    for (const use of uses)
      for (const [why, n] of Object.entries(use.rejected)) rejected[why] = (rejected[why] ?? 0) + n
    console.log(
      JSON.stringify({
        members,
        processes: children.length,
        'one group after, s': s(oneAt),
        'each knows all after, s': s(knownAt),
        'a message reaches all in, ms': toldMs && Math.round(toldMs),
        'processor of a member, ms': Math.round(sum(uses, 'cpuMs') / members),
        'memory of a member, MB': Number((sum(uses, 'rss') / members / 1e6).toFixed(1)),
        'sent by a member, KB': Math.round(sum(uses, 'sentBytes') / members / 1000),
        'dials of a member': Number((sum(uses, 'dials') / members).toFixed(1)),
        'connected, disconnected': `${(sum(uses, 'joined') / members).toFixed(1)} ${(sum(uses, 'left') / members).toFixed(1)}`,
        'connections of a member': `${Math.min(...degrees)} ${quantile(degrees, 0.5)} ${Math.max(...degrees)}`,
        'fetch over GitHub, ms (p50 p99 max)': [0.5, 0.99, 1].map((q) => Math.round(quantile(times, q))).join(' '),
        'plain fetch, the same': [0.5, 0.99, 1].map((q) => Math.round(quantile(plain, q))).join(' '),
        rejected
      })
    )
  })
}

async function idle({ seconds, ...how }) {
  const { members } = how
  await withFleet({ ...how, processes: Math.min(members, how.processes) }, async ({ each, starts, startedAt }) => {
    await Promise.all(starts)
    const connections = async () => (await each('look')).flat().map(({ peers }) => peers.length)
    const areThere = async () => (await connections()).every((count) => count >= Math.min(members - 1, gathered))
    while (!(await areThere()) && performance.now() - startedAt < gatherMs) await wait(1000)
    await wait(5000)
    const before = await each('use')
    await wait(seconds * 1000)
    const after = await each('use')
    const ofEach = (name) => (sum(after, name) - sum(before, name)) / members / seconds
    const counts = await connections()
    console.log(
      JSON.stringify({
        'idle members': members,
        'connections of a member': `${Math.min(...counts)} ${quantile(counts, 0.5)} ${Math.max(...counts)}`,
        'processor of a member, ms a second': Number(ofEach('cpuMs').toFixed(2)),
        'bytes sent a second': Math.round(ofEach('sentBytes'))
      })
    )
  })
}

async function measure() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      processes: { type: 'string', default: '8' },
      found: { type: 'string', default: 'folder' },
      profile: { type: 'string' },
      idle: { type: 'string', default: '20' },
      'idle-members': { type: 'string', default: '4' }
    }
  })
  const how = { processes: Number(values.processes), found: values.found, profile: values.profile }
  const sizes = positionals.length > 0 ? positionals : [10, 50, 100]
  for (const members of sizes.map(Number)) if (members > 0) await connectAll({ ...how, members })
  const seconds = Number(values.idle)
  for (const members of values['idle-members'].split(',').map(Number))
    if (seconds > 0 && members > 1) await idle({ ...how, members, seconds })
}

if (process.argv[2] === '--serve') serve()
else await measure()
