import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startGitHub } from '@ghmesh/github-sim'
import { createRelay } from '@ghmesh/relay'
import { generateKeyPair, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { createMesh, createSecret, memoryStore } from 'ghmesh'
import { createFeed } from '../../examples/dashboard/src/github/feed.ts'
import { refresh } from '../../examples/dashboard/src/github/refresh.ts'
import { buildDashboard, builtDashboard } from './build.mjs'
import { furnish, furnishTeam, keepBusy, repositories } from './repositories.mjs'
import { serveFolder } from './serve.mjs'

/** Below what the page takes for fresh, so that it finds what these members found out. */
const memberTtlMs = 40_000

async function startMember(name, token, { secret, github, relay, folder }) {
  const mesh = await createMesh({
    secret,
    token,
    name,
    apiUrl: github.url,
    cacheDir: join(folder, name),
    store: memoryStore(),
    discovery: [],
    relays: relay.addresses,
    listenPort: 0,
    forceLocalhost: true,
    ttlMs: memberTtlMs
  })
  const feed = createFeed(mesh, github.url)
  return { name, mesh, refresh: () => refresh(feed, repositories) }
}

/**
 * All that the dashboard needs, on this machine: GitHub played by the simulator, a relay, two Node members that have read
 * what the panels show, and the built files served. With `everyMs` the world goes on by itself.
 */
export async function startWorld({ port = 0, everyMs } = {}) {
  // First of all, because the port may be in use.
  const site = await serveFolder(builtDashboard, port)
  try {
    buildDashboard()
  } catch (error) {
    await site.stop()
    throw error
  }
  const folder = mkdtempSync(join(tmpdir(), 'ghmesh-dashboard-'))
  const secret = createSecret()
  const github = await startGitHub({ secondaryLimits: false })
  await furnish(github)
  if (everyMs) furnishTeam(github)
  const privateKey = privateKeyToProtobuf(await generateKeyPair('Ed25519'))
  let relay = createRelay({ host: '127.0.0.1', tcpPort: 0, webSocketPort: 0, privateKey })
  await relay.start()
  const parts = { secret, github, relay, folder }
  const members = await Promise.all([
    startMember('build-server', 'sim-token-alice', parts),
    startMember('laptop', 'sim-token-bob', parts)
  ])
  // What one reads while nobody is connected the other hears of only when it asks.
  while (!members.every(({ mesh }) => mesh.peers().length > 0)) await new Promise((resolve) => setTimeout(resolve, 20))
  for (const member of members) await member.refresh()
  const ends = everyMs
    ? [keepBusy(github, 2 * everyMs), ...members.map((member) => repeat(member.refresh, everyMs))]
    : []

  const portOf = (protocol) => Number(relay.addresses.map((one) => protocol.exec(one)?.[1]).find(Boolean))
  const [tcpPort, webSocketPort] = [portOf(/tcp\/(\d+)\/p2p/), portOf(/tcp\/(\d+)\/ws/)]
  const relayAddress = relay.addresses.find((address) => address.includes('/ws/'))
  const addressWith = ({ names = repositories, ...fragment } = {}) => {
    const query = `api=${github.url}${names.length > 0 ? `&repositories=${names.join(',')}` : ''}`
    return `${site.url}?${query}#${new URLSearchParams({ secret, relay: relayAddress, ...fragment })}`
  }
  return {
    github,
    get relay() {
      return relay
    },
    /** After `relay.stop()`: the same relay, at the same place. */
    async startRelayAgain() {
      relay = createRelay({ host: '127.0.0.1', tcpPort, webSocketPort, privateKey })
      await relay.start()
    },
    relayAddress,
    members,
    secret,
    site: site.url,
    /** The complete address to open. */
    address: addressWith(),
    /** One with other repositories (`names`), `secret` or `relay`. */
    addressWith,
    async stop() {
      for (const end of ends) end()
      await site.stop()
      await Promise.all(members.map(({ mesh }) => mesh.stop()))
      await relay.stop()
      await github.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

function repeat(task, everyMs) {
  const timer = setInterval(() => void task(), everyMs)
  return () => clearInterval(timer)
}
