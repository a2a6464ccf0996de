// A peer hit by each path between two members, beside a bare libp2p request of as many bytes by the same path.
import { createRelay } from '@ghmesh/relay'
import { createMesh, createSecret, libp2pTransport, memoryStore, staticPeers } from 'ghmesh'
import { bare, bareRelay } from './bare-peers.mjs'

/** What may be dialled for each path, and how one sees that it is taken. */
const paths = {
  tcp: { may: (address) => /\/tcp\/\d+\/p2p\/\w+$/.test(address), is: ({ transport }) => transport === 'tcp' },
  websocket: { may: (address) => /\/ws\/p2p\/\w+$/.test(address), is: ({ transport }) => transport === 'websocket' },
  relayed: { may: (address) => address.includes('/p2p-circuit/p2p/'), is: ({ path }) => path === 'relayed' },
  webrtc: { may: (address) => address.includes('/p2p-circuit/'), is: ({ transport }) => transport === 'webrtc' }
}

/** A transport that dials what it may, and relays. */
function only(transport, may, relays) {
  return new Proxy(transport, {
    get(target, name) {
      const value = Reflect.get(target, name, target)
      if (name !== 'dial') return typeof value === 'function' ? value.bind(target) : value
      return async (address, options) => {
        if (!may(address) && !relays.includes(address)) throw new Error('not this way')
        return target.dial(address, options)
      }
    }
  })
}

const until = async (fits) => {
  while (!fits()) await new Promise((resolve) => setTimeout(resolve, 20))
}

/** One that has entries, one that has seen nothing of them, and what the second asks the first for. */
async function ghmesh(path, origin, count) {
  const { may, is } = paths[path]
  const relay = createRelay({ host: '127.0.0.1', tcpPort: 0, webSocketPort: 0 })
  await relay.start()
  const usesRelay = path === 'relayed' || path === 'webrtc'
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
  const asker = await member(holder)
  const reached = () => asker.peers().some((peer) => peer.id === holder.peerId && is(peer))
  await until(reached)
  const unseen = []
  for (const url of urls) if (!(await asker.peek(url))) unseen.push(url)
  let next = 0
  return {
    async call() {
      if (next >= unseen.length) throw new Error(`${path}: only ${unseen.length} entries to ask for`)
      const response = await asker.fetch(unseen[next++])
      const status = response.headers.get('cache-status')
      if (status !== 'ghmesh; hit; detail=peer') throw new Error(`${path}: no peer hit but ${status}`)
      return response.arrayBuffer()
    },
    async stop() {
      await Promise.all([holder.stop(), asker.stop()])
      await relay.stop()
    }
  }
}

export async function startPath(path, origin, count) {
  const relay = await bareRelay()
  const subjects = { ghmesh: await ghmesh(path, origin, count), bare: await bare(path, relay, origin.state.body) }
  return {
    ...subjects,
    async stop() {
      await subjects.ghmesh.stop()
      await subjects.bare.stop()
      await relay.stop()
    }
  }
}

export const pathNames = Object.keys(paths)
