import { hostname } from 'node:os'
import { version } from 'ghmesh'
import { listenPort } from '../environment.ts'
import { stopped } from '../interrupt.ts'
import type { Output } from '../output.ts'
import { isLoopback, socketOf } from './address.ts'
import { bareTransport } from './transport.ts'

/** `ghmesh probe --serve`: answers until it is stopped. */
export async function serve(port: number | undefined, output: Output, signal: AbortSignal): Promise<number> {
  const transport = await bareTransport({
    listenPort: port ?? listenPort(),
    name: hostname(),
    warn: output.note
  })
  try {
    const plainFirst = (address: string) => Number(address.includes('/ws'))
    const addresses = transport.addresses.toSorted((a, b) => plainFirst(a) - plainFirst(b))
    const [first = ''] = addresses
    for (const address of addresses) output.line(`P2P_PROBE_MULTIADDR=${address}`)
    if (output.json) output.document({ host: hostname(), peer_id: transport.peerId, version, addresses })
    if (isLoopback(socketOf(first)?.host ?? '')) {
      output.note(
        'ghmesh: this address works on this machine only: no other is known, or IPFS_ACCELERATE_P2P_FORCE_LOCALHOST is set'
      )
    }
    output.note('Answering probes until Ctrl-C. On the other machine:')
    output.note(`  P2P_REMOTE_MULTIADDR=${first} ghmesh probe`)
    await stopped(signal)
    return 0
  } finally {
    await transport.stop()
  }
}
