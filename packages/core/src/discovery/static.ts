import { CODE_P2P, multiaddr } from '@multiformats/multiaddr'
import { base58btc } from 'multiformats/bases/base58'
import { decode } from 'multiformats/hashes/digest'
import { MeshError } from '../errors.ts'
import type { Discovery, PeerRecord } from './discovery.ts'

/** The peer id at the end of an address, as libp2p writes it. */
function peerIdOf(address: string): string {
  try {
    if (typeof address !== 'string') throw new Error('it is no string')
    const last = multiaddr(multiaddr(address).bytes).getComponents().at(-1)
    if (last?.code !== CODE_P2P || !last.value) throw new Error('it does not end in /p2p/<peer id>')
    decode(base58btc.decode(`z${last.value}`))
    return last.value
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new MeshError(
      'ERR_INVALID_OPTION',
      `a peer's address must be a multiaddr such as /ip4/192.0.2.1/tcp/9100/p2p/12D3KooW..., got ${JSON.stringify(address)}: ${reason}`,
      { cause }
    )
  }
}

/**
 * Members at fixed addresses: multiaddrs that end in `/p2p/<peer id>`, several of one member in any order. Each member is
 * told once, at the start; nothing is announced to anybody.
 * @throws MeshError `ERR_INVALID_OPTION` that shows the address, for one that is no multiaddr with a peer id.
 */
export function staticPeers(addresses: string[]): Discovery {
  const peers = new Map<string, Set<string>>()
  for (const address of addresses) {
    const peerId = peerIdOf(address)
    peers.set(peerId, (peers.get(peerId) ?? new Set()).add(address))
  }
  return {
    name: 'static',
    async start(found: (peer: PeerRecord) => void) {
      for (const [peerId, own] of peers)
        found({ peerId, name: peerId.slice(-8), addresses: [...own], lastSeen: Date.now() })
    },
    async announce() {},
    async stop() {}
  }
}
