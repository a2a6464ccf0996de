import type { Peer, PeerId, PeerStore } from '@libp2p/interface'
import { LRU } from 'tiny-lru'

/** How long a protocol counts as noted. A peer store forgets a peer after six hours at the earliest. */
const notedMs = 10 * 60_000
const maxPeers = 1000

type Data = Parameters<PeerStore['merge']>[1]

/** The only protocol that is to be noted, if there is nothing else. */
const onlyProtocol = (data: Data): string | undefined =>
  Object.keys(data).length === 1 && data.protocols?.length === 1 ? data.protocols[0] : undefined

/**
 * Lets a peer store note once that a peer speaks a protocol, not at each of its streams. libp2p (3.3) does so on both sides of
 * each stream, and each time reads, decodes, encodes and writes all that is known of the peer.
 */
export function withFewerWrites(store: PeerStore, now: () => number = Date.now): void {
  const noted = new LRU<Map<string, { peer: Peer; at: number }>>(maxPeers)
  const merge = store.merge.bind(store)
  store.merge = async (peerId, data, options) => {
    const protocol = onlyProtocol(data)
    if (protocol === undefined) return merge(peerId, data, options)
    const name = peerId.toString()
    const before = noted.get(name)?.get(protocol)
    if (before && now() - before.at < notedMs) return before.peer
    const peer = await merge(peerId, data, options)
    noted.set(name, (noted.get(name) ?? new Map()).set(protocol, { peer, at: now() }))
    return peer
  }
  // What else is written may leave the protocol out.
  for (const name of ['delete', 'patch', 'save'] as const) {
    const write = store[name].bind(store) as (peerId: PeerId, ...rest: unknown[]) => Promise<never>
    store[name] = (peerId: PeerId, ...rest: unknown[]) =>
      write(peerId, ...rest).finally(() => noted.delete(peerId.toString()))
  }
}
