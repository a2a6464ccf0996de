// For a page: peer hits by one way, beside bare requests by the same.
import { createMesh, libp2pTransport, memoryStore, staticPeers } from 'ghmesh'
import { measure } from './measure.mjs'
import { connectBare } from './page-bare.mjs'
import { only, peerHits, ways } from './ways.mjs'

globalThis.measureWay = async ({ way, secret, apiUrl, relays, holder, urls, bareAddress, pace }) => {
  const bare = await connectBare(bareAddress)
  const usesRelay = relays.length > 0
  const mesh = await createMesh({
    secret,
    apiUrl,
    relays,
    ttlMs: 36_000_000,
    store: memoryStore(),
    discovery: usesRelay ? [] : [staticPeers(holder.addresses.filter(ways[way].may))],
    transport: only(libp2pTransport({ relays, allowPrivateAddresses: true }), ways[way].may, relays),
    fetch: async () => {
      throw new TypeError('nobody but members is asked')
    },
    limits: { dialMs: 100 }
  })
  try {
    return await measure({ ghmesh: await peerHits(mesh, holder.peerId, way, urls), bare: bare.call }, pace)
  } finally {
    await mesh.stop()
    await bare.stop()
  }
}
