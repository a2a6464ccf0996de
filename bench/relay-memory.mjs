// What a connected member costs a relay: memory with 200 of them, of ours and of a bare libp2p relay, in one run.
//   node bench/relay-memory.mjs [members] [rounds]
import { fork } from 'node:child_process'
import { createRelay } from '../relay/src/index.ts'
import { startBareRelay } from '../relay/test/bare-relay.ts'
import { createLeaves, newGroup } from '../relay/test/leaves.ts'

const [first, second] = process.argv.slice(2)
// All members come from one address here.
const limits = { connectionsPerAddress: 4000, connectionsBurstPerAddress: 4000, reservationsPerAddress: 4000 }

if (first === '--serve') await serve(second)
else await measure(Number(first ?? 200), Number(second ?? 3))

/** In a process of its own: one relay, that tells on demand what it takes. */
async function serve(what) {
  const relay =
    what === 'bare'
      ? await startBareRelay(process.env.TOPIC)
      : createRelay({ host: '127.0.0.1', tcpPort: 0, webSocketPort: 0, limits })
  await relay.start?.()
  process.on('message', async () => {
    for (let i = 0; i < 3; i++) {
      globalThis.gc()
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const { rss, heapUsed, external } = process.memoryUsage()
    const { user, system } = process.cpuUsage()
    process.send({ rss, heap: heapUsed + external, cpuMs: (user + system) / 1000 })
  })
  process.send({ peerId: relay.peerId, addresses: relay.addresses })
}

async function one(what, members) {
  const leaves = createLeaves()
  const group = await newGroup()
  const child = fork(import.meta.filename, ['--serve', what], {
    execArgv: ['--expose-gc'],
    env: { ...process.env, TOPIC: group.topic }
  })
  const answer = () => new Promise((resolve) => child.once('message', resolve))
  const ask = () => {
    const answered = answer()
    child.send('measure')
    return answered
  }
  const relay = await answer()
  const before = await ask()
  const began = performance.now()
  const all = []
  while (all.length < members) {
    const some = await Promise.all(Array.from({ length: 20 }, () => leaves.leaf(group)))
    await Promise.all(some.map((leaf) => (what === 'bare' ? leaf.dial(relay) : leaf.join(relay))))
    await Promise.all(some.map((leaf) => leaf.reserve(relay)))
    all.push(...some)
  }
  const joinedMs = performance.now() - began
  for (const [i, leaf] of all.slice(0, 20).entries()) {
    await leaf.publish(`message ${i}`)
    await Promise.all(all.filter((other) => other !== leaf).map((other) => other.heard(`message ${i}`)))
  }
  const after = await ask()
  await new Promise((resolve) => setTimeout(resolve, 10_000))
  const idle = await ask()
  const gone = new Promise((resolve) => child.once('exit', resolve))
  await leaves.end()
  child.kill()
  await gone
  return {
    baseMb: before.rss / 1e6,
    rssKb: (after.rss - before.rss) / members / 1e3,
    heapKb: (after.heap - before.heap) / members / 1e3,
    idleCpuPercent: (idle.cpuMs - after.cpuMs) / 100,
    joinedMs
  }
}

async function measure(members, rounds) {
  const found = { bare: [], ours: [] }
  for (let round = 0; round < rounds; round++) {
    // In turns, so that what else the machine does falls on both.
    for (const what of ['bare', 'ours']) found[what].push(await one(what, members))
  }
  const median = (what, figure) => found[what].map((run) => run[figure]).sort((a, b) => a - b)[Math.floor(rounds / 2)]
  console.log(`${members} members, median of ${rounds} runs on ${process.version}\n`)
  console.log('figure                     bare libp2p    ghmesh-relay   ratio')
  for (const [figure, name] of [
    ['rssKb', 'memory per member, kB'],
    ['heapKb', 'of it heap, kB'],
    ['baseMb', 'memory without any, MB'],
    ['idleCpuPercent', 'idle CPU, % of a core'],
    ['joinedMs', 'all joined after, ms']
  ]) {
    const [bare, ours] = [median('bare', figure), median('ours', figure)]
    const ratio = (ours / bare).toFixed(2)
    console.log(
      `${name.padEnd(25)} ${bare.toFixed(1).padStart(12)} ${ours.toFixed(1).padStart(15)} ${ratio.padStart(7)}`
    )
  }
}
