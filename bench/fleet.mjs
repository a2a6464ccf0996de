// What a fleet costs GitHub: the same reads, by each member alone, through one proxy, and as a group; beside one member that
// does all the reading, whose calls nobody can undercut.
//   node bench/fleet.mjs [members ...] [--seconds 60] [--settle 0] [--warm 0] [--every 1] [--ways LIST] [--network NAME]
//     [--churn] [--json FILE]
// `--every`: about so many seconds between two reads of a member. With `--warm`, calls are counted and times taken after so many
// seconds: what it costs to go on, not to begin, which is shown apart. `--settle`: members know all others for so long before the
// first read, as in a fleet that is up; otherwise they read while they still connect. `--network` says which members can reach
// each other: one of fleet-links.mjs. `--churn`: a member is stopped every 5 s, and starts again as a stranger.
import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createSecret } from 'ghmesh'
import { freePort } from '../scripts/free-port.mjs'
import { names as networks } from './fleet-links.mjs'

const latencyMs = 100
const changesPerSecond = 2
const maxProcesses = 8
const churnEveryMs = 5000
const connectMs = 60_000

const allWays = ['plain', 'undici cache', 'one proxy', 'ghmesh']

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '60' },
    settle: { type: 'string', default: '0' },
    warm: { type: 'string', default: '0' },
    every: { type: 'string', default: '1' },
    churn: { type: 'boolean', default: false },
    network: { type: 'string', default: 'full mesh' },
    ways: { type: 'string', default: allWays.join(',') },
    json: { type: 'string' }
  }
})
const { network } = values
const ways = values.ways.split(',')
for (const way of ways) if (!allWays.includes(way)) throw new Error(`--ways takes ${allWays.join(', ')}, not ${way}`)
if (!networks.includes(network)) throw new Error(`--network is one of ${networks.join(', ')}, not ${network}`)
const warmSeconds = Number(values.warm)
const everySeconds = Number(values.every)
const settleSeconds = Number(values.settle)
const seconds = warmSeconds + Number(values.seconds)
const sizes = positionals.length > 0 ? positionals.map(Number) : [1, 2, 10, 50, 100]
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** A process of this bench, and a way to ask it. */
async function child(file) {
  const made = fork(join(import.meta.dirname, file), { stdio: 'inherit' })
  const [hello] = await once(made, 'message')
  let lastId = 0
  return {
    ...hello,
    ask(command, args = {}) {
      const id = ++lastId
      made.send({ id, command, ...args })
      return new Promise((resolve, reject) => {
        const died = (code) => reject(new Error(`${file} ended with ${code}`))
        made.once('exit', died)
        made.on('message', function heard(answer) {
          if (answer.id !== id) return
          made.off('message', heard)
          made.off('exit', died)
          if (answer.error) reject(new Error(answer.error))
          else resolve(answer.value)
        })
      })
    },
    end: () => made.kill()
  }
}

async function startProxy(apiUrl, folder) {
  const port = await freePort()
  const cli = join(import.meta.dirname, '../packages/cli/bin/ghmesh.js')
  const env = {
    ...process.env,
    GITHUB_API_URL: apiUrl,
    IPFS_ACCELERATE_CACHE_DIR: join(folder, 'proxy'),
    CACHE_P2P_SHARED_SECRET: ''
  }
  const proxy = spawn(process.execPath, [cli, 'proxy', '--socket', join(folder, 's'), '--port', String(port)], {
    env,
    stdio: ['ignore', 'pipe', 'inherit']
  })
  for await (const line of proxy.stdout)
    if (String(line).includes('listening')) return { url: `http://127.0.0.1:${port}`, end: () => proxy.kill() }
  throw new Error('the proxy did not start')
}

/** The project's relay, for members that reach each other in no other way. */
async function startRelay(folder) {
  const bin = join(import.meta.dirname, '../relay/bin/ghmesh-relay.js')
  const ports = ['--tcp-port', '0', '--ws-port', 'off', '--webrtc-port', 'off', '--http-port', 'off']
  const relay = spawn(
    process.execPath,
    [bin, '--host', '127.0.0.1', ...ports, '--key-file', join(folder, 'relay.key')],
    {
      stdio: ['ignore', 'pipe', 'ignore']
    }
  )
  for await (const line of relay.stdout) {
    const found = /GHMESH_RELAYS=(\S+)/.exec(String(line))
    if (found) return { addresses: found[1].split(','), end: () => relay.kill() }
  }
  throw new Error('the relay did not start')
}

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]

/** One run: so many members read in one way. `readsForAll`: one member does the reading of so many. */
async function run({ origin, way, size, readsForAll, churn }) {
  const folder = mkdtempSync(join(tmpdir(), 'ghmesh-fleet-'))
  const processes = await Promise.all(
    Array.from({ length: Math.min(size, maxProcesses) }, () => child('fleet-reader.mjs'))
  )
  const proxy = way === 'one proxy' ? await startProxy(origin.url, folder) : undefined
  const isGroup = way === 'ghmesh' && size > 1
  const relay = isGroup && network === 'relay' ? await startRelay(folder) : undefined
  try {
    const secret = isGroup ? createSecret() : ''
    const where = { network: isGroup ? network : 'full mesh', size, relays: relay?.addresses }
    const how = { apiUrl: origin.url, secret, folder, proxyUrl: proxy?.url, ...where }
    let from = 0
    const begunAt = performance.now()
    await Promise.all(
      processes.map((one, p) => {
        const count = Math.floor((size - p - 1) / processes.length) + 1
        const args = { way, from, count, ...how }
        from += count
        return one.ask('start', args)
      })
    )
    if (secret !== '') await settled(processes, size)
    const connectedMs = performance.now() - begunAt
    if (secret !== '') await wait(1000 * settleSeconds)
    await origin.ask('begin', { latencyMs, changesPerSecond })
    const startsAtMs = Date.now() + 1000
    const readers = readsForAll && Array.from({ length: readsForAll }, (_, i) => i)
    const reading = Promise.all(
      processes.map((one) =>
        one.ask('read', { apiUrl: origin.url, seconds, warmSeconds, everySeconds, startsAtMs, readers })
      )
    )
    const warmed = warmSeconds > 0 && wait(startsAtMs - Date.now() + 1000 * warmSeconds).then(() => origin.ask('count'))
    let restarts = 0
    let over = false
    void reading.then(() => {
      over = true
    })
    while (churn && !over) {
      await Promise.race([wait(churnEveryMs), reading])
      if (!over) await processes[restarts % processes.length].ask('restart', { index: restarts++, how })
    }
    const results = await reading
    const first = await warmed
    const cost = await origin.ask('end')
    await Promise.all(processes.map((one) => one.ask('stop')))
    return {
      way,
      size,
      network,
      seconds,
      settleSeconds,
      warmSeconds,
      everySeconds,
      first,
      ...cost,
      connectedMs,
      restarts,
      ...together(results, size)
    }
  } finally {
    proxy?.end()
    relay?.end()
    for (const one of processes) one.end()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Members are there when all know all. */
async function settled(processes, size) {
  const giveUpAt = performance.now() + connectMs
  for (;;) {
    const known = (await Promise.all(processes.map((one) => one.ask('known')))).flat()
    if (known.every((count) => count >= size - 1) || performance.now() > giveUpAt) return
    await wait(250)
  }
}

const sumOf = (results, name) => results.reduce((sum, one) => sum + one[name], 0)

function together(results, size) {
  const times = {}
  for (const { times: some } of results)
    for (const [source, list] of Object.entries(some)) times[source] = [...(times[source] ?? []), ...list]
  const bySource = Object.fromEntries(
    Object.entries(times).map(([source, list]) => {
      list.sort((a, b) => a - b)
      return [source, { count: list.length, p50Ms: quantile(list, 0.5), p99Ms: quantile(list, 0.99) }]
    })
  )
  return {
    reads: Object.values(times).reduce((sum, list) => sum + list.length, 0),
    bySource,
    cpuMsPerMember: sumOf(results, 'cpuMs') / size,
    rssBytesPerMember: sumOf(results, 'rssBytes') / size,
    sentBytesPerMember: sumOf(results, 'sentBytes') / size
  }
}

const show = (row, one) => {
  const { way, size, reads, calls, byStatus, units, first, versions, bySource, connectedMs } = row
  const { cpuMsPerMember, rssBytesPerMember, sentBytesPerMember } = row
  console.log(
    [
      `${String(size).padStart(4)} ${way.padEnd(14)}`,
      `${reads} reads`,
      `${calls} calls${one ? ` (${(calls / one.calls).toFixed(2)} of one member's)` : ''}`,
      `${units} units${one ? ` (${(units / one.units).toFixed(2)})` : ''}`,
      ...(first
        ? [
            `in the first ${warmSeconds} s ${first.units} units${one ? ` (${(first.units / one.first.units).toFixed(2)})` : ''}`
          ]
        : []),
      `${((byStatus[200] ?? 0) / versions).toFixed(2)} full answers a version`,
      Object.entries(byStatus)
        .map(([status, count]) => `${status}: ${count}`)
        .join(' '),
      ...Object.entries(bySource).map(
        ([source, { count, p50Ms, p99Ms }]) => `${source} ${count} (${p50Ms.toFixed(1)}, ${p99Ms.toFixed(1)} ms)`
      ),
      `${cpuMsPerMember.toFixed(0)} ms CPU and ${(rssBytesPerMember / 2 ** 20).toFixed(0)} MiB each`,
      `${(sentBytesPerMember / 1000).toFixed(0)} KB sent to members by each`,
      `ready after ${(connectedMs / 1000).toFixed(1)} s`
    ].join(', ')
  )
}

const origin = await child('fleet-origin.mjs')
const rows = []
try {
  await origin.ask('tokens', { count: Math.max(...sizes) })
  console.log(
    `a read every ${everySeconds} s for ${seconds} s from ${settleSeconds} s after all know all, counted after ${warmSeconds} s, origin ${latencyMs} ms away; sources with p50 and p99`
  )
  for (const size of sizes) {
    const one = await run({ origin, way: 'ghmesh', size: 1, readsForAll: size })
    rows.push({ ...one, way: 'one member', size })
    show(rows.at(-1))
    for (const way of ways) {
      rows.push(await run({ origin, way, size, churn: values.churn && way === 'ghmesh' }))
      show(rows.at(-1), one)
      if (values.json) writeFileSync(values.json, `${JSON.stringify(rows, undefined, 1)}\n`)
    }
  }
} finally {
  origin.end()
}
