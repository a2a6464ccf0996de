// One process with some readers: each has its own token, and reads by the trace in one of the ways that are compared.
import { join } from 'node:path'
import { cacheStatus, createMesh, filePeers, libp2pTransport, memoryStore } from 'ghmesh'
import { Agent, cacheStores, interceptors, fetch as undiciFetch } from 'undici'
import { fenced, firstPort, told } from './fleet-links.mjs'
import { readsOf } from './fleet-trace.mjs'
import { countSent } from './sent-bytes.mjs'

const tokenOf = (member) => `fleet-token-${member}`
const members = []
const sent = countSent()
let cpuBefore = process.cpuUsage()
let sentBefore = 0

/** Each way to read: what `fetch` it makes for a member, and what it stops. */
const ways = {
  plain: () => ({ fetch }),
  'undici cache': () => {
    const dispatcher = new Agent().compose(
      interceptors.cache({ store: new cacheStores.MemoryCacheStore(), methods: ['GET'], type: 'private' })
    )
    return { fetch: (url, init) => undiciFetch(url, { ...init, dispatcher }), stop: () => dispatcher.close() }
  },
  'one proxy': ({ proxyUrl, apiUrl }) => ({ fetch: (url, init) => fetch(url.replace(apiUrl, proxyUrl), init) }),
  ghmesh: async ({ member, apiUrl, secret, folder, network, size, relays }) => {
    const reached = { listenPort: firstPort + member, forceLocalhost: true, relays }
    const mesh = await createMesh({
      ...(secret === '' ? { networking: false } : { secret, relays }),
      transport: fenced(libp2pTransport(reached), { network, size, member }),
      apiUrl,
      token: tokenOf(member),
      name: `member ${member}`,
      cacheDir: join(folder, `cache-${member}`),
      store: memoryStore(),
      discovery: [told(filePeers({ directory: join(folder, 'peers') }), { network, size, member })]
    })
    // Others are told of each other by their ports.
    const isMoved = secret !== '' && !mesh.addresses.some((address) => address.includes(`/tcp/${firstPort + member}/`))
    if (isMoved) throw new Error(`port ${firstPort + member} is in use: does another fleet run?`)
    return { mesh, fetch: mesh.fetch, stop: () => mesh.stop() }
  }
}

const waitUntil = (atMs) => new Promise((resolve) => setTimeout(resolve, Math.max(0, atMs - Date.now())))

function sourceOf(response) {
  const status = cacheStatus(response)
  if (!status) return 'github'
  if (!status.hit) return status.collapsed ? 'collapsed' : 'github'
  return status.detail === 'peer' ? 'member' : 'cache'
}

async function read({ fetch, member }, apiUrl, path, times) {
  const startedAt = performance.now()
  const response = await fetch(apiUrl + path, { headers: { authorization: `Bearer ${tokenOf(member)}` } })
  await response.arrayBuffer()
  const source = response.ok ? sourceOf(response) : `status ${response.status}`
  times[source] ??= []
  times[source].push(performance.now() - startedAt)
}

const commands = {
  async start({ way, from, count, ...how }) {
    const made = Array.from({ length: count }, async (_, i) => ({
      member: from + i,
      ...(await ways[way]({ member: from + i, ...how }))
    }))
    members.push(...(await Promise.all(made)))
  },
  known: () => members.map(({ mesh }) => mesh.stats().knownPeers),
  /** Reads by the trace, from `startsAtMs` on. `readers`: whose traces, where one member reads for others. */
  async read({ apiUrl, seconds, warmSeconds, everySeconds, startsAtMs, readers }) {
    sent.leaveOut(Number(new URL(apiUrl).port))
    cpuBefore = process.cpuUsage()
    sentBefore = sent.bytes()
    const times = {}
    await Promise.all(
      members.map(async (one) => {
        const traces = readers ?? [one.member]
        const reads = traces.flatMap((reader) => readsOf(reader, seconds, everySeconds)).sort((a, b) => a.atMs - b.atMs)
        const underWay = []
        for (const { atMs, path } of reads) {
          await waitUntil(startsAtMs + atMs)
          const counted = atMs < 1000 * warmSeconds ? {} : times
          // A server can close a connection at the very moment at which a call is sent on it.
          const failed = () => {
            counted.failed = [...(counted.failed ?? []), 0]
          }
          underWay.push(read(one, apiUrl, path, counted).catch(failed))
        }
        await Promise.all(underWay)
      })
    )
    const { user, system } = process.cpuUsage(cpuBefore)
    const stats = members.map(({ mesh }) => mesh?.stats())
    const cpuMs = (user + system) / 1000
    return { times, cpuMs, rssBytes: process.memoryUsage().rss, sentBytes: sent.bytes() - sentBefore, stats }
  },
  /** Stops one member, and starts it again, as a stranger to the others. */
  async restart({ index, how }) {
    const old = members[index % members.length]
    await old.stop?.()
    Object.assign(old, await ways.ghmesh({ member: old.member, ...how }))
  },
  async stop() {
    await Promise.all(members.map(({ stop }) => stop?.()))
  }
}

process.on('message', async ({ id, command, ...args }) => {
  try {
    process.send({ id, value: (await commands[command](args)) ?? null })
  } catch (error) {
    process.send({ id, error: String(error?.stack ?? error) })
  }
})
process.send({ ready: true })
