// One process with some readers: each has its own token, and reads by the trace in one of the ways that are compared.
import { join } from 'node:path'
import { cacheStatus, createMesh, filePeers, memoryStore } from 'ghmesh'
import { Agent, cacheStores, interceptors, fetch as undiciFetch } from 'undici'
import { readsOf } from './fleet-trace.mjs'

const tokenOf = (member) => `fleet-token-${member}`
const members = []
let cpuBefore = process.cpuUsage()

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
  ghmesh: async ({ member, apiUrl, secret, folder }) => {
    const mesh = await createMesh({
      ...(secret === '' ? { networking: false } : { secret }),
      apiUrl,
      token: tokenOf(member),
      name: `member ${member}`,
      cacheDir: join(folder, `cache-${member}`),
      store: memoryStore(),
      listenPort: 0,
      forceLocalhost: true,
      discovery: secret === '' ? [] : [filePeers({ directory: join(folder, 'peers') })]
    })
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
  peers: () => members.map(({ mesh }) => mesh?.peers().length ?? 0),
  /** Reads by the trace, from `startsAtMs` on. `readers`: whose traces, where one member reads for others. */
  async read({ apiUrl, seconds, startsAtMs, readers }) {
    cpuBefore = process.cpuUsage()
    const times = {}
    await Promise.all(
      members.map(async (one) => {
        const traces = readers ?? [one.member]
        const reads = traces.flatMap((reader) => readsOf(reader, seconds)).sort((a, b) => a.atMs - b.atMs)
        const underWay = []
        for (const { atMs, path } of reads) {
          await waitUntil(startsAtMs + atMs)
          underWay.push(read(one, apiUrl, path, times))
        }
        await Promise.all(underWay)
      })
    )
    const { user, system } = process.cpuUsage(cpuBefore)
    const stats = members.map(({ mesh }) => mesh?.stats())
    return { times, cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage().rss, stats }
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
