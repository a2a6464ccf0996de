import { CODE_P2P, multiaddr } from '@multiformats/multiaddr'
import { base58btc } from 'multiformats/bases/base58'
import { decode } from 'multiformats/hashes/digest'

/**
 * The peer id at the end of an address, as libp2p writes it.
 * @throws Error that says what is wrong with the address.
 */
export function peerIdOf(address: string): string {
  const last = multiaddr(multiaddr(address).bytes).getComponents().at(-1)
  if (last?.code !== CODE_P2P || !last.value) throw new Error('it does not end in /p2p/<peer id>')
  decode(base58btc.decode(`z${last.value}`))
  return last.value
}
