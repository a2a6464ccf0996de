// A peer hit by each path between two members, beside a bare libp2p request of as many bytes by the same path.
import { createRelay } from '@ghmesh/relay'
import { createMesh, createSecret, libp2pTransport, memoryStore, staticPeers } from 'ghmesh'
import { bare, bareRelay } from './bare-peers.mjs'
import { only, peerHits, ways } from './ways.mjs'

/** A member in Node that others reach by one way only, and that keeps so many entries from its store. */
export async function startHolder(way, origin, count) {
  const { may } = ways[way]
  const relay = createRelay({ host: '127.0.0.1', tcpPort: 0, webSocketPort: 0 })
  await relay.start()
  const usesRelay = way === 'relayed' || way === 'webrtc'
  const relays = usesRelay ? relay.addresses.filter((address) => !address.includes('/ws/')) : []
  const secret = createSecret()
  const member = (knows, limits = {}) =>
    createMesh({
      secret,
      apiUrl: origin.url,
      token: async () => undefined,
      random: () => 0.99,
      ttlMs: 36_000_000,
      cacheDir: '/dev/null/none',
      store: memoryStore(),
      discovery: knows ? [staticPeers(knows.addresses.filter(may))].filter(() => !usesRelay) : [],
      relays,
      mdns: false,
      transport: only(libp2pTransport({ listenPort: 0, forceLocalhost: true, relays }), may, relays),
      limits: { dialMs: 100, ...limits }
    })
  // Nobody is there to be told, so nothing is gained by telling it slowly.
  const holder = await member(undefined, { messagesPerSecond: 1_000_000, messagesBurst: 1_000_000, listKeys: 1 })
  const urls = Array.from({ length: count }, (_, n) => `${origin.url}/repos/octocat/Hello-World/issues/${n + 1}`)
  for (const url of urls) await (await holder.fetch(url)).arrayBuffer()
  return {
    holder,
    relay,
    secret,
    urls,
    asker: () => member(holder),
    async stop() {
      await holder.stop()
      await relay.stop()
    }
  }
}

/** One that has entries, one that has seen nothing of them, and what the second asks the first for. */
async function ghmesh(way, origin, count) {
  const { holder, urls, asker: startAsker, stop } = await startHolder(way, origin, count)
  const asker = await startAsker()
  return {
    call: await peerHits(asker, holder.peerId, way, urls),
    async stop() {
      await asker.stop()
      await stop()
    }
  }
}

export async function startPath(way, origin, count) {
  const relay = await bareRelay()
  const subjects = { ghmesh: await ghmesh(way, origin, count), bare: await bare(way, relay, origin.state.body) }
  return {
    ...subjects,
    async stop() {
      await subjects.ghmesh.stop()
      await subjects.bare.stop()
      await relay.stop()
    }
  }
}

export const pathNames = Object.keys(ways)
